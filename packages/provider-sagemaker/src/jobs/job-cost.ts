import type { JobRequest } from '@mlops-actions/provider';
import type { TrainingSettings } from '../settings.ts';

/**
 * What a job costs at the most, in words, when the price is known: its instances for all of `max-runtime`. Storage, and the time that a warm
 * pool is kept, come on top; on spot instances it is less.
 */
export function costOf({ maxRuntimeSeconds }: JobRequest, training: TrainingSettings): string | undefined {
  const { pricePerHour, instanceType, instanceCount, spotMaxWaitSeconds } = training;
  if (pricePerHour === undefined) return undefined;
  const hours = maxRuntimeSeconds / 3600;
  const cost = (hours * instanceCount * pricePerHour).toFixed(2);
  const spot = spotMaxWaitSeconds === undefined ? '' : ', and less on spot instances';
  return `It costs ${cost} at the most${spot}: ${instanceCount} × ${instanceType} for ${round(hours)} h at ${pricePerHour} an hour.`;
}

function round(hours: number): number {
  return Math.round(hours * 100) / 100;
}

import type { Signal, StreamDetector } from './stream-detector.ts';

export interface PageHinkleyOptions {
  /** Values before the first judgement. */
  readonly minValues?: number;
  /** How much each value may be off the mean without counting. */
  readonly delta?: number;
  /** The summed distance that is a drift. */
  readonly threshold?: number;
  /** How much of the sum is kept from value to value. */
  readonly alpha?: number;
  /** Which changes of the mean count. */
  readonly mode?: 'up' | 'down' | 'both';
}

/**
 * The test of Page and Hinkley for a change of the mean of a stream: the distances of the values from their mean, summed, against the
 * lowest and highest that the sum has been. Page, "Continuous inspection schemes", 1954; defaults and signals of river's `PageHinkley`.
 */
export function pageHinkley({
  minValues = 30,
  delta = 0.005,
  threshold = 50,
  alpha = 1 - 0.0001,
  mode = 'both',
}: PageHinkleyOptions = {}): StreamDetector {
  // river starts the highest sum at −1.
  const start = { count: 0, mean: 0, rising: 0, falling: 0, lowest: Number.POSITIVE_INFINITY, highest: -1 };
  let state = { ...start };

  return {
    update(value): Signal {
      state.count++;
      state.mean += (1 / state.count) * (value - state.mean);
      const distance = value - state.mean;
      state.rising = alpha * state.rising + distance - delta;
      state.falling = alpha * state.falling + distance + delta;
      state.lowest = Math.min(state.lowest, state.rising);
      state.highest = Math.max(state.highest, state.falling);
      if (state.count < minValues) return 'none';
      const up = mode !== 'down' && state.rising - state.lowest > threshold;
      const down = mode !== 'up' && state.highest - state.falling > threshold;
      if (!up && !down) return 'none';
      state = { ...start };
      return 'drift';
    },
  };
}

import type { Autoscaling } from '@mlops-actions/provider';

/** What the scaler saw before; times in milliseconds. */
export interface ScalingMemory {
  /** Since when more replicas were needed without a break. */
  readonly overSince?: number;
  /** Since when fewer were needed without a break, and the most that were needed in that time. */
  readonly underSince?: number;
  readonly peak?: number;
}

export interface ScalingView {
  readonly now: number;
  /** Replicas wanted now, ready or still starting. */
  readonly replicas: number;
  /** Requests in flight over all of them. */
  readonly inFlight: number;
}

/** How long a need must last: short for more replicas, long for fewer. */
export interface ScalingPace {
  readonly sustainMs: number;
  readonly cooldownMs: number;
}

/**
 * The number of replicas to want: ceil(in flight / target) once that has been higher than now for `sustainMs`, or lower for `cooldownMs`
 * (then the most that was needed in that time). Always within the limits; never lower for a higher load.
 */
export function decideReplicas(
  policy: Autoscaling,
  pace: ScalingPace,
  memory: ScalingMemory,
  view: ScalingView,
): { readonly desired: number; readonly memory: ScalingMemory } {
  const within = (count: number): number => Math.min(policy.maxReplicas, Math.max(policy.minReplicas, count));
  const needed = within(Math.ceil(view.inFlight / policy.targetConcurrency));
  const current = within(view.replicas);
  if (needed > current) {
    const overSince = memory.overSince ?? view.now;
    const due = view.now - overSince >= pace.sustainMs;
    return due ? { desired: needed, memory: {} } : { desired: current, memory: { overSince } };
  }
  if (needed < current) {
    const underSince = memory.underSince ?? view.now;
    const peak = Math.max(memory.peak ?? 0, needed);
    const due = view.now - underSince >= pace.cooldownMs;
    return due
      ? { desired: Math.min(current, within(peak)), memory: {} }
      : { desired: current, memory: { underSince, peak } };
  }
  return { desired: current, memory: {} };
}

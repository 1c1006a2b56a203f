import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideReplicas, type ScalingMemory } from './autoscale.ts';

const pace = { sustainMs: 300, cooldownMs: 60_000 };
const policies = fc
  .record({
    minReplicas: fc.integer({ min: 1, max: 10 }),
    more: fc.integer({ min: 0, max: 10 }),
    targetConcurrency: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ more, ...policy }) => ({ ...policy, maxReplicas: policy.minReplicas + more }));
const loads = fc.integer({ min: 0, max: 500 });

/** Replays loads one step apart and gives the numbers of replicas. */
function replay(policy: Parameters<typeof decideReplicas>[0], inFlight: readonly number[], stepMs: number): number[] {
  let memory: ScalingMemory = {};
  let replicas = policy.minReplicas;
  return inFlight.map((load, index) => {
    const decision = decideReplicas(policy, pace, memory, { now: index * stepMs, replicas, inFlight: load });
    ({ memory, desired: replicas } = decision);
    return replicas;
  });
}

describe('decideReplicas', () => {
  const policy = { minReplicas: 1, maxReplicas: 4, targetConcurrency: 2 };

  test('never leaves the limits', () => {
    fc.assert(
      fc.property(policies, fc.array(loads), fc.integer({ min: 1, max: 40_000 }), (limits, history, stepMs) => {
        for (const replicas of replay(limits, history, stepMs)) {
          expect(replicas).toBeGreaterThanOrEqual(limits.minReplicas);
          expect(replicas).toBeLessThanOrEqual(limits.maxReplicas);
        }
      }),
    );
  });

  test('wants no fewer for more load', () => {
    const memories = fc.oneof(
      fc.constant({}),
      fc.record({ overSince: fc.integer({ min: 0, max: 70_000 }) }),
      fc.record({ underSince: fc.integer({ min: 0, max: 70_000 }), peak: fc.integer({ min: 1, max: 20 }) }),
    );
    fc.assert(
      fc.property(
        policies,
        memories,
        fc.integer({ min: 1, max: 20 }),
        loads,
        loads,
        (limits, memory, replicas, a, b) => {
          const desired = (inFlight: number): number =>
            decideReplicas(limits, pace, memory, { now: 70_000, replicas, inFlight }).desired;
          expect(desired(Math.max(a, b))).toBeGreaterThanOrEqual(desired(Math.min(a, b)));
        },
      ),
    );
  });

  test('a lasting overload is answered at once with all that is needed, a short one not at all', () => {
    expect(replay(policy, [7, 7, 7, 7], 100)).toEqual([1, 1, 1, 4]);
    expect(replay(policy, [7, 7, 1, 7, 7], 100)).toEqual([1, 1, 1, 1, 1]);
  });

  test('after a quiet minute it falls to the most that was needed in it', () => {
    const quiet = [8, 8, 8, 8, 0, ...Array.from({ length: 11 }, (_, second) => (second === 5 ? 3 : 0)), 0];
    expect(replay(policy, quiet, 6_000)).toEqual([1, 4, ...Array.from({ length: 12 }, () => 4), 2, 2, 2]);
  });
});

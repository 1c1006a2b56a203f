import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { guardrailOf, nearestLegalSteps } from './guardrail.ts';
import { achievedShare, type PlanRequest } from './plan.ts';
import { canaryPlan } from './testing/settings.ts';

const shares = (changes: Partial<PlanRequest>): number[] => canaryPlan(changes).steps.map(({ share }) => share);
const units = (count: number) => ({ granularity: { kind: 'units', units: count } as const });

describe('the steps of a rollout', () => {
  test('are those of the strategy when the user writes none', () => {
    expect(shares({})).toEqual([10, 25, 50, 100]);
    expect(shares({ strategy: 'linear' })).toEqual([25, 50, 75, 100]);
    expect(shares({ strategy: 'all-at-once' })).toEqual([100]);
    expect(shares({ strategy: 'rolling', ...units(4) })).toEqual([25, 50, 75, 100]);
    expect(shares({ strategy: 'rolling', batch: 3, ...units(4) })).toEqual([75, 100]);
    expect(shares({ strategy: 'shadow-then-canary', shadowPercent: 10, shadowSeconds: 60 })).toEqual([
      0, 10, 25, 50, 100,
    ]);
  });

  test('bake as long as asked, the last one its own time', () => {
    const plan = canaryPlan({ steps: [50, 100], bakeSeconds: 60, finalBakeSeconds: 120 });
    expect(plan.steps.map(({ bakeSeconds }) => bakeSeconds)).toEqual([60, 120]);
  });

  test.each([
    [{ steps: [10, 50] }, 'steps ends at 50. End it with 100'],
    [{ steps: [50, 10, 100] }, 'steps has 10 after 50.'],
    [{ steps: [10, 10, 100] }, 'steps has 10 after 10.'],
    [{ steps: [0, 100] }, 'steps has 0, which'],
    [{ steps: [10, 101] }, 'steps has 101, which'],
    [{ steps: [12.5, 100] }, 'steps has 12.5, which'],
    [{ steps: [Number.NaN, 100] }, 'steps has NaN, which'],
    [{ steps: [10, 50, 100], strategy: 'linear' }, 'does not rise evenly'],
    [{ steps: [50, 100], strategy: 'all-at-once' }, 'all-at-once has the one step 100'],
    [{ steps: [50, 100], strategy: 'rolling', ...units(2) }, 'takes no steps'],
    [{ strategy: 'rolling' }, 'needs the number of replicas'],
    [{ strategy: 'rolling', batch: 0, ...units(2) }, 'batch is 0'],
    [{ strategy: 'shadow-then-canary' }, 'shadow-percent is empty'],
    [{ strategy: 'shadow-then-canary', shadowPercent: 10 }, 'shadow-duration is empty'],
    [units(2), 'The step of 10 % would really be 50 %'],
  ] as readonly [Partial<PlanRequest>, string][])('%j is refused', (changes, message) => {
    expect(() => canaryPlan(changes)).toThrow(message);
  });

  test('that the replicas make equal are one, and what is achieved is told', () => {
    const plan = canaryPlan({ ...units(2), allowCoarse: true });
    expect(plan.steps.map(({ share, achieved }) => [share, achieved])).toEqual([
      [50, 50],
      [100, 100],
    ]);
    expect(achievedShare(41, { kind: 'units', units: 10 })).toBe(40);
    expect(achievedShare(10, { kind: 'units', units: 1 })).toBe(100);
  });

  test('achieve more than twice the request only when that is allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 60 }), (share, count) => {
        const achieved = achievedShare(share, { kind: 'units', units: count });
        const plan = () => canaryPlan({ steps: [share, 100], ...units(count) });
        if (achieved > 2 * share) expect(plan).toThrow('allow-coarse');
        else expect(plan().steps.at(-1)?.achieved).toBe(100);
      }),
    );
  });
});

describe('a guardrail', () => {
  const short = { settleSeconds: 0, bakeSeconds: 300, finalBakeSeconds: 600 };

  test('is a canary, linear, all at once or rolling in the terms of SageMaker', () => {
    const of = (changes: Partial<PlanRequest>) => guardrailOf(canaryPlan({ ...short, ...changes }), 3600);
    const common = { kind: 'blue-green', terminationWaitSeconds: 600, timeoutSeconds: 3600 };
    expect(of({ steps: [10, 100] })).toEqual({
      kind: 'legal',
      guardrail: { ...common, routing: 'CANARY', sizePercent: 10, waitSeconds: 300 },
    });
    expect(of({ steps: [30, 60, 90, 100] })).toMatchObject({ guardrail: { routing: 'LINEAR', sizePercent: 30 } });
    expect(of({ strategy: 'all-at-once' })).toEqual({
      kind: 'legal',
      guardrail: { ...common, routing: 'ALL_AT_ONCE', waitSeconds: 0 },
    });
    expect(of({ strategy: 'rolling', ...units(4) })).toEqual({
      kind: 'legal',
      guardrail: { kind: 'rolling', batchPercent: 25, waitSeconds: 300, timeoutSeconds: 3600 },
    });
  });

  test.each([
    ['steps that rise unevenly', {}, 7200, 'equal steps of 10 to 50 %', [10, 100]],
    ['a canary of more than half', { steps: [60, 100] }, 7200, 'steps: 50,100', [50, 100]],
    [
      'a linear step below 10',
      { steps: Array.from({ length: 20 }, (_, i) => 5 * (i + 1)) },
      28_800,
      'steps: 10,20',
      undefined,
    ],
    ['a wait of more than an hour', { steps: [10, 100], bakeSeconds: 4000 }, 28_800, 'at most 3600 s', [10, 100]],
    ['a timeout that the waits exceed', { steps: [10, 100] }, 900, 'must exceed the waits, 900 s', [10, 100]],
    ['a timeout out of range', { steps: [10, 100] }, 500, 'from 600 to 28800 s', [10, 100]],
    [
      'copies first',
      { strategy: 'shadow-then-canary', shadowPercent: 5, shadowSeconds: 60 },
      7200,
      'copies',
      [10, 100],
    ],
    ['a batch of everything', { strategy: 'rolling', batch: 1, ...units(1) }, 7200, 'from 5 % to 50 %', undefined],
  ] as readonly [string, Partial<PlanRequest>, number, string, number[] | undefined][])(
    'cannot be %s',
    (_, changes, timeout, reason, nearest) => {
      const translation = guardrailOf(canaryPlan({ ...short, ...changes }), timeout);
      expect(translation).toMatchObject({ kind: 'illegal', reason: expect.stringContaining(reason) });
      if (nearest !== undefined) expect(translation).toMatchObject({ nearest });
    },
  );

  test('exists for the nearest steps of any plan, and legal steps are their own nearest', () => {
    const ascending = fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
      .map((steps) => [...steps.sort((a, b) => a - b), 100]);
    fc.assert(
      fc.property(ascending, (steps) => {
        const nearest = nearestLegalSteps(steps);
        expect(guardrailOf(canaryPlan({ ...short, steps: nearest }), 28_800).kind).toBe('legal');
        expect(nearestLegalSteps(nearest)).toEqual(nearest);
      }),
      { numRuns: 60 },
    );
  });
});

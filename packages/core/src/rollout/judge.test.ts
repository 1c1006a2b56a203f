import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorEvidence } from './error-check.ts';
import { judgeStep, ruleOn } from './judge.ts';
import { defaultJudgeRules, type Evidence, type RolloutCheck } from './judgement.ts';
import type { Measurement } from './measurement.ts';

const minute = 60_000;

function series(count: number, figures: (index: number) => Partial<Measurement>): { windows: Measurement[] } {
  return {
    windows: Array.from({ length: count }, (_, index) => ({
      from: index * minute,
      to: (index + 1) * minute,
      ...figures(index),
    })),
  };
}

/** All requests and errors in the first of the minutes. */
function counts(requests: number, serverErrors: number): { windows: Measurement[] } {
  return series(1, () => ({ requests, serverErrors }));
}

function judged(evidence: Partial<Evidence>, name: string, rules = {}): RolloutCheck | undefined {
  const all = judgeStep({ candidate: { windows: [] }, settledAt: 0, ...evidence }, { ...defaultJudgeRules, ...rules });
  return all.find((check) => check.name === name);
}

describe('server errors', () => {
  test('that are clearly more than those of stable fail, with the figures in the sentence', () => {
    const check = judged({ candidate: counts(1000, 41), stable: counts(3000, 6) }, 'server-errors', {
      maxErrorRate: 1,
    });
    expect(check?.verdict).toBe('fail');
    // SciPy 1.17.1: the likeliest proportions 0.005 apart by brentq, the rest as Miettinen and Nurminen; see test/oracle/rollout.test.ts.
    expect(check?.p).toBeCloseTo(1.243138933054984e-18, 27);
    expect(check?.reason).toBe('server errors 4.1 % (41/1000) against 0.2 % (6/3000) of stable, p = 1.2e-18');
  });

  test('fail by the limit alone when stable is as bad', () => {
    const check = judged({ candidate: counts(1000, 41), stable: counts(3000, 123) }, 'server-errors');
    expect(check).toMatchObject({ verdict: 'fail', threshold: 0.01 });
  });

  test.each([
    ['one of 100 where stable has none of 900', 100, 1, 900, 0],
    ['no more than stable', 1000, 3, 3000, 9],
    ['a significant difference below the margin', 100_000, 300, 300_000, 300],
  ])('pass: %s', (_, n1, x1, n2, x2) => {
    const check = judged({ candidate: counts(n1, x1), stable: counts(n2, x2) }, 'server-errors');
    expect(check?.verdict).toBe('pass');
  });

  test('count while the step settles: a cold model may be slow, not wrong', () => {
    const early = { candidate: counts(1000, 41), settledAt: 10 * minute };
    expect(judged(early, 'server-errors')?.verdict).toBe('fail');
  });

  test('of a stable that has traffic and says nothing are missing, which is no reason to pass', () => {
    const own = counts(1000, 1);
    expect(judged({ candidate: own, stable: { windows: [] } }, 'server-errors')?.verdict).toBe('inconclusive');
    expect(judged({ candidate: own, stable: counts(0, 0) }, 'server-errors')?.verdict).toBe('pass');
  });

  test('of too few requests are inconclusive, unless they fail already', () => {
    expect(judged({ candidate: counts(99, 0), stable: counts(900, 0) }, 'server-errors')?.verdict).toBe('inconclusive');
    expect(judged({ candidate: counts(60, 3), stable: counts(540, 0) }, 'server-errors')?.verdict).toBe('fail');
  });

  test('one error among a handful of requests is no breach', () => {
    expect(judged({ candidate: counts(6, 1), stable: counts(54, 0) }, 'server-errors')?.verdict).toBe('inconclusive');
  });

  test('without a comparator are judged by the limit, and the bound is told', () => {
    const check = judged({ candidate: counts(300, 0) }, 'server-errors');
    expect(check?.verdict).toBe('pass');
    // 1 − 0.05^(1/300), Clopper and Pearson.
    expect(check?.reason).toContain('at most 0.99 % with 95 % confidence');
  });

  test('that are not known are not zero', () => {
    const unknown = series(3, () => ({ requests: 500 }));
    expect(judged({ candidate: unknown, stable: counts(900, 0) }, 'server-errors')).toMatchObject({
      verdict: 'inconclusive',
      reason: 'there are no figures of server errors of the candidate',
    });
    expect(judged({ candidate: { windows: [] } }, 'server-errors')?.verdict).toBe('inconclusive');
    expect(judged({ candidate: counts(0, 0) }, 'server-errors')?.verdict).toBe('inconclusive');
  });

  test('are compared over the same minutes', () => {
    // Both are bad in the second minute, which stable has no figures of at first.
    const candidate = series(2, (index) => ({ requests: 1000, serverErrors: index === 0 ? 1 : 9 }));
    const whole = series(2, (index) => ({ requests: 9000, serverErrors: index === 0 ? 9 : 81 }));
    const first = { windows: whole.windows.slice(0, 1) };
    expect(judged({ candidate, stable: whole }, 'server-errors')).toMatchObject({ n: 2000, baseline: 90 / 18_000 });
    expect(judged({ candidate, stable: first }, 'server-errors')).toMatchObject({ n: 1000, baseline: 9 / 9000 });
  });

  test('half of twenty is enough to turn back at once', () => {
    expect(judged({ candidate: counts(20, 10) }, 'fast-fail')).toMatchObject({ verdict: 'fail', fast: true });
    expect(judged({ candidate: counts(19, 19) }, 'fast-fail')).toBeUndefined();
    expect(judged({ candidate: counts(200, 99) }, 'fast-fail')).toBeUndefined();
  });

  test('an error more never makes the evidence weaker', () => {
    const sizes = fc.record({ n1: fc.integer({ min: 1, max: 3000 }), n2: fc.integer({ min: 1, max: 9000 }) });
    fc.assert(
      fc.property(
        sizes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ n1, n2 }, a, b) => {
          const [x1, x2] = [Math.floor(a * (n1 - 1)), Math.floor(b * n2)];
          const p = (count: number): number =>
            errorEvidence({ count, requests: n1 }, { count: x2, requests: n2 }, 0.005).p;
          const [fewer, more] = [p(x1), p(x1 + 1)];
          expect(fewer).toBeGreaterThanOrEqual(0);
          expect(fewer).toBeLessThanOrEqual(1);
          // From 4 to 5 errors the test changes from Fisher's to that of two proportions.
          if (Math.min(x1, n1 - x1 - 1, x2, n2 - x2) >= 5) expect(more).toBeLessThanOrEqual(fewer + 1e-12);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('client errors', () => {
  test('are shown and never decide', () => {
    const check = judged(
      {
        candidate: series(1, () => ({ requests: 1000, serverErrors: 0, clientErrors: 500 })),
        stable: series(1, () => ({ requests: 1000, serverErrors: 0, clientErrors: 0 })),
      },
      'client-errors',
    );
    expect(check).toMatchObject({ verdict: 'fail', advisory: true });
  });
});

describe('latency', () => {
  const noise = [0.97, 1.04, 1.01, 0.96, 1.02];
  const at = (factor: number, shift = 0) =>
    series(5, (index) => ({
      requests: 200,
      latency: { p95: 200 * factor * (noise[(index + shift) % 5] as number) },
    }));

  test('far above that of stable fails, near it passes', () => {
    expect(judged({ candidate: at(2, 1), stable: at(1) }, 'latency')?.verdict).toBe('fail');
    expect(judged({ candidate: at(1.2, 1), stable: at(1) }, 'latency')?.verdict).toBe('pass');
  });

  test('of fractions of a millisecond may differ by one', () => {
    expect(judged({ candidate: at(0.008, 1), stable: at(0.004) }, 'latency')?.verdict).toBe('pass');
    expect(judged({ candidate: at(0.012, 1), stable: at(0.004) }, 'latency')).toMatchObject({ verdict: 'fail' });
  });

  test('above the limit by chance is inconclusive', () => {
    const wild = series(5, (index) => ({ requests: 200, latency: { p95: index === 0 ? 900 : 190 } }));
    expect(judged({ candidate: wild, stable: at(1) }, 'latency')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('may be chance'),
    });
  });

  test('while the step settles is excused', () => {
    const cold = series(5, (index) => ({ requests: 200, latency: { p95: index < 2 ? 5000 : 200 } }));
    expect(judged({ candidate: cold, stable: at(1), settledAt: 2 * minute }, 'latency')?.verdict).toBe('pass');
  });

  test('is judged by the best statistic that both have, which the sentence names', () => {
    const means = series(5, () => ({ requests: 200, latency: { mean: 90, max: 400 } }));
    const both = series(5, () => ({ requests: 200, latency: { p95: 200, mean: 80 } }));
    expect(judged({ candidate: both, stable: means }, 'latency')?.reason).toContain('mean 80 ms is 0.889 times');
  });

  test('above the absolute limit fails, whatever stable does', () => {
    const check = judged({ candidate: at(2, 1), stable: at(2) }, 'latency', { maxLatencyMs: 300 });
    expect(check).toMatchObject({ verdict: 'fail', threshold: 300 });
  });

  test('at all the traffic is compared with that of stable before the shift', () => {
    const before = at(1).windows.map((window) => ({
      ...window,
      from: window.from - 10 * minute,
      to: window.to - 10 * minute,
    }));
    expect(judged({ candidate: at(2, 1), before }, 'latency')).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('of stable before'),
    });
  });

  test('of nobody is inconclusive; without anyone to compare with it does not decide', () => {
    expect(judged({ candidate: counts(500, 0), stable: at(1) }, 'latency')).toMatchObject({
      verdict: 'inconclusive',
      advisory: false,
    });
    expect(judged({ candidate: at(1) }, 'latency')).toMatchObject({ verdict: 'inconclusive', advisory: true });
  });

  test('of a stable that has traffic and says nothing is missing; one that nobody asks has none', () => {
    const missing = { verdict: 'inconclusive', advisory: false };
    const silent = series(5, () => ({ requests: 200 }));
    expect(judged({ candidate: at(1), stable: { windows: [] } }, 'latency')).toMatchObject(missing);
    expect(judged({ candidate: at(1), stable: silent }, 'latency')).toMatchObject(missing);
    const idle = series(5, () => ({ requests: 0 }));
    expect(judged({ candidate: at(1), stable: idle }, 'latency')).toMatchObject({ advisory: true });
  });

  test('of 50 windows and more is compared by ranks when asked', () => {
    const many = (factor: number, count: number) =>
      series(count, (index) => ({ requests: 200, latency: { p95: factor * (100 + (index % 7)) } }));
    const ranks = (factor: number, count = 60) =>
      judged({ candidate: many(factor, count), stable: many(1, count) }, 'latency-ranks', { mannWhitney: true });
    expect(ranks(1.5)?.verdict).toBe('fail');
    expect(ranks(1.1)?.verdict).toBe('pass');
    expect(ranks(1.5, 49)).toBeUndefined();
  });
});

describe('capacity and readiness', () => {
  test('a restart fails, missing replicas wait, silence is no check', () => {
    const replicas = (figures: Partial<Measurement>) => judged({ candidate: series(2, () => figures) }, 'capacity');
    expect(replicas({ restarts: 1 })?.verdict).toBe('fail');
    expect(replicas({ restarts: 0, readyReplicas: 1, desiredReplicas: 2 })?.verdict).toBe('inconclusive');
    expect(replicas({ restarts: 0, readyReplicas: 2, desiredReplicas: 2 })?.verdict).toBe('pass');
    expect(replicas({ requests: 5 })).toBeUndefined();
  });

  test('a candidate that is not healthy any more fails', () => {
    expect(judged({ ready: false }, 'ready')?.verdict).toBe('fail');
    expect(judged({}, 'ready')).toBeUndefined();
  });

  test('a check that is advisory is shown and does not decide', () => {
    const evidence = { candidate: series(1, () => ({ requests: 1000, serverErrors: 0, restarts: 3 })), settledAt: 0 };
    const rules = { ...defaultJudgeRules, advisory: ['capacity', 'latency'] };
    const checks = judgeStep(evidence, rules);
    expect(checks.find(({ name }) => name === 'capacity')).toMatchObject({ verdict: 'fail', advisory: true });
    expect(ruleOn(checks, {}, { failureLimits: {}, errorLimit: 4 }).verdict).toBe('pass');
  });

  test('a custom check counts as it says', () => {
    const custom = [{ name: 'business', verdict: 'fail', reason: 'the answer was 41' } as const];
    expect(judged({ custom }, 'business')).toMatchObject({ verdict: 'fail', advisory: false });
  });
});

describe('a look', () => {
  const check = (name: string, verdict: RolloutCheck['verdict'], more = {}): RolloutCheck => ({
    name,
    verdict,
    advisory: false,
    reason: `${name} ${verdict}`,
    ...more,
  });
  const limits = { failureLimits: { slow: 1 }, errorLimit: 2 };

  test('fails when a check failed more often than its limit, and is inconclusive before', () => {
    const first = ruleOn([check('slow', 'fail')], {}, limits);
    expect(first.verdict).toBe('inconclusive');
    expect(ruleOn([check('slow', 'fail')], first.tally, limits)).toMatchObject({
      verdict: 'fail',
      decisive: { name: 'slow' },
    });
    expect(ruleOn([check('other', 'fail')], {}, limits).verdict).toBe('fail');
    expect(ruleOn([check('slow', 'fail', { fast: true })], {}, limits).verdict).toBe('fail');
  });

  test('errs when errors in a row are more than tolerated; a success begins anew', () => {
    let tally = {};
    const verdicts = (['error', 'error', 'pass', 'error', 'error', 'error'] as const).map((verdict) => {
      const ruling = ruleOn([check('m', verdict)], tally, limits);
      tally = ruling.tally;
      return ruling.verdict;
    });
    expect(verdicts).toEqual(['inconclusive', 'inconclusive', 'pass', 'inconclusive', 'inconclusive', 'error']);
  });

  test('never passes without a check that counts', () => {
    expect(ruleOn([], {}, limits).verdict).toBe('inconclusive');
    expect(ruleOn([check('a', 'pass', { advisory: true })], {}, limits).verdict).toBe('inconclusive');
    expect(ruleOn([check('a', 'pass'), check('b', 'fail', { advisory: true })], {}, limits).verdict).toBe('pass');
  });
});

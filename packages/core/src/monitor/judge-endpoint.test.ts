import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { overallVerdict, type Verdict } from '../check.ts';
import type { Measurement } from '../rollout/measurement.ts';
import { burnRate } from './burn-rate.ts';
import type { MonitorCheck } from './checks.ts';
import type { DeploymentFigures, MonitorFigures } from './figures.ts';
import { judgeEndpoint } from './judge-endpoint.ts';
import { defaultMonitorRules, type MonitorRules } from './rules.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 26, 12, 0);

function windows(count: number, figures: (index: number) => Partial<Measurement>): Measurement[] {
  return Array.from({ length: count }, (_, index) => ({
    from: now - (count - index) * minute,
    to: now - (count - index - 1) * minute,
    ...figures(index),
  }));
}

const healthy = (): Partial<Measurement> => ({
  requests: 100,
  serverErrors: 0,
  modelErrors: 0,
  platformErrors: 0,
  restarts: 0,
  latency: { p95: 20 },
  readyReplicas: 2,
  desiredReplicas: 2,
  saturation: 0.4,
});

function deployment(change: Partial<DeploymentFigures> = {}): DeploymentFigures {
  return {
    name: 'green',
    model: 'churn@2',
    traffic: 100,
    readyReplicas: 2,
    desiredReplicas: 2,
    maxReplicas: 4,
    window: { windows: windows(15, healthy) },
    ...change,
  };
}

function judged(
  change: Partial<DeploymentFigures> = {},
  rules: Partial<MonitorRules> = {},
  figures: Partial<MonitorFigures> = {},
): MonitorCheck[] {
  const whole = {
    at: now,
    status: 'InService',
    deployments: [deployment(change)],
    capture: { percent: 0 },
    ...figures,
  };
  return judgeEndpoint(whole, { ...defaultMonitorRules, ...rules });
}

const verdictOf = (checks: readonly MonitorCheck[], name: string): Verdict | undefined =>
  checks.find((check) => check.name === name)?.verdict;
const series = (change: Partial<Measurement>) => ({
  window: { windows: windows(15, () => ({ ...healthy(), ...change })) },
});

test('an endpoint that does well passes', () => {
  expect(overallVerdict(judged())).toBe('pass');
});

describe('alarms', () => {
  const alarm = (name: string, state: 'quiet' | 'ringing' | 'unknown', reason = '') => ({ name, state, reason });

  test.each([
    ['one that rings', [alarm('a', 'quiet'), alarm('b', 'ringing', 'Too slow.')], 'fail', 'b (Too slow) rings'],
    ['two that ring', [alarm('a', 'ringing'), alarm('b', 'ringing')], 'fail', 'a, b ring'],
    [
      'one that says nothing yet',
      [alarm('a', 'quiet'), alarm('b', 'unknown')],
      'inconclusive',
      'b: not enough seen yet',
    ],
    ['one that is quiet', [alarm('a', 'quiet')], 'pass', 'the alarm is quiet'],
    ['all quiet', [alarm('a', 'quiet'), alarm('b', 'quiet')], 'pass', 'all 2 alarms are quiet'],
  ] as const)('%s', (_, alarms, verdict, reason) => {
    const [check] = judged({}, {}, { alarms }).filter(({ name }) => name === 'alarms');
    expect(check).toMatchObject({ verdict, reason, advisory: false });
  });

  test('are no check where none was asked for', () => {
    expect(verdictOf(judged({}, {}, { alarms: [] }), 'alarms')).toBeUndefined();
  });
});

describe('errors', () => {
  test('above the limit for certain fail, and it is said who is to blame', () => {
    const [check] = judged(series({ serverErrors: 4, modelErrors: 3, platformErrors: 1 })).filter(
      ({ name }) => name === 'error-rate',
    );
    expect(check).toMatchObject({
      verdict: 'fail',
      deployment: 'green',
      value: 0.04,
      reason: 'server errors 4 % (60/1500), where 1 % is the limit; 45 of the model, 15 of the platform',
    });
  });

  test('above the limit by chance, or of few requests, are inconclusive', () => {
    const few = { window: { windows: windows(1, () => ({ requests: 80, serverErrors: 2 })) } };
    expect(verdictOf(judged(few), 'error-rate')).toBe('inconclusive');
    const fewer = { window: { windows: windows(1, () => ({ requests: 5, serverErrors: 5 })) } };
    expect(verdictOf(judged(fewer), 'error-rate')).toBe('inconclusive');
  });

  test('of the model and of the platform have limits of their own where they are given', () => {
    const checks = judged(series({ serverErrors: 5, modelErrors: 0, platformErrors: 5 }), {
      maxErrorRate: 1,
      maxModelErrorRate: 0.01,
      maxPlatformErrorRate: 0.01,
    });
    expect(['error-rate', 'model-errors', 'platform-errors'].map((name) => verdictOf(checks, name))).toEqual([
      'pass',
      'pass',
      'fail',
    ]);
  });
});

describe('without data', () => {
  test.each<[string, Partial<Measurement>, string, Verdict]>([
    ['no requests', { requests: 0 }, 'traffic', 'inconclusive'],
    ['requests not known', { requests: undefined as never }, 'traffic', 'error'],
    ['errors not known', { serverErrors: undefined as never }, 'error-rate', 'error'],
    ['latency not known', { latency: {} }, 'p95-ms', 'error'],
  ])('%s', (_what, change, name, verdict) => {
    expect(verdictOf(judged(series(change), { maxLatencyMs: { p95: 100 } }), name)).toBe(verdict);
  });

  test('no set of missing figures is a pass', () => {
    const names = ['requests', 'serverErrors'] as const;
    fc.assert(
      fc.property(fc.subarray([...names], { minLength: 1 }), (missing) => {
        const window = Object.fromEntries(
          Object.entries(healthy()).filter(([name]) => !missing.includes(name as never)),
        );
        const checks = judged({ window: { windows: windows(15, () => window) } });
        expect(overallVerdict(checks)).not.toBe('pass');
      }),
    );
    expect(overallVerdict(judged({ window: { windows: [] } }))).not.toBe('pass');
    expect(
      overallVerdict(
        judgeEndpoint({ at: now, status: 'Creating', deployments: [], capture: { percent: 0 } }, defaultMonitorRules),
      ),
    ).toBe('fail');
  });
});

test('one error more never makes the verdict on errors better', () => {
  const rank = { pass: 0, inconclusive: 1, error: 2, fail: 3 };
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 5000 }), fc.nat({ max: 4999 }), (requests, errors) => {
      const at = (serverErrors: number): Verdict | undefined =>
        verdictOf(judged({ window: { windows: windows(1, () => ({ requests, serverErrors })) } }), 'error-rate');
      fc.pre(errors < requests);
      expect(rank[at(errors + 1) ?? 'pass']).toBeGreaterThanOrEqual(rank[at(errors) ?? 'pass']);
    }),
  );
});

describe('latency, traffic, saturation and capacity', () => {
  test.each<[string, Partial<DeploymentFigures>, Partial<MonitorRules>, string, Verdict]>([
    ['a percentile above its limit', series({}), { maxLatencyMs: { p95: 19 } }, 'p95-ms', 'fail'],
    ['a percentile below it', series({}), { maxLatencyMs: { p95: 21 } }, 'p95-ms', 'pass'],
    ['too little traffic', series({ requests: 1 }), { minRequestsPerMinute: 2 }, 'traffic', 'fail'],
    ['too much', series({}), { maxRequestsPerMinute: 99 }, 'traffic', 'fail'],
    ['busy, and replicas may be added', series({ saturation: 1.4 }), {}, 'saturation', 'inconclusive'],
    [
      'busy at the most replicas',
      { ...series({ saturation: 1.4 }), desiredReplicas: 4, readyReplicas: 4 },
      {},
      'saturation',
      'fail',
    ],
    ['no replica', { readyReplicas: 0 }, {}, 'capacity', 'fail'],
    ['a replica missing just now', { readyReplicas: 1 }, {}, 'capacity', 'inconclusive'],
    ['a replica missing all the time', { ...series({ readyReplicas: 1 }), readyReplicas: 1 }, {}, 'capacity', 'fail'],
    ['restarts', series({ restarts: 1 }), {}, 'capacity', 'fail'],
  ])('%s', (_what, change, rules, name, verdict) => {
    expect(verdictOf(judged(change, rules), name)).toBe(verdict);
  });
});

describe('the endpoint as a whole', () => {
  test.each<[string, Partial<MonitorFigures>, Partial<MonitorRules>, string, Verdict]>([
    ['updating, and serving', { status: 'Updating' }, {}, 'status', 'inconclusive'],
    [
      'failed, and serving nobody',
      { status: 'Failed', deployments: [deployment({ readyReplicas: 0 })] },
      {},
      'status',
      'fail',
    ],
    ['the expected deployment', {}, { expected: 'green' }, 'expected', 'pass'],
    ['the expected model', {}, { expected: 'churn@2' }, 'expected', 'pass'],
    ['another one', {}, { expected: 'churn@3' }, 'expected', 'fail'],
    ['capture is off', {}, { maxCaptureAgeSeconds: 60 }, 'capture', 'error'],
    [
      'capture is fresh',
      { capture: { percent: 100, newestAt: now - 30_000 } },
      { maxCaptureAgeSeconds: 60 },
      'capture',
      'pass',
    ],
    [
      'capture is stale',
      { capture: { percent: 100, newestAt: now - 90_000 } },
      { maxCaptureAgeSeconds: 60 },
      'capture',
      'fail',
    ],
    ['nothing was captured', { capture: { percent: 100 } }, { maxCaptureAgeSeconds: 60 }, 'capture', 'fail'],
    [
      'capture is old, and nobody asked',
      { capture: { percent: 100, newestAt: now - 90_000 }, deployments: [deployment(series({ requests: 0 }))] },
      { maxCaptureAgeSeconds: 60 },
      'capture',
      'inconclusive',
    ],
  ])('%s', (_what, figures, rules, name, verdict) => {
    expect(verdictOf(judged({}, rules, figures), name)).toBe(verdict);
  });
});

describe('the error budget', () => {
  const rules = { objective: 0.999 };
  const history = (errors: (minutesAgo: number) => number): Measurement[] =>
    windows(360, (index) => ({ requests: 1000, serverErrors: errors(359 - index) }));
  const burns = (errors: (minutesAgo: number) => number): (Verdict | undefined)[] => {
    const checks = judged({}, rules, { history: history(errors) });
    return [verdictOf(checks, 'burn-1h'), verdictOf(checks, 'burn-6h')];
  };

  test('is spent at the rate of the failed share over the share that may fail', () => {
    expect(burnRate({ count: 20, requests: 1000 }, 0.999)).toBeCloseTo(20, 9);
  });

  test.each<[string, (minutesAgo: number) => number, Verdict[]]>([
    ['nothing', () => 0, ['pass', 'pass']],
    ['2 % for the last hour', (ago) => (ago < 60 ? 20 : 0), ['fail', 'pass']],
    [
      '2 % for an hour, and well for ten minutes: it is over',
      (ago) => (ago >= 10 && ago < 70 ? 20 : 0),
      ['pass', 'pass'],
    ],
    ['0.8 % for six hours', () => 8, ['pass', 'fail']],
    ['a single bad minute', (ago) => (ago === 2 ? 300 : 0), ['pass', 'pass']],
  ])('%s', (_what, errors, verdicts) => {
    expect(burns(errors)).toEqual(verdicts);
  });

  test('of a quarter of an hour alone cannot be told for an hour, unless it is spent already', () => {
    const short = (errors: number) =>
      verdictOf(
        judged({}, rules, { history: windows(15, () => ({ requests: 1000, serverErrors: errors })) }),
        'burn-1h',
      );
    expect(short(0)).toBe('inconclusive');
    expect(short(20)).toBe('fail');
    expect(verdictOf(judged({}, rules, { history: [] }), 'burn-1h')).toBe('inconclusive');
  });
});

describe('against the baseline', () => {
  const baseline = { windows: windows(15, healthy) };
  test.each<[string, Partial<Measurement>, string, Verdict]>([
    ['as then', {}, 'errors-against-baseline', 'pass'],
    ['more errors', { serverErrors: 3 }, 'errors-against-baseline', 'fail'],
    ['as fast', {}, 'latency-against-baseline', 'pass'],
    ['slower', { latency: { p95: 40 } }, 'latency-against-baseline', 'fail'],
  ])('%s', (_what, change, name, verdict) => {
    const check = judged({ ...series(change), baseline }).find((each) => each.name === name);
    expect(check?.verdict).toBe(verdict);
    expect(check?.reason).not.toMatch(/stable|candidate/);
  });

  test('of which nothing is known, nothing can be said', () => {
    const checks = judged({ ...series({}), baseline: { windows: [] } });
    expect(checks.filter(({ name }) => name.includes('baseline'))).toMatchObject([
      { name: 'baseline', verdict: 'inconclusive', reason: 'nothing is known of the baseline' },
    ]);
  });
});

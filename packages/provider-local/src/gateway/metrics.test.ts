import { describe, expect, test } from '@jest/globals';
import type { Measurement } from '@mlops-actions/core';
import fc from 'fast-check';
import { type DeploymentMetrics, deploymentMetrics } from './metrics.ts';
import type { AnsweredRequest } from './metrics-bucket.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** A whole minute. */
const epoch = Date.UTC(2026, 0, 5, 12);

/** Figures whose clock the test sets. */
function metricsAt(time: number): { readonly clock: { now: number }; readonly metrics: DeploymentMetrics } {
  const clock = { now: time };
  return { clock, metrics: deploymentMetrics(() => clock.now) };
}

const ok: AnsweredRequest = { milliseconds: 10, status: 200, origin: 'model' };
const spans = (windows: readonly Measurement[]): number[][] =>
  windows.map(({ from, to }) => [from - epoch, to - epoch]);
const sum = (windows: readonly Measurement[], name: 'requests' | 'serverErrors'): number =>
  windows.reduce((total, window) => total + (window[name] ?? 0), 0);

interface TimedRequest extends AnsweredRequest {
  readonly at: number;
}

const requests = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 200 * second }),
    milliseconds: fc.double({ min: 0.06, max: 3_000_000, noNaN: true }),
    status: fc.constantFrom(200, 204, 302, 400, 404, 499, 500, 502, 503, 504),
    origin: fc.constantFrom('model' as const, 'gateway' as const),
  }),
  { maxLength: 200 },
);

function play(events: readonly TimedRequest[], began = epoch): ReturnType<typeof metricsAt> {
  const { clock, metrics } = metricsAt(began);
  for (const { at, ...request } of [...events].sort((a, b) => a.at - b.at)) {
    clock.now = epoch + at;
    metrics.record(request);
  }
  return { clock, metrics };
}

describe('windows', () => {
  const asked = fc.record({
    from: fc.integer({ min: -20 * second, max: 150 * second }),
    length: fc.integer({ min: -10, max: 300 * second }),
    windowSeconds: fc.integer({ min: 1, max: 70 }),
    now: fc.integer({ min: 200 * second, max: 300 * second }),
    began: fc.integer({ min: -30 * second, max: 0 }),
  });

  test('are those of the grid that are over and were watched, and hold what happened in them', () => {
    fc.assert(
      fc.property(requests, asked, (events, { from, length, windowSeconds, now, began }) => {
        const { clock, metrics } = play(events, epoch + began);
        clock.now = epoch + now;
        const { windows } = metrics.measure({ from: epoch + from, to: epoch + from + length, windowSeconds });
        const expected = [];
        const step = windowSeconds * second;
        const end = epoch + Math.min(from + length, now);
        for (let start = Math.ceil((epoch + from) / second) * second; start + step <= end; start += step) {
          if (start >= epoch + began) expected.push([start - epoch, start + step - epoch]);
        }
        expect(spans(windows)).toEqual(expected);
        for (const window of windows) {
          const own = events.filter(({ at }) => epoch + at >= window.from && epoch + at < window.to);
          const count = (belongs: (request: TimedRequest) => boolean): number => own.filter(belongs).length;
          expect(window).toMatchObject({
            requests: own.length,
            clientErrors: count(({ status }) => status >= 400 && status < 500),
            serverErrors: count(({ status }) => status >= 500),
            modelErrors: count(({ status, origin }) => status >= 500 && origin === 'model'),
            platformErrors: count(({ status, origin }) => status >= 500 && origin === 'gateway'),
          });
          expect(window.latency?.max).toBe(
            own.length === 0 ? undefined : Math.max(...own.map((one) => one.milliseconds)),
          );
        }
      }),
    );
  });

  test('of any length add up to the same whole', () => {
    fc.assert(
      fc.property(requests, fc.constantFrom(1, 2, 3, 7, 10, 35, 70, 105), (events, windowSeconds) => {
        const { clock, metrics } = play(events);
        clock.now = epoch + 210 * second;
        const whole = { from: epoch, to: epoch + 210 * second };
        const { windows, latency } = metrics.measure({ ...whole, windowSeconds });
        const one = metrics.measure({ ...whole, windowSeconds: 210 });
        expect(windows).toHaveLength(210 / windowSeconds);
        expect(sum(windows, 'requests')).toBe(events.length);
        expect(sum(windows, 'serverErrors')).toBe(one.windows[0]?.serverErrors);
        expect(latency?.p95).toBe(one.latency?.p95);
        expect(latency?.max).toBe(one.latency?.max);
        expect(latency?.mean ?? 0).toBeCloseTo(one.latency?.mean ?? 0, 6);
        expect(one.latency).toEqual(one.windows[0]?.latency);
      }),
    );
  });

  test('do not depend on the order of the requests within them', () => {
    const shuffled = requests.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, others]) => {
        const [one, other] = [events, others].map((order) => {
          const { clock, metrics } = metricsAt(epoch);
          for (const request of order) metrics.record(request);
          clock.now = epoch + second;
          return metrics.measure({ from: epoch, to: clock.now, windowSeconds: 1 });
        });
        const mean = (latency: Measurement['latency']): number => latency?.mean ?? 0;
        expect(mean(one?.latency)).toBeCloseTo(mean(other?.latency), 6);
        const withoutMean = (text: unknown): string =>
          JSON.stringify(text, (key, value) => (key === 'mean' ? 0 : value));
        expect(withoutMean(one)).toBe(withoutMean(other));
      }),
    );
  });

  test('without requests have zeros and no latency; before the first sample no gauges', () => {
    const { clock, metrics } = metricsAt(epoch);
    clock.now = epoch + second;
    metrics.sample({ readyReplicas: 1, desiredReplicas: 2, inFlight: 0, saturation: 0 });
    clock.now = epoch + 2 * second;
    const zeros = { requests: 0, serverErrors: 0, clientErrors: 0, modelErrors: 0, platformErrors: 0, restarts: 0 };
    expect(metrics.measure({ from: epoch, to: clock.now, windowSeconds: 1 })).toEqual({
      windows: [
        { from: epoch, to: epoch + second, ...zeros },
        {
          from: epoch + second,
          to: epoch + 2 * second,
          ...zeros,
          readyReplicas: 1,
          desiredReplicas: 2,
          inFlight: 0,
          saturation: 0,
        },
      ],
    });
  });

  test('have the newest gauges, the highest saturation, and all restarts', () => {
    const { clock, metrics } = metricsAt(epoch);
    for (const [at, readyReplicas, inFlight] of [
      [0, 1, 3],
      [second, 2, 9],
      [second + 500, 2, 3],
      [2 * second, 4, 2],
      [2 * second + 500, 0, 1],
      [3 * second, 4, 100],
    ] as const) {
      clock.now = epoch + at;
      const gauges = { readyReplicas, desiredReplicas: 4, inFlight };
      metrics.sample(readyReplicas === 0 ? gauges : { ...gauges, saturation: inFlight / readyReplicas });
      metrics.recordRestart();
    }
    const [window] = metrics.measure({ from: epoch, to: epoch + 3 * second, windowSeconds: 3 }).windows;
    expect(window).toMatchObject({ readyReplicas: 0, desiredReplicas: 4, inFlight: 1, saturation: 4.5, restarts: 5 });
  });
});

describe('looking back', () => {
  /** One request in every minute of nine days, the n-th taking n milliseconds. */
  const { clock, metrics } = metricsAt(epoch - 20 * second);
  const minutes = (9 * day) / minute;
  for (let index = 0; index < minutes; index++) {
    clock.now = epoch + index * minute + 30 * second;
    metrics.record({ ...ok, milliseconds: index + 1 });
    metrics.sample({ readyReplicas: 1, desiredReplicas: 1, inFlight: 0 });
  }
  clock.now = epoch + minutes * minute + 7 * second;
  const now = clock.now;
  const measured = (ago: number, windowSeconds: number) => metrics.measure({ from: now - ago, to: now, windowSeconds });

  test('an hour is by the second', () => {
    const { windows } = measured(hour, 1);
    expect(windows).toHaveLength(3600);
    expect(windows[0]?.from).toBe(now - hour);
    expect(sum(windows, 'requests')).toBe(60);
  });

  test.each([
    [1, 60],
    [60, 60],
    [61, 120],
    [300, 300],
  ])('a day by windows of %i s is by minutes: windows of %i s', (asked, length) => {
    const { windows } = measured(day, asked);
    const [first] = windows;
    expect(first?.from).toBe(Math.ceil((now - day) / minute) * minute);
    expect((first?.to ?? 0) - (first?.from ?? 0)).toBe(length * second);
    expect(windows).toHaveLength(Math.floor((day - 53 * second) / (length * second)));
    expect(windows.every(({ requests }) => requests === length / 60)).toBe(true);
    for (const { latency, latencySource } of windows) {
      expect(Math.abs((latency?.p50 ?? 0) / (latency?.mean ?? 0) - 1)).toBeLessThan(0.05);
      expect(latencySource).toContain('5 %');
    }
  });

  test('a week and a day is by minutes, without percentiles; what was before is left out, not 0', () => {
    const { windows, latency } = measured(8 * day, 60);
    expect(windows).toHaveLength((8 * day) / minute - 1);
    expect(windows[0]).toMatchObject({ requests: 1, readyReplicas: 1 });
    expect(windows[0]?.latency).toEqual({ mean: windows[0]?.latency?.max, max: minutes - windows.length + 1 });
    expect(windows[0]?.latencySource).not.toContain('5 %');
    expect(latency).toEqual({ mean: expect.any(Number), max: minutes });
    const [kept] = measured(20 * day, 60).windows;
    expect(now - (kept?.from ?? 0)).toBeLessThan(8 * day + 3 * minute);
    expect(kept?.requests).toBe(1);
  });

  test('the same hour a week ago', () => {
    const from = now - 7 * day - hour;
    const { windows } = metrics.measure({ from, to: from + hour, windowSeconds: 60 });
    expect(windows).toHaveLength(59);
    expect(sum(windows, 'requests')).toBe(59);
  });

  test('to before it began, and into what is to come, finds nothing', () => {
    expect(metrics.measure({ from: 0, to: epoch - day, windowSeconds: 60 })).toEqual({ windows: [] });
    expect(metrics.measure({ from: now, to: now + hour, windowSeconds: 1 })).toEqual({ windows: [] });
    const young = metricsAt(epoch + 10 * second);
    young.clock.now = epoch + 3 * minute;
    const all = { from: epoch - 2 * hour, to: epoch + hour, windowSeconds: 60 };
    expect(spans(young.metrics.measure(all).windows)).toEqual([
      [minute, 2 * minute],
      [2 * minute, 3 * minute],
    ]);
  });

  test('after a clock that was set back goes on counting', () => {
    const { clock, metrics } = metricsAt(epoch);
    for (const at of [0, 5 * second, 2 * second, 100 * day, 4 * second]) {
      clock.now = epoch + at;
      metrics.record(ok);
    }
    clock.now = epoch + 6 * second;
    const { windows } = metrics.measure({ from: epoch, to: clock.now, windowSeconds: 1 });
    expect(windows.map(({ requests }) => requests)).toEqual([1, 0, 1, 0, 1, 1]);
  });
});

describe('latency', () => {
  test('has the percentiles of nearest rank to within 5 %, mean and maximum exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.06, max: 3_000_000, noNaN: true }), { minLength: 1 }), (values) => {
        const { clock, metrics } = metricsAt(epoch);
        for (const milliseconds of values) metrics.record({ ...ok, milliseconds });
        clock.now += second;
        const { latency } = metrics.measure({ from: epoch, to: clock.now, windowSeconds: 1 });
        const sorted = [...values].sort((a, b) => a - b);
        for (const percent of [50, 90, 95, 99] as const) {
          const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
          expect(Math.abs((latency?.[`p${percent}`] ?? 0) / exact - 1)).toBeLessThan(0.05);
          expect(latency?.[`p${percent}`]).toBeLessThanOrEqual(latency?.max ?? 0);
        }
        expect(latency?.max).toBe(sorted.at(-1));
        const mean = values.reduce((total, value) => total + value, 0) / values.length;
        expect((latency?.mean ?? 0) / mean).toBeCloseTo(1, 9);
      }),
    );
  });

  test.each([
    [0.001, 0.001],
    [36_000_000, 36_000_000],
  ])('of %d ms, beyond the cells, is told by the maximum', (milliseconds, expected) => {
    const { clock, metrics } = metricsAt(epoch);
    metrics.record({ ...ok, milliseconds });
    clock.now += second;
    expect(metrics.measure({ from: epoch, to: clock.now, windowSeconds: 1 }).latency?.p99).toBe(expected);
  });
});

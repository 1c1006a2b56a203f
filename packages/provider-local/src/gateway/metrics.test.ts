import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metricsRing } from './metrics.ts';

describe('metricsRing', () => {
  test('percentiles are those of nearest rank, to within 5 %', () => {
    const latencies = fc.array(fc.double({ min: 0.06, max: 3_000_000, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(latencies, (values) => {
        const ring = metricsRing(() => 0);
        for (const value of values) ring.record(value, false);
        const sorted = [...values].sort((a, b) => a - b);
        const summary = ring.summary(60);
        for (const [percent, got] of [
          [50, summary.p50Ms],
          [95, summary.p95Ms],
          [99, summary.p99Ms],
        ] as const) {
          const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
          expect(Math.abs((got ?? 0) / exact - 1)).toBeLessThan(0.05);
        }
      }),
    );
  });

  test('a window holds its seconds and no others, also after more than an hour', () => {
    let now = 0;
    const ring = metricsRing(() => now * 1000);
    const requests = (window: number): number => ring.summary(window).requests;
    for (; now < 8000; now += 1) ring.record(1, now % 10 === 0);
    now = 7999;
    expect(requests(1)).toBe(1);
    expect(requests(60)).toBe(60);
    expect(ring.summary(60).errors).toBe(6);
    expect(requests(3600)).toBe(3600);
    expect(requests(1e6)).toBe(3600);
    now = 8058;
    expect(requests(60)).toBe(1);
    now = 20_000;
    expect(ring.summary(3600)).toEqual({ requests: 0, errors: 0 });
  });
});

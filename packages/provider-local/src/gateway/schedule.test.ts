import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weightedSchedule } from './schedule.ts';

/** Whole percents that sum to 100. */
const shares = fc
  .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 0, maxLength: 6 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
  .map((cuts) => Object.fromEntries(cuts.slice(1).map((cut, index) => [`d${index}`, cut - (cuts[index] ?? 0)])));

describe('weightedSchedule', () => {
  test('after any number of requests everyone has its exact share to within less than one request', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 1, max: 350 }), (traffic, requests) => {
        const schedule = weightedSchedule(traffic);
        const counts: Record<string, number> = {};
        for (let request = 1; request <= requests; request++) {
          const name = schedule?.next() ?? '';
          counts[name] = (counts[name] ?? 0) + 1;
          for (const [key, share] of Object.entries(traffic)) {
            expect(Math.abs((counts[key] ?? 0) - (request * share) / 100)).toBeLessThan(1);
          }
        }
      }),
    );
  });

  test('one in ten is one in every ten', () => {
    const schedule = weightedSchedule({ stable: 90, canary: 10 });
    const names = Array.from({ length: 30 }, () => schedule?.next());
    for (const start of [0, 10, 20]) {
      expect(names.slice(start, start + 10).filter((name) => name === 'canary')).toHaveLength(1);
    }
  });

  test('nobody with a share, nobody chosen', () => {
    expect(weightedSchedule({})).toBeUndefined();
    expect(weightedSchedule({ blue: 0 })).toBeUndefined();
  });
});

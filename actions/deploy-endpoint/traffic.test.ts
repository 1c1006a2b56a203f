import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shiftTraffic } from './traffic.ts';

const shares = fc
  .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
  .map((cuts) => Object.fromEntries(cuts.slice(1).map((cut, index) => [`d${index}`, cut - (cuts[index] ?? 0)])));

describe('shiftTraffic', () => {
  test('gives exactly what was asked and sums to 100 in whole percents', () => {
    fc.assert(
      fc.property(shares, fc.constantFrom('new', 'd0'), fc.integer({ min: 0, max: 100 }), (before, name, percent) => {
        const after = shiftTraffic(before, name, percent);
        if (after === undefined) return expect(Object.keys(before)).toEqual([name]);
        expect(after[name]).toBe(percent);
        expect(Object.values(after).every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
        expect(Object.values(after).reduce((sum, share) => sum + share, 0)).toBe(100);
      }),
    );
  });

  test('the others keep their proportions to within one percent', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 0, max: 99 }), (before, percent) => {
        const after = shiftTraffic(before, 'new', percent) ?? {};
        for (const [name, share] of Object.entries(before)) {
          expect(Math.abs((after[name] ?? 0) - (share * (100 - percent)) / 100)).toBeLessThan(1);
        }
      }),
    );
  });

  test.each([
    [{}, 100, { new: 100 }],
    [{}, 10, undefined],
    [{ new: 100 }, 50, undefined],
    [{ a: 100 }, 10, { a: 90, new: 10 }],
    [{ a: 50, b: 50 }, 25, { a: 38, b: 37, new: 25 }],
    [{ a: 50, b: 50 }, 100, { new: 100 }],
    [{ a: 60, new: 40 }, 0, { a: 100, new: 0 }],
  ])('from %j with %d percent to %j', (before, percent, after) => {
    expect(shiftTraffic(before as Record<string, number>, 'new', percent)).toEqual(after);
  });
});

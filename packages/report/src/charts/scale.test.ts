import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyNumber } from '../testing/hostile.ts';
import { axisLabels, domainOf, linear, ticks, timeTicks, widened } from './scale.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const domain = fc
  .tuple(finite, finite)
  .map(([one, other]) => ({ low: Math.min(one, other), high: Math.max(one, other) }));
const plainDomain = fc
  .tuple(fc.double({ min: -1e12, max: 1e12, noNaN: true }), fc.double({ min: 1e-6, max: 1e12, noNaN: true }))
  .map(([low, length]) => ({ low, high: low + length }))
  .filter(({ low, high }) => high - low > Math.abs(low) * 1e-6);

describe('ticks', () => {
  test.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [-0.05, 0.05, 4, [-0.05, 0, 0.05]],
    [13, 87, 4, [20, 40, 60, 80]],
    [0, 1e6, 4, [0, 5e5, 1e6]],
    [7, 7, 4, [7]],
    [-Number.MAX_VALUE, Number.MAX_VALUE, 2, [-Number.MAX_VALUE, Number.MAX_VALUE]],
    [1.01, 1.02, 1, [1.02]],
  ])('from %d to %d, about %d, are %j', (low, high, count, expected) => {
    expect(ticks({ low, high }, count)).toEqual(expected);
  });

  test('ascend, lie inside and are few, for every domain', () => {
    fc.assert(
      fc.property(domain, fc.integer({ min: 1, max: 10 }), (each, count) => {
        const found = ticks(each, count);
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThanOrEqual(count + 2);
        for (const [index, value] of found.entries()) {
          expect(value).toBeGreaterThanOrEqual(each.low);
          expect(value).toBeLessThanOrEqual(each.high);
          if (index > 0) expect(value).toBeGreaterThan(found[index - 1] as number);
        }
      }),
    );
  });

  test.each([
    [1e16, 1e16 + 2],
    [2 ** 60, 2 ** 60 + 256],
    [1, 1 + 2e-16],
    [-5e-324, 5e-324],
  ])('end where numbers are too far apart to be stepped through: %d to %d', (low, high) => {
    const found = ticks({ low, high }, 4);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(6);
  });

  test('are equally far apart, by 1, 2 or 5 times a power of ten', () => {
    fc.assert(
      fc.property(plainDomain, fc.integer({ min: 3, max: 10 }), (each, count) => {
        const found = ticks(each, count);
        if (found.length < 3) return;
        const gaps = found.slice(1).map((value, index) => value - (found[index] as number));
        const step = gaps[0] as number;
        expect([1, 2, 5, 10]).toContain(Number((step / 10 ** Math.floor(Math.log10(step))).toFixed(2)));
        for (const gap of gaps) expect(gap / step).toBeCloseTo(1, 3);
      }),
    );
  });

  test('have labels that differ', () => {
    fc.assert(
      fc.property(plainDomain, (each) => {
        const labels = axisLabels(ticks(each, 5));
        expect(new Set(labels).size).toBe(labels.length);
      }),
    );
  });
});

test.each([
  [
    [0, 0.25, 0.5],
    ['0', '0.25', '0.5'],
  ],
  [
    [0, 20_000, 40_000],
    ['0', '20k', '40k'],
  ],
  [
    [1e6, 1.5e6],
    ['1M', '1.5M'],
  ],
  [
    [0, 1e-7],
    ['0', '1e-7'],
  ],
  [
    [0, 1e20],
    ['0', '1e20'],
  ],
  [[], []],
])('the labels of %j are %j', (values, labels) => expect(axisLabels(values)).toEqual(labels));

describe('linear', () => {
  test('keeps order and stays between its ends, for any number', () => {
    fc.assert(
      fc.property(domain, anyNumber, anyNumber, (each, one, other) => {
        const x = linear(each, 10, 90);
        for (const value of [one, other]) {
          expect(x(value)).toBeGreaterThanOrEqual(10);
          expect(x(value)).toBeLessThanOrEqual(90);
        }
        if (one <= other) expect(x(one)).toBeLessThanOrEqual(x(other));
      }),
    );
  });

  test('puts a domain of one point in the middle', () => {
    expect(linear({ low: 3, high: 3 }, 0, 10)(3)).toBe(5);
  });
});

test('a domain holds the finite values, and widening keeps them', () => {
  fc.assert(
    fc.property(fc.array(anyNumber), (values) => {
      const found = domainOf(values);
      const kept = values.filter(Number.isFinite);
      expect(found === undefined).toBe(kept.length === 0);
      if (!found) return;
      const wide = widened(found, 0.06);
      expect(wide.low).toBeLessThanOrEqual(Math.min(...kept));
      expect(wide.high).toBeGreaterThanOrEqual(Math.max(...kept));
      expect(Number.isFinite(wide.low) && Number.isFinite(wide.high)).toBe(true);
    }),
  );
});

describe('timeTicks', () => {
  const at = (text: string): number => Date.parse(`${text}Z`);

  test.each([
    ['2026-11-25T10:02', '2026-11-25T11:01', 4, ['10:15', '10:30', '10:45', '11:00']],
    ['2026-11-24T20:00', '2026-11-25T08:00', 4, ['21:00', '25 Nov', '03:00', '06:00']],
    ['2026-10-28T00:00', '2026-11-02T12:00', 6, ['28 Oct', '29 Oct', '30 Oct', '31 Oct', '1 Nov', '2 Nov']],
    ['2026-01-10T00:00', '2026-08-10T00:00', 4, ['Mar 2026', 'May 2026', 'Jul 2026']],
    ['2019-05-01T00:00', '2026-05-01T00:00', 4, ['2020', '2022', '2024', '2026']],
  ])('from %s to %s are %j', (low, high, count, labels) => {
    expect(timeTicks({ low: at(low), high: at(high) }, count).map(({ label }) => label)).toEqual(labels);
  });

  test('lie inside, ascend and are few, for every moment a Date can hold', () => {
    const moment = fc.integer({ min: -8.64e15, max: 8.64e15 });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const each = { low: Math.min(one, other), high: Math.max(one, other) };
        const found = timeTicks(each, 6);
        expect(found.length).toBeLessThanOrEqual(8);
        for (const [index, { value }] of found.entries()) {
          expect(value).toBeGreaterThanOrEqual(each.low);
          expect(value).toBeLessThanOrEqual(each.high);
          if (index > 0) expect(value).toBeGreaterThan(found[index - 1]?.value as number);
        }
      }),
    );
  });

  test.each([
    [-1e300, 1e300],
    [1e22, 1e22 + 4e6],
    [1e17, 1e17 + 1e5],
    [0, 1e16],
  ])('of what is no moment are none: %d to %d', (low, high) => {
    expect(timeTicks({ low, high }, 4)).toEqual([]);
  });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { absolute, add, compare, decimal, times, toNumber } from './decimal.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test('0.8 - 0.1 is 0.7', () => {
  expect(toNumber(add(decimal(0.8), decimal(-0.1)))).toBe(0.7);
  expect(compare(add(decimal(0.8), decimal('-0.1')), decimal(0.7))).toBe(0);
});

test.each([
  ['.5', 0.5],
  ['5.', 5],
  ['+1e-3', 0.001],
  ['-0', 0],
  ['1E2', 100],
  ['00.10', 0.1],
])('%s is %d', (text, value) => {
  expect(compare(decimal(text), decimal(value))).toBe(0);
});

test.each(['', '.', '-', 'NaN', '1_000', 'Infinity', '1e'])('%j is no decimal', (text) => {
  expect(() => decimal(text)).toThrow(RangeError);
});

test('keeps every double, in their order', () => {
  fc.assert(
    fc.property(finite, finite, (a, b) => {
      expect(toNumber(decimal(a))).toBe(a === 0 ? 0 : a);
      expect(compare(decimal(a), decimal(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 1000 },
  );
});

test('whole numbers reckon as whole numbers do', () => {
  const whole = fc.integer({ min: -(2 ** 26), max: 2 ** 26 });
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      expect(toNumber(add(decimal(a), decimal(b)))).toBe(a + b);
      expect(toNumber(times(decimal(a), decimal(b)))).toBe(a * b + 0);
      expect(toNumber(absolute(decimal(a)))).toBe(Math.abs(a));
    }),
  );
});

test('what is too large for a double is infinite', () => {
  expect(toNumber(times(decimal(1e308), decimal(10)))).toBe(Number.POSITIVE_INFINITY);
});

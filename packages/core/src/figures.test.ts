import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatBytes, formatDistinct, formatDuration, formatNumber, formatSigned } from './figures.ts';

describe('formatNumber', () => {
  test.each([
    [0.87123, '0.8712'],
    [0.5, '0.5'],
    [0, '0'],
    [-0, '0'],
    [1_234_567, '1,234,567'],
    [-1234, '-1,234'],
    [1234.5678, '1,235'],
    [12.3456, '12.35'],
    [0.000123456, '0.0001235'],
    [0.0000001, '1e-7'],
    [-0.000_000_312_3, '-3.123e-7'],
    [1_234_567.8, '1.235e6'],
    [1e300, '1e300'],
    [0.1 + 0.2, '0.3'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('%d is %s', (value, text) => expect(formatNumber(value)).toBe(text));

  test('is within half a unit of its fourth digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
        const read = Number(formatNumber(value).replaceAll(',', ''));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 0.000501 + Number.MIN_VALUE);
      }),
    );
  });
});

test('a difference has a sign', () => {
  expect([0.012, -0.005, 0].map((value) => formatSigned(value))).toEqual(['+0.012', '-0.005', '0']);
});

describe('formatDistinct', () => {
  test('adds digits until different numbers look different', () => {
    expect(formatDistinct([0.942001, 0.942])).toEqual(['0.942001', '0.942']);
    expect(formatDistinct([0.5, 0.5])).toEqual(['0.5', '0.5']);
    expect(formatDistinct([0, -0])).toEqual(['0', '0']);
  });

  test('tells any two numbers apart', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const [left, right] = formatDistinct([a, b]);
        expect(left === right).toBe(a === b);
      }),
    );
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [12_345_678, '12.3 MB'],
  [2e15, '2 PB'],
  [3e18, '3,000 PB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, '0 s'],
  [0.44, '0.4 s'],
  [12.4, '12 s'],
  [59.7, '1 min'],
  [185, '3 min 5 s'],
  [7800, '2 h 10 min'],
  [97_200, '1 d 3 h'],
  [86_400, '1 d'],
])('%d seconds are %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

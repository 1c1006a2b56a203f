import { expect, test } from '@jest/globals';
import type { PairedComparison } from '../metrics/paired.ts';
import { detectableDifference, rowsToTell } from './power.ts';

/** An interval of ± `z` standard errors of 0.01. */
const comparison = (z: number): PairedComparison => ({
  metric: 'accuracy',
  candidate: 0.9,
  champion: 0.9,
  difference: 0,
  lo: -z * 0.01,
  hi: z * 0.01,
  confidence: 0.9,
  p: 1,
  n: 1000,
  method: 'bootstrap',
});

test('2.4865 standard errors are found with 80 % power at a bound of 95 %', () => {
  // SciPy 1.17: 0.01 * (norm.ppf(0.95) + norm.ppf(0.8)).
  expect(detectableDifference(comparison(1.6448536269514722), 0.95)).toBeCloseTo(0.024864748605243, 12);
});

test('half the distance takes four times the rows', () => {
  const given = comparison(1.6448536269514722);
  expect(rowsToTell(given, 0.95, 0.024864748605244)).toBe(1000);
  expect(rowsToTell(given, 0.95, 0.024864748605244 / 2)).toBe(4000);
});

test('an interval without width shows everything', () => {
  expect(detectableDifference(comparison(0), 0.95)).toBe(0);
});

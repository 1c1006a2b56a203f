import { normalQuantile } from '../statistics/index.ts';

/** The smallest change that would probably (in 4 of 5 cases) be significant at these numbers of rows, in a column tested alone. */
export interface DetectableChange {
  readonly value: number;
  /** A shift in standard deviations of a normal column; or the change of the share of a category that half the rows have. */
  readonly unit: 'deviations' | 'share';
}

/** How likely the change is to be found. */
const power = 0.8;

/**
 * Of Kolmogorov and Smirnov's test of a normal column. Its critical distance is √(−ln(α / 2) / 2)·s with s² = 1 / n + 1 / m, and a shift of δ
 * deviations moves the distribution by δ / √(2π) at most. The largest of many noisy distances is looked at, which helps a little: 80 % of shifts
 * are found from 0.05·s below the critical distance on (simulated, n and m from 50 to 5000, α from 0.01 to 0.1: 77 % to 83 %).
 */
export function detectableShift(n: number, m: number, alpha: number): DetectableChange {
  const critical = Math.sqrt(-Math.log(alpha / 2) / 2) - 0.05;
  return { value: critical * Math.sqrt(2 * Math.PI) * Math.sqrt(1 / n + 1 / m), unit: 'deviations' };
}

/** Of the test of two proportions near one half: (z(1 − α / 2) + z(power))·√(¼ / n + ¼ / m). */
export function detectableShareChange(n: number, m: number, alpha: number): DetectableChange {
  const deviations = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  return { value: Math.min(1, (deviations / 2) * Math.sqrt(1 / n + 1 / m)), unit: 'share' };
}

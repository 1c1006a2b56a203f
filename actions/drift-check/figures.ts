import { formatNumber, type Interval } from '@mlops-actions/core';
import { formatPValue } from '@mlops-actions/report';

/** A figure, or both its bounds where they differ as written. */
export function intervalText(interval: Interval, digits = 3): string {
  return bounds(interval, (value) => formatNumber(value, digits));
}

/** A p-value, or both its bounds. */
export function pText(interval: Interval): string {
  return bounds(interval, formatPValue);
}

function bounds({ lo, hi }: Interval, format: (value: number) => string): string {
  const [low, high] = [format(lo), format(hi)];
  return low === high ? low : `${low} to ${high}`;
}

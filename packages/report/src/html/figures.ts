import { formatNumber } from '@mlops-actions/core';

/** A share from 0 to 1 in per cent: `0 %`, `<0.1 %`, `12.3 %`, `100 %`. Never `0 %` or `100 %` for what is not. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return formatNumber(share);
  if (share > 0 && share < 0.001) return '<0.1\u00a0%';
  if (share < 1 && share > 0.9994) return '>99.9\u00a0%';
  return `${formatNumber(Number((share * 100).toFixed(1)))}\u00a0%`;
}

/** A p-value: `0.034`, `3.1e-7`, and `<1e-300` where the number itself has run out. */
export function formatPValue(p: number): string {
  return p >= 0 && p < 1e-300 ? '<1e-300' : formatNumber(p, 2);
}

/** A moment, given in milliseconds since 1970, in UTC to the minute: `2026-11-25 14:05 UTC`. */
export function formatMoment(milliseconds: number): string {
  const moment = new Date(milliseconds);
  if (Number.isNaN(moment.getTime())) return formatNumber(milliseconds);
  return `${moment.toISOString().slice(0, -8).replace('T', ' ')} UTC`;
}

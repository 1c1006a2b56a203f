/**
 * Latencies by cells, each reaching 10 % further than the one before. A latency from 0.05 ms to an hour is told by the geometric middle of
 * its cell, which is at most 4.9 % off.
 */
export type LatencyCells = Uint32Array | Float64Array;

const growth = 1.1;
const smallestMs = 0.05;
/** The last cell starts above one hour. */
export const cellCount = Math.ceil(Math.log((3600 * 1000) / smallestMs) / Math.log(growth)) + 2;

/** Cell 0 holds what is faster than `smallestMs`; cell k from `smallestMs` · growth^(k-1) up. */
export function cellOf(milliseconds: number): number {
  if (milliseconds < smallestMs) return 0;
  return Math.min(cellCount - 1, 1 + Math.floor(Math.log(milliseconds / smallestMs) / Math.log(growth)));
}

/** Nearest rank: the smallest value that at least `percent` of all `total` values do not exceed; never above their maximum. */
export function percentileOf(cells: LatencyCells, total: number, percent: number, maximum: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * total));
  let seen = 0;
  for (let cell = 0; cell < cellCount - 1; cell++) {
    seen += cells[cell] ?? 0;
    if (seen >= rank) return Math.min(maximum, cell === 0 ? smallestMs : smallestMs * growth ** (cell - 0.5));
  }
  return maximum;
}

/**
 * Corrections for many tests. Each takes p-values and gives adjusted ones in the same order, to be compared with the same level; NaN stays
 * NaN and does not count as a test. As `multipletests` of statsmodels.
 */

/** The corrections by their names, the strictest first. */
export const corrections = ['bonferroni', 'holm', 'bh', 'none'] as const;
export type Correction = (typeof corrections)[number];

/** Bonferroni (1936): each p times the number of tests. */
export function bonferroni(ps: readonly number[]): number[] {
  const tests = ps.filter((p) => !Number.isNaN(p)).length;
  return ps.map((p) => Math.min(1, p * tests));
}

/** Holm, "A simple sequentially rejective multiple test procedure", 1979: the chance of any false alarm stays below the level. */
export function holm(ps: readonly number[]): number[] {
  const adjusted = ps.map(() => Number.NaN);
  const order = ascending(ps);
  let highest = 0;
  for (const [index, at] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (ps[at] as number) * (order.length - index)));
    adjusted[at] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg, "Controlling the false discovery rate", 1995: the expected share of false alarms among the alarms stays below the
 * level.
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const adjusted = ps.map(() => Number.NaN);
  const order = ascending(ps);
  let lowest = 1;
  for (let index = order.length - 1; index >= 0; index--) {
    const at = order[index] as number;
    lowest = Math.min(lowest, ((ps[at] as number) * order.length) / (index + 1));
    adjusted[at] = lowest;
  }
  return adjusted;
}

/** The places of the numbers, the smallest first. */
function ascending(ps: readonly number[]): number[] {
  const places = ps.flatMap((p, at) => (Number.isNaN(p) ? [] : [at]));
  return places.sort((one, other) => (ps[one] as number) - (ps[other] as number));
}

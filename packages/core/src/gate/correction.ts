import type { Correction } from '../statistics/corrections.ts';

/**
 * Which of `count` null hypotheses are rejected at `alpha` together, asking only whether one is rejected at a level of its own:
 * `rejects(i, level)` must say yes at every level above one at which it says yes. So no p-values are needed where a bound decides.
 *
 * `bonferroni` and `holm` (Holm 1979) keep the chance of any false rejection at `alpha`; `bh` (Benjamini and Hochberg 1995) the expected
 * share of false ones among the rejections; `none` each on its own.
 */
export function rejected(
  correction: Correction,
  count: number,
  alpha: number,
  rejects: (index: number, level: number) => boolean,
): ReadonlySet<number> {
  const candidates = Array.from({ length: count }, (_, index) => index).filter((index) => rejects(index, alpha));
  if (correction === 'none') return new Set(candidates);
  if (correction === 'bonferroni') return new Set(candidates.filter((index) => rejects(index, alpha / count)));
  return correction === 'holm' ? holm(candidates, count, alpha, rejects) : bh(candidates, count, alpha, rejects);
}

type Rejects = (index: number, level: number) => boolean;

/** Holm's steps: as long as one more is rejected at α over the number of those not yet rejected, it is. */
function holm(candidates: readonly number[], count: number, alpha: number, rejects: Rejects): ReadonlySet<number> {
  const found = new Set<number>();
  for (let more = true; more; ) {
    more = false;
    for (const index of candidates) {
      if (found.has(index) || !rejects(index, alpha / (count - found.size))) continue;
      found.add(index);
      more = true;
    }
  }
  return found;
}

/** The largest r for which r hypotheses are rejected at α·r / count. */
function bh(candidates: readonly number[], count: number, alpha: number, rejects: Rejects): ReadonlySet<number> {
  for (let rank = candidates.length; rank > 0; rank--) {
    const found = candidates.filter((index) => rejects(index, (alpha * rank) / count));
    if (found.length >= rank) return new Set(found);
  }
  return new Set();
}

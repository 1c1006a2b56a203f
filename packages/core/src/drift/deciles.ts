import type { Interval } from '../statistics/interval.ts';
import type { Shares } from './divergence.ts';
import { massBelow, quantile, ranksOf } from './ranked.ts';
import type { Sample } from './sample.ts';

/**
 * The shares of both samples between the deciles of the reference, nine edges and ten bins, the outer two open: bin k holds
 * e(k) ≤ v < e(k + 1). The edges are quantiles of type 7 (Hyndman and Fan 1996; NumPy's default). Edges that fall together leave an empty
 * bin between them, which adds nothing to a divergence. Of a binned sample the deciles themselves are bounded, and with them the shares.
 */
export function decileShares(reference: Sample, current: Sample): Shares {
  const ranked = ranksOf(reference);
  const other = ranksOf(current);
  const cuts: Interval[] = [];
  const otherCuts: Interval[] = [];
  for (let decile = 1; decile <= 9; decile++) {
    const edge = quantile(ranked, decile / 10);
    const atMost = Math.ceil((reference.total - 1) * (decile / 10));
    const cut = massBelow(ranked, edge);
    cuts.push({ lo: cut.lo, hi: Math.max(cut.lo, Math.min(cut.hi, atMost)) });
    otherCuts.push(massBelow(other, edge));
  }
  return { reference: sharesBetween(cuts, reference.total), current: sharesBetween(otherCuts, current.total) };
}

function sharesBetween(cuts: readonly Interval[], total: number): Interval[] {
  const ends = [...cuts, { lo: total, hi: total }];
  let previous: Interval = { lo: 0, hi: 0 };
  return ends.map((cut) => {
    const share = { lo: Math.max(0, cut.lo - previous.hi) / total, hi: (cut.hi - previous.lo) / total };
    previous = cut;
    return share;
  });
}

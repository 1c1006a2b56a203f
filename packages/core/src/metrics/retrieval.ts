import { type Answered, notFinite } from './answered.ts';
import type { Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { RankingTruth } from './predictions.ts';

/** One query's rows by descending score, in groups of equal scores. */
interface RankedQuery {
  readonly relevance: Float64Array;
  /** By group: the position after its last row. */
  readonly ends: readonly number[];
}

/**
 * Normalized discounted cumulative gain of the first `k` rows of each query, averaged over queries (Järvelin & Kekäläinen 2002): gain is
 * the relevance itself, the discount log2(rank + 1), rows of one score share their gains. A query without relevant rows counts as 0. All
 * as scikit-learn's `ndcg_score`.
 */
export function preparedNdcg(data: Answered, k: number): Prepared | Undefined {
  const negative = (data.truth as RankingTruth).relevance.find((value) => value < 0);
  if (negative !== undefined) return { undefined: `a row has the relevance ${negative}` };
  return meanOverQueries(data, (query) => {
    const relevance = query.relevance.toSorted((a, b) => b - a);
    const ideal = gain({ relevance, ends: Array.from(relevance, (_value, at) => at + 1) }, k);
    return ideal === 0 ? 0 : gain(query, k) / ideal;
  });
}

function gain(query: RankedQuery, k: number): number {
  let total = 0;
  let start = 0;
  for (const end of query.ends) {
    let gains = 0;
    let discounts = 0;
    for (let at = start; at < end; at++) {
      gains += query.relevance[at] as number;
      if (at < k) discounts += 1 / Math.log2(at + 2);
    }
    total += (gains / (end - start)) * discounts;
    start = end;
  }
  return total;
}

/**
 * Mean over queries of the average precision of each, as `average_precision` computes it; a row is relevant when its relevance is above 0.
 * Queries without relevant rows are left out: no order of their rows is better than another.
 */
export function preparedMeanAveragePrecision(data: Answered): Prepared | Undefined {
  return meanOverQueries(data, (query) => {
    let found = 0;
    let area = 0;
    let start = 0;
    for (const end of query.ends) {
      const hits = relevantRows(query, start, end);
      found += hits;
      area += (hits * found) / end;
      start = end;
    }
    return found === 0 ? undefined : area / found;
  });
}

/**
 * Mean over queries of 1 / rank of the first relevant row, 0 when it is not among the first `k`. Of rows with one score the relevant ones
 * are taken to come last, so that a model gains nothing by equal scores. Queries without relevant rows are left out.
 */
export function preparedReciprocalRank(data: Answered, k: number): Prepared | Undefined {
  return meanOverQueries(data, (query) => {
    let start = 0;
    for (const end of query.ends) {
      const hits = relevantRows(query, start, end);
      if (hits > 0) {
        const rank = end - hits + 1;
        return rank <= k ? 1 / rank : 0;
      }
      start = end;
    }
    return undefined;
  });
}

function relevantRows(query: RankedQuery, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if ((query.relevance[at] as number) > 0) count++;
  return count;
}

/** The mean of what `of` says of each query; queries for which it says nothing have the weight 0. */
function meanOverQueries(data: Answered, of: (query: RankedQuery) => number | undefined): Prepared | Undefined {
  const { relevance } = data.truth as RankingTruth;
  const scores = data.scores();
  if (isUndefined(scores)) return scores;
  const odd = notFinite(relevance, 'a relevance');
  if (odd !== undefined) return odd;
  const values = new Float64Array(data.units);
  const weights = new Float64Array(data.units);
  const { starts, rows } = data.queries();
  for (let query = 0; query < data.units; query++) {
    const ranked = rows.slice(starts[query], starts[query + 1]);
    ranked.sort((a, b) => (scores[b] as number) - (scores[a] as number));
    const value = of({
      relevance: Float64Array.from(ranked, (row) => relevance[row] as number),
      ends: endsOf(ranked, scores),
    });
    values[query] = value ?? 0;
    weights[query] = value === undefined ? 0 : 1;
  }
  if (!weights.includes(1)) return { undefined: 'no query has a relevant row' };
  return weights.includes(0) ? { kind: 'mean', values, weights } : { kind: 'mean', values };
}

function endsOf(ranked: Uint32Array, scores: Float64Array): number[] {
  const ends: number[] = [];
  for (let at = 1; at <= ranked.length; at++) {
    const last = at === ranked.length || scores[ranked[at] as number] !== scores[ranked[at - 1] as number];
    if (last) ends.push(at);
  }
  return ends;
}

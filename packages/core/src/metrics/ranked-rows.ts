import type { Counts } from './metric.ts';
import type { ScoreOrder } from './score-order.ts';

/**
 * Rows by descending score, laid out for many passes with other counts each: one pass adds up the counts from the top, another visits the
 * positive rows alone. Half the time of a bootstrap is spent here.
 */
export interface Ranked {
  readonly order: ScoreOrder;
  /** By position in the order. */
  readonly weights: Float64Array | undefined;
  /** The positive rows in their order. */
  readonly positives: Uint32Array;
  /** By positive row: its weight. */
  readonly positiveWeights: Float64Array | undefined;
  /** By positive row: how many rows have a higher score. */
  readonly above: Uint32Array;
  /** By positive row: how many rows have a score that is not lower. */
  readonly through: Uint32Array;
  /** By number of rows from the top: what a sample has of them. Written by each pass. */
  readonly seen: Float64Array | Uint32Array;
}

/** Lays out the rows of an order. Weights are those of the rows. */
export function rankedBy(order: ScoreOrder, labels: Uint8Array, weights: Float64Array | undefined): Ranked {
  const { rows, ends } = order;
  let count = 0;
  for (let row = 0; row < labels.length; row++) count += labels[row] as number;
  const positives = new Uint32Array(count);
  const above = new Uint32Array(count);
  const through = new Uint32Array(count);
  let [found, complete, start] = [0, 0, 0];
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    if (labels[row] === 1) {
      positives[found] = row;
      above[found] = start;
      found++;
    }
    if (ends[at] === 0) continue;
    start = at + 1;
    for (; complete < found; complete++) through[complete] = start;
  }
  return {
    order,
    weights: weights && Float64Array.from(rows, (row) => weights[row] as number),
    positives,
    positiveWeights: weights && Float64Array.from(positives, (row) => weights[row] as number),
    above,
    through,
    seen: new (weights === undefined ? Uint32Array : Float64Array)(rows.length + 1),
  };
}

/** Adds the counts up from the top; returns all of them. Apart without weights, where they stay whole numbers of 32 bits. */
export function addUp({ order: { rows }, weights, seen }: Ranked, counts: Counts): number {
  if (weights === undefined) return addUpCounts(rows, counts, seen);
  let total = 0;
  for (let at = 0; at < rows.length; at++) {
    total += (counts[rows[at] as number] as number) * (weights[at] as number);
    seen[at + 1] = total;
  }
  return total;
}

function addUpCounts(rows: Uint32Array, counts: Counts, seen: Ranked['seen']): number {
  let total = 0;
  for (let at = 0; at < rows.length; at++) {
    total = (total + (counts[rows[at] as number] as number)) | 0;
    seen[at + 1] = total;
  }
  return total;
}

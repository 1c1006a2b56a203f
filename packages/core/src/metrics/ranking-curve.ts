import type { Answered } from './answered.ts';
import { weightsOf } from './classification.ts';
import type { Counts, Placements, Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { BinaryTruth, MulticlassTruth } from './predictions.ts';
import { type ScoreOrder, scoreOrder } from './score-order.ts';

/** What a pass over rows by descending score needs, laid out by position so that only the counts are fetched from all over memory. */
interface Ranked {
  readonly order: ScoreOrder;
  /** By position: 1 for a positive row. */
  readonly labels: Uint8Array;
  /** By position. */
  readonly weights: Float64Array | undefined;
}

/** Area under the ROC curve; the probability that a positive row outranks a negative one, a tie counted half. */
export function preparedRocAuc(data: Answered): Prepared | Undefined {
  const ranked = rankedBinary(data);
  if (isUndefined(ranked)) return ranked;
  const placements = ranked.weights === undefined ? { placements: () => placementsOf(ranked) } : {};
  return { kind: 'counts', of: (counts) => rocAuc(ranked, counts), ...placements };
}

/** Average precision: precision at each score, weighted by the recall that it adds; not the trapezoids below the curve. */
export function preparedAveragePrecision(data: Answered): Prepared | Undefined {
  const ranked = rankedBinary(data);
  if (isUndefined(ranked)) return ranked;
  const plain = ranked.weights === undefined && !ranked.order.ties;
  return {
    kind: 'counts',
    of: (counts) => (plain ? plainAveragePrecision(ranked, counts) : averagePrecision(ranked, counts)),
  };
}

/** Multiclass: each class against the rest, averaged plainly or by how many rows each class has. */
export function preparedOneVersusRest(data: Answered, weighted: boolean): Prepared | Undefined {
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const truth = data.truth as MulticlassTruth;
  const missing = missingClass(truth);
  if (missing !== undefined) return missing;
  const ranked = columns.map((column, index) =>
    rankedBy(
      scoreOrder(column),
      Uint8Array.from(truth.labels, (label) => (label === index ? 1 : 0)),
      truth.weights,
    ),
  );
  return {
    kind: 'counts',
    of: (counts) => {
      const supports = weighted ? classWeights(truth, counts) : undefined;
      let areas = 0;
      let total = 0;
      for (const [index, each] of ranked.entries()) {
        const area = rocAuc(each, counts);
        if (typeof area !== 'number') return area;
        const support = supports?.[index] ?? 1;
        areas += support * area;
        total += support;
      }
      return areas / total;
    },
  };
}

/** Multiclass: the mean over all pairs of classes, by Hand & Till (2001). Weights are not taken, as with scikit-learn. */
export function preparedOneVersusOne(data: Answered): Prepared | Undefined {
  const columns = data.probabilities();
  if (isUndefined(columns)) return columns;
  const truth = data.truth as MulticlassTruth;
  if (truth.weights !== undefined) return { undefined: 'the area of one class against one does not take weights' };
  const missing = missingClass(truth);
  if (missing !== undefined) return missing;
  const orders = columns.map(scoreOrder);
  return { kind: 'counts', of: (counts) => oneVersusOne(orders, truth.labels, counts) };
}

function rankedBinary(data: Answered): Ranked | Undefined {
  const order = data.order();
  if (isUndefined(order)) return order;
  const { labels } = data.truth as BinaryTruth;
  const { weights } = weightsOf(data);
  let [positives, negatives] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    if (labels[row] === 1) positives += weight;
    else negatives += weight;
  }
  if (positives === 0 || negatives === 0) return oneClass(negatives === 0);
  return rankedBy(order, labels, weights);
}

function oneClass(positive: boolean): Undefined {
  return { undefined: `all rows are of the ${positive ? 'positive' : 'negative'} class` };
}

function rankedBy(order: ScoreOrder, labels: Uint8Array, weights: Float64Array | undefined): Ranked {
  return {
    order,
    labels: Uint8Array.from(order.rows, (row) => labels[row] as number),
    weights: weights && Float64Array.from(order.rows, (row) => weights[row] as number),
  };
}

function rocAuc(ranked: Ranked, counts: Counts): number | Undefined {
  const { labels, weights } = ranked;
  const { rows, ends } = ranked.order;
  let above = 0;
  let negatives = 0;
  let area = 0;
  let hits = 0;
  let misses = 0;
  for (let at = 0; at < rows.length; at++) {
    const count = counts[rows[at] as number] as number;
    const weight = weights === undefined ? count : count * (weights[at] as number);
    const hit = weight * (labels[at] as number);
    hits += hit;
    misses += weight - hit;
    if (ends[at] === 1) {
      area += misses * (above + hits / 2);
      above += hits;
      negatives += misses;
      hits = 0;
      misses = 0;
    }
  }
  return above > 0 && negatives > 0 ? area / (above * negatives) : oneClass(above > 0);
}

function averagePrecision(ranked: Ranked, counts: Counts): number | Undefined {
  const { labels, weights } = ranked;
  const { rows, ends } = ranked.order;
  let found = 0;
  let seen = 0;
  let area = 0;
  let hits = 0;
  for (let at = 0; at < rows.length; at++) {
    const count = counts[rows[at] as number] as number;
    const weight = weights === undefined ? count : count * (weights[at] as number);
    seen += weight;
    hits += weight * (labels[at] as number);
    if (ends[at] === 1 && hits > 0) {
      found += hits;
      area += hits * (found / seen);
      hits = 0;
    }
  }
  return found > 0 ? area / found : oneClass(false);
}

/** The same without ties and weights, and without a branch: half the time of a bootstrap is spent here. */
function plainAveragePrecision(ranked: Ranked, counts: Counts): number | Undefined {
  const { labels } = ranked;
  const { rows } = ranked.order;
  let found = 0;
  // So that rows which a resample leaves out before the first row it takes divide by something; 1 more makes it exactly 1.
  let seen = Number.MIN_VALUE;
  let area = 0;
  for (let at = 0; at < rows.length; at++) {
    const count = counts[rows[at] as number] as number;
    const hits = count * (labels[at] as number);
    seen += count;
    found += hits;
    area += (hits * found) / seen;
  }
  return found > 0 ? area / found : oneClass(false);
}

function placementsOf(ranked: Ranked): Placements {
  const { labels } = ranked;
  const { rows, ends } = ranked.order;
  const byRow = new Float64Array(rows.length);
  const positive = new Uint8Array(rows.length);
  let [above, below, start] = [0, 0, 0];
  const positives = labels.reduce((total, label) => total + label, 0);
  const negatives = labels.length - positives;
  for (let at = 0; at < rows.length; at++) {
    if (ends[at] === 0) continue;
    let hits = 0;
    for (let each = start; each <= at; each++) hits += labels[each] as number;
    const misses = at + 1 - start - hits;
    const outranked = (negatives - below - misses / 2) / negatives;
    const outranking = (above + hits / 2) / positives;
    for (let each = start; each <= at; each++) {
      const row = rows[each] as number;
      positive[row] = labels[each] as number;
      byRow[row] = labels[each] === 1 ? outranked : outranking;
    }
    above += hits;
    below += misses;
    start = at + 1;
  }
  return {
    positives: byRow.filter((_value, row) => positive[row] === 1),
    negatives: byRow.filter((_value, row) => positive[row] === 0),
  };
}

function classWeights(truth: MulticlassTruth, counts: Counts): Float64Array {
  const totals = new Float64Array(truth.classes.length);
  for (let row = 0; row < truth.labels.length; row++) {
    const label = truth.labels[row] as number;
    totals[label] = (totals[label] as number) + (counts[row] as number) * (truth.weights?.[row] ?? 1);
  }
  return totals;
}

function missingClass(truth: MulticlassTruth): Undefined | undefined {
  if (truth.classes.length < 2) return { undefined: 'there is only one class' };
  const totals = classWeights(truth, new Uint8Array(truth.labels.length).fill(1));
  const index = totals.indexOf(0);
  return index < 0 ? undefined : { undefined: `no row is of the class ${JSON.stringify(truth.classes[index])}` };
}

function oneVersusOne(orders: readonly ScoreOrder[], labels: Uint32Array, counts: Counts): number | Undefined {
  const classes = orders.length;
  let areas = 0;
  for (const [index, order] of orders.entries()) {
    const { area, own, others } = areaByOther(order, labels, counts, index, classes);
    for (let other = 0; other < classes; other++) {
      if (other === index) continue;
      const pairs = own * (others[other] as number);
      if (pairs === 0) return { undefined: 'a class has no rows' };
      areas += (area[other] as number) / pairs;
    }
  }
  return areas / (classes * (classes - 1));
}

/** By other class: pairs of a row of class `index` and one of the other in which the first has the higher score, a tie counted half. */
function areaByOther(order: ScoreOrder, labels: Uint32Array, counts: Counts, index: number, classes: number) {
  const area = new Float64Array(classes);
  const others = new Float64Array(classes);
  const group = new Float64Array(classes);
  let own = 0;
  let start = 0;
  for (let at = 0; at < order.rows.length; at++) {
    const row = order.rows[at] as number;
    const label = labels[row] as number;
    group[label] = (group[label] as number) + (counts[row] as number);
    if (order.ends[at] === 0) continue;
    const half = (group[index] as number) / 2;
    for (let each = start; each <= at; each++) {
      const other = labels[order.rows[each] as number] as number;
      if (other === index) continue;
      const rows = group[other] as number;
      area[other] = (area[other] as number) + rows * (own + half);
      others[other] = (others[other] as number) + rows;
      group[other] = 0;
    }
    own += 2 * half;
    group[index] = 0;
    start = at + 1;
  }
  return { area, own, others };
}

import type { Answered } from './answered.ts';
import type { Counts, Placements, Prepared } from './metric.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { BinaryTruth, MulticlassTruth } from './predictions.ts';
import { addUp, type Ranked, rankedBy } from './ranked-rows.ts';
import { type ScoreOrder, scoreOrder } from './score-order.ts';

/** Area under the ROC curve; the probability that a positive row outranks a negative one, a tie counted half. */
export function preparedRocAuc(data: Answered): Prepared | Undefined {
  const ranked = data.ranked();
  if (isUndefined(ranked)) return ranked;
  const { labels } = data.truth as BinaryTruth;
  const placements = ranked.weights === undefined ? { placements: () => placementsOf(ranked.order, labels) } : {};
  return { kind: 'counts', of: (counts) => rocAuc(ranked, counts), ...placements };
}

/** Average precision: precision at each score, weighted by the recall that it adds; not the trapezoids below the curve. */
export function preparedAveragePrecision(data: Answered): Prepared | Undefined {
  const ranked = data.ranked();
  if (isUndefined(ranked)) return ranked;
  return { kind: 'counts', of: (counts) => averagePrecision(ranked, counts) };
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

function oneClass(positive: boolean): Undefined {
  return { undefined: `all rows are of the ${positive ? 'positive' : 'negative'} class` };
}

function rocAuc(ranked: Ranked, counts: Counts): number | Undefined {
  const { positives, positiveWeights, above, through, seen } = ranked;
  const total = addUp(ranked, counts);
  let found = 0;
  let lost = 0;
  let hits = 0;
  for (let at = 0; at < positives.length; at++) {
    const count = counts[positives[at] as number] as number;
    hits += positiveWeights === undefined ? count : count * (positiveWeights[at] as number);
    if (above[at + 1] === above[at]) continue;
    const before = (seen[above[at] as number] as number) - found;
    const after = (seen[through[at] as number] as number) - found - hits;
    lost += (hits * (before + after)) / 2;
    found += hits;
    hits = 0;
  }
  const negatives = total - found;
  return found > 0 && negatives > 0 ? 1 - lost / (found * negatives) : oneClass(found > 0);
}

function averagePrecision(ranked: Ranked, counts: Counts): number | Undefined {
  const { positives, positiveWeights, above, through, seen } = ranked;
  addUp(ranked, counts);
  let found = 0;
  let area = 0;
  let hits = 0;
  for (let at = 0; at < positives.length; at++) {
    const count = counts[positives[at] as number] as number;
    hits += positiveWeights === undefined ? count : count * (positiveWeights[at] as number);
    if (above[at + 1] === above[at] || hits === 0) continue;
    found += hits;
    area += (hits * found) / (seen[through[at] as number] as number);
    hits = 0;
  }
  return found > 0 ? area / found : oneClass(false);
}

function placementsOf({ rows, ends }: ScoreOrder, labels: Uint8Array): Placements {
  const byRow = new Float64Array(rows.length);
  const positives = labels.reduce((total, label) => total + label, 0);
  const negatives = labels.length - positives;
  let [above, below, start] = [0, 0, 0];
  for (let at = 0; at < rows.length; at++) {
    if (ends[at] === 0) continue;
    let hits = 0;
    for (let each = start; each <= at; each++) hits += labels[rows[each] as number] as number;
    const misses = at + 1 - start - hits;
    const outranked = (negatives - below - misses / 2) / negatives;
    const outranking = (above + hits / 2) / positives;
    for (let each = start; each <= at; each++) {
      const row = rows[each] as number;
      byRow[row] = labels[row] === 1 ? outranked : outranking;
    }
    above += hits;
    below += misses;
    start = at + 1;
  }
  return {
    positives: byRow.filter((_value, row) => labels[row] === 1),
    negatives: byRow.filter((_value, row) => labels[row] === 0),
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

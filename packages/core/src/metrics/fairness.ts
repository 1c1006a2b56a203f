import { answered, answersOfRows, truthOfRows } from './answered.ts';
import { isUndefined, type Undefined } from './paired.ts';
import type { Answers, BinaryTruth, Rows } from './predictions.ts';
import { addToTally, emptyTally } from './tally.ts';

/** Which group of people, or of anything, each row belongs to. */
export interface Groups {
  readonly names: readonly string[];
  /** Index into `names` of each row. */
  readonly of: Uint32Array;
}

/** What a group gets. Rates are weighted where the truth has weights; a rate of no rows is undefined. */
export interface GroupRates {
  readonly group: string;
  readonly rows: number;
  /** Share of rows that are predicted to be positive. */
  readonly selectionRate: number | Undefined;
  /** Of the positive rows. */
  readonly truePositiveRate: number | Undefined;
  /** Of the negative rows. */
  readonly falsePositiveRate: number | Undefined;
  /** Whether it has enough rows to be counted in the gaps. */
  readonly counted: boolean;
}

export type Rate = 'selectionRate' | 'truePositiveRate' | 'falsePositiveRate';

/** Largest rate of a counted group − smallest, and whose they are. */
export interface Gap {
  readonly value: number;
  readonly lowest: string;
  readonly highest: string;
}

export interface Fairness {
  /** Groups that have rows, in the order of their names. */
  readonly groups: readonly GroupRates[];
  /** Of the selection rate this is the difference of demographic parity, of the true positive rate that of equal opportunity. */
  readonly gaps: Readonly<Record<Rate, Gap | Undefined>>;
}

/**
 * How differently a binary classifier treats groups. Groups with fewer than `minSize` rows are listed and not counted: the rates of a few
 * rows differ by chance. A gap is undefined when fewer than two counted groups have the rate.
 */
export function fairness(
  truth: BinaryTruth,
  answers: Answers,
  groups: Groups,
  minSize: number,
  rows?: Rows,
): Fairness | Undefined {
  const subset = truthOfRows(truth, rows) as BinaryTruth;
  const data = answered(subset, answersOfRows(answers, rows));
  const predicted = isUndefined(data) ? data : data.predicted();
  if (isUndefined(predicted)) return predicted;
  const groupOf = rows === undefined ? groups.of : rows.map((row) => groups.of[row] as number);
  if (groupOf.length !== predicted.length) {
    return { undefined: `there are groups of ${groupOf.length} rows for ${predicted.length} rows` };
  }
  const tallies = groups.names.map(() => ({ rows: 0, tally: emptyTally(2, false) }));
  for (const [row, group] of groupOf.entries()) {
    const entry = tallies[group];
    if (entry === undefined) return { undefined: `a row is of group ${group} of ${groups.names.length}` };
    entry.rows++;
    addToTally(entry.tally, subset.labels[row] as number, predicted[row] as number, subset.weights?.[row] ?? 1);
  }
  const rates = groups.names
    .map((group, index): GroupRates => {
      const { rows, tally } = tallies[index] as (typeof tallies)[number];
      const [, hits = 0] = tally.hits;
      const [negative = 0, positive = 0] = tally.actual;
      const [, selected = 0] = tally.predicted;
      return {
        group,
        rows,
        selectionRate: rate(selected, tally.total, 'no row'),
        truePositiveRate: rate(hits, positive, 'no positive row'),
        falsePositiveRate: rate(selected - hits, negative, 'no negative row'),
        counted: rows >= minSize,
      };
    })
    .filter(({ rows }) => rows > 0);
  return {
    groups: rates,
    gaps: {
      selectionRate: gap(rates, 'selectionRate'),
      truePositiveRate: gap(rates, 'truePositiveRate'),
      falsePositiveRate: gap(rates, 'falsePositiveRate'),
    },
  };
}

function rate(part: number, whole: number, ofNothing: string): number | Undefined {
  return whole > 0 ? part / whole : { undefined: ofNothing };
}

function gap(groups: readonly GroupRates[], of: Rate): Gap | Undefined {
  const known = groups.flatMap((each) => {
    const value = each[of];
    return each.counted && typeof value === 'number' ? [{ group: each.group, value }] : [];
  });
  const [first] = known;
  if (first === undefined || known.length < 2) return { undefined: 'fewer than two groups have enough rows' };
  const lowest = known.reduce((best, each) => (each.value < best.value ? each : best), first);
  const highest = known.reduce((best, each) => (each.value > best.value ? each : best), first);
  return { value: highest.value - lowest.value, lowest: lowest.group, highest: highest.group };
}

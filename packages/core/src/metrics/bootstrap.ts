import { type Interval, type RandomGenerator, randomGenerator } from '../statistics/index.ts';
import type { Answered } from './answered.ts';
import { drawTallies, type JointCells, jointCells } from './joint-cells.ts';
import type { Counts, Prepared, Tally } from './metric.ts';
import { isUndefined, type PairedOptions, type Undefined } from './paired.ts';
import type { BinaryTruth, MulticlassTruth, Truth } from './predictions.ts';
import { rowDrawer } from './row-draws.ts';
import { emptyTally } from './tally.ts';

/** One metric of two models on the same rows. */
export interface PreparedPair {
  readonly candidate: Prepared;
  readonly champion: Prepared;
}

type TallyPair = readonly [of: (tally: Tally) => number | Undefined, ofChampion: (tally: Tally) => number | Undefined];

/**
 * By pair: the metric's difference (candidate − champion) in each resample, NaN where it was undefined. A resample is drawn once for all
 * pairs and both models. Rows are drawn with replacement, within each class for binary classification; queries for ranking. The figures of
 * a pair depend on the seed and the data, not on the other pairs.
 */
export function resampledDifferences(
  pairs: readonly PreparedPair[],
  candidate: Answered,
  champion: Answered,
  options: PairedOptions,
): Float64Array[] {
  const generator = randomGenerator(options.seed);
  const cells = cellsOf(candidate, champion);
  const differences: Float64Array[] = pairs.map(() => new Float64Array(0));
  const ofCells =
    cells === undefined ? [] : [...pairs.keys()].filter((index) => pairs[index]?.candidate.kind === 'tally');
  const ofRows = [...pairs.keys()].filter((index) => !ofCells.includes(index));
  const chosen = (indices: readonly number[]) => indices.map((index) => pairs[index] as PreparedPair);
  const keep = (indices: readonly number[], results: Float64Array[]) => {
    for (const [at, index] of indices.entries()) differences[index] = results[at] as Float64Array;
  };
  if (cells !== undefined && ofCells.length > 0) {
    const byClass = candidate.truth.task === 'binary';
    keep(ofCells, differencesOfCells(chosen(ofCells), cells, byClass, options.resamples, generator.fork('cells')));
  }
  if (ofRows.length > 0) {
    keep(ofRows, differencesOfRows(chosen(ofRows), candidate, champion, options.resamples, generator.fork('rows')));
  }
  return differences;
}

/** An interval of resampled figures, and those of them that are numbers, ascending. */
export interface Percentiles extends Interval {
  readonly defined: Float64Array;
}

/** The percentiles of resampled figures at both ends of a two-sided interval; undefined when more than a tenth are NaN. */
export function percentileInterval(figures: Float64Array, confidence: number): Percentiles | Undefined {
  const defined = figures.filter((figure) => !Number.isNaN(figure)).sort();
  const share = defined.length / figures.length;
  if (!(share >= 0.9)) {
    return { undefined: `it was undefined in ${Math.round((1 - share) * 100)} % of the bootstrap's resamples` };
  }
  return {
    defined,
    lo: quantile(defined, (1 - confidence) / 2),
    hi: quantile(defined, (1 + confidence) / 2),
  };
}

/** With linear interpolation between two resamples, type 7 of Hyndman and Fan (1996). */
function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (position - below) * (upper - lower);
}

function cellsOf(candidate: Answered, champion: Answered): JointCells | undefined {
  const { task } = candidate.truth;
  if (task !== 'binary' && task !== 'multiclass') return undefined;
  const [first, second] = [candidate.predicted(), champion.predicted()];
  if (isUndefined(first) || isUndefined(second)) return undefined;
  return jointCells(candidate.truth as BinaryTruth | MulticlassTruth, first, second);
}

/**
 * The cells are drawn in an order that does not depend on which model is called the candidate, so that swapping the two mirrors every
 * figure. Where the cells themselves are symmetric, each resample stands beside its mirror image.
 */
function differencesOfCells(
  pairs: readonly PreparedPair[],
  cells: JointCells,
  byClass: boolean,
  resamples: number,
  generator: RandomGenerator,
): Float64Array[] {
  const swapped = swappedCells(cells);
  const order = compareCells(cells, swapped);
  const drawn = order <= 0 ? cells : swapped;
  const first = emptyTally(cells.classes, false);
  const second = emptyTally(cells.classes, false);
  const [candidate, champion] = order <= 0 ? [first, second] : [second, first];
  const tallyPairs = pairs.map(tallyPair);
  const results = pairs.map(() => new Float64Array(order === 0 ? 2 * resamples : resamples));
  for (let resample = 0; resample < resamples; resample++) {
    drawTallies(drawn, byClass, generator, first, second);
    for (const [index, pair] of tallyPairs.entries()) {
      const result = results[index] as Float64Array;
      const difference = differenceOf(pair, candidate, champion);
      result[resample] = difference;
      if (order === 0) result[resamples + resample] = differenceOf(pair, champion, candidate);
    }
  }
  return results;
}

function swappedCells(cells: JointCells): JointCells {
  const key = (cell: number) =>
    ((cells.labels[cell] as number) * cells.classes + (cells.second[cell] as number)) * cells.classes +
    (cells.first[cell] as number);
  const order = Uint32Array.from(cells.rows.keys()).sort((a, b) => key(a) - key(b));
  return {
    classes: cells.classes,
    labels: order.map((cell) => cells.labels[cell] as number),
    first: order.map((cell) => cells.second[cell] as number),
    second: order.map((cell) => cells.first[cell] as number),
    rows: Float64Array.from(order, (cell) => cells.rows[cell] as number),
  };
}

function compareCells(left: JointCells, right: JointCells): number {
  for (const column of ['first', 'second', 'rows'] as const) {
    for (const [cell, value] of left[column].entries()) {
      if (value !== right[column][cell]) return value - (right[column][cell] as number);
    }
  }
  return 0;
}

function tallyPair(pair: PreparedPair): TallyPair {
  const { candidate, champion } = pair;
  if (candidate.kind !== 'tally' || champion.kind !== 'tally') throw new Error('Not a metric of counts by class.');
  return [candidate.of, champion.of];
}

function differenceOf([of, ofChampion]: TallyPair, candidate: Tally, champion: Tally): number {
  return number(of(candidate)) - number(ofChampion(champion));
}

function number(value: number | Undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function differencesOfRows(
  pairs: readonly PreparedPair[],
  candidate: Answered,
  champion: Answered,
  resamples: number,
  generator: RandomGenerator,
): Float64Array[] {
  const draw = rowDrawer(strataOf(candidate.truth, candidate.units), generator);
  const counts: Counts = new Uint8Array(candidate.units);
  const tallies = talliesOnce(candidate, champion);
  const differences = pairs.map((pair) => differenceByCounts(pair, tallies));
  const results = pairs.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    draw(counts);
    tallies.forget();
    for (const [index, difference] of differences.entries()) {
      (results[index] as Float64Array)[resample] = difference(counts);
    }
  }
  return results;
}

/** The units of each class for binary classification, otherwise all in one. */
function strataOf(truth: Truth, units: number): Uint32Array[] {
  const all = Uint32Array.from({ length: units }, (_value, unit) => unit);
  if (truth.task !== 'binary') return [all];
  return [0, 1].map((label) => all.filter((row) => truth.labels[row] === label));
}

/** Both models' counts by class of one resample, shared by the metrics that are made of them. */
interface Tallies {
  readonly of: (counts: Counts) => readonly [Tally, Tally];
  readonly forget: () => void;
}

function talliesOnce(candidate: Answered, champion: Answered): Tallies {
  let kept: readonly [Tally, Tally] | undefined;
  return {
    of: (counts) => {
      kept ??= [candidate.tally(counts) as Tally, champion.tally(counts) as Tally];
      return kept;
    },
    forget: () => {
      kept = undefined;
    },
  };
}

function differenceByCounts({ candidate, champion }: PreparedPair, tallies: Tallies): (counts: Counts) => number {
  if (candidate.kind === 'tally') {
    const pair = tallyPair({ candidate, champion });
    return (counts) => differenceOf(pair, ...tallies.of(counts));
  }
  if (candidate.kind === 'counts' && champion.kind === 'counts') {
    return (counts) => number(candidate.of(counts)) - number(champion.of(counts));
  }
  return differenceOfMeans(meanOf(candidate), meanOf(champion));
}

interface Mean {
  readonly values: Float64Array;
  readonly weights?: Float64Array;
  readonly of?: (mean: number) => number;
}

function meanOf(prepared: Prepared): Mean {
  if (prepared.kind === 'mean') return prepared;
  if (prepared.kind !== 'proportion') throw new Error('Not a mean.');
  const { hits, weights } = prepared;
  return { values: Float64Array.from(hits), ...(weights && { weights }) };
}

/** The weights of both are those of the units. Of plain means the difference is the mean of the differences: one pass, not two. */
function differenceOfMeans(candidate: Mean, champion: Mean): (counts: Counts) => number {
  const { weights, of } = candidate;
  const total = (counts: Counts): number => (weights === undefined ? counts.length : dot(counts, weights));
  if (of === undefined) {
    const weighted = times(
      candidate.values.map((value, unit) => value - (champion.values[unit] as number)),
      weights,
    );
    return (counts) => dot(counts, weighted) / total(counts);
  }
  const first = times(candidate.values, weights);
  const second = times(champion.values, weights);
  return (counts) => of(dot(counts, first) / total(counts)) - of(dot(counts, second) / total(counts));
}

function times(values: Float64Array, weights: Float64Array | undefined): Float64Array {
  return weights === undefined ? values : values.map((value, unit) => value * (weights[unit] as number));
}

function dot(counts: Counts, values: Float64Array): number {
  let sum = 0;
  for (let unit = 0; unit < counts.length; unit++) sum += (counts[unit] as number) * (values[unit] as number);
  return sum;
}

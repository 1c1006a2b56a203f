import { mcNemar, newcombePaired } from '../statistics/index.ts';
import { type Answered, answered, answersOfRows, truthOfRows } from './answered.ts';
import { type PreparedPair, percentileInterval, resampledDifferences } from './bootstrap.ts';
import { compareAreas } from './delong.ts';
import { isUndefined, type PairedComparison, type PairedOptions, type Undefined } from './paired.ts';
import type { Answers, Rows, Truth } from './predictions.ts';
import { type PredictionMetric, predictionMetric, unknownMetric } from './registry.ts';
import { metricValue } from './value.ts';

/**
 * Compares two models that answered the same rows, in one metric; `comparePairedAll` says how. Figures are the same as when the metric is
 * compared together with others.
 */
export function comparePaired(
  name: string,
  truth: Truth,
  candidate: Answers,
  champion: Answers,
  options: PairedOptions,
  rows?: Rows,
): PairedComparison | Undefined {
  return comparePairedAll([name], truth, candidate, champion, options, rows).get(name) as PairedComparison | Undefined;
}

/**
 * Compares two models that answered the same rows (all, or the given ones), in several metrics, by the names asked for. The metric decides
 * on the method:
 * - An unweighted share of rows, such as accuracy, error rate, top-k accuracy and selection rate: McNemar's test (exact up to 10,000 rows
 *   in which the models differ) and Newcombe's interval for paired proportions.
 * - The unweighted area under the ROC curve of two classes: DeLong's test and interval.
 * - Everything else: the percentile interval of a paired bootstrap of rows (binary: within each class; ranking: of queries). Its p is two
 *   times the smaller of the shares of resamples in which the difference was at most 0 and at least 0, each share as (k + 1) / (B + 1),
 *   and at most 1.
 *
 * Where a metric has no number for one of the models, or in more than a tenth of the resamples, the comparison is undefined, with the
 * reason. The same arguments give the same figures, in whatever order the metrics are asked for; with the models swapped, the difference
 * and its interval are mirrored.
 */
export function comparePairedAll(
  names: readonly string[],
  truth: Truth,
  candidate: Answers,
  champion: Answers,
  options: PairedOptions,
  rows?: Rows,
): Map<string, PairedComparison | Undefined> {
  const subset = truthOfRows(truth, rows);
  const ofCandidate = answered(subset, answersOfRows(candidate, rows));
  const ofChampion = answered(subset, answersOfRows(champion, rows));
  const results = new Map<string, PairedComparison | Undefined>();
  const open: Contest[] = [];
  for (const name of names) {
    const contest = contestOf(name, ofCandidate, ofChampion);
    const exact = isUndefined(contest) ? contest : withoutResampling(contest, options.confidence);
    // Kept from here on, so that the results come in the order of the names.
    results.set(name, exact ?? { undefined: 'not yet' });
    if (exact === undefined) open.push(contest as Contest);
  }
  if (open.length > 0) {
    const differences = resampledDifferences(open, ofCandidate as Answered, ofChampion as Answered, options);
    for (const [index, contest] of open.entries()) {
      results.set(contest.name, ofBootstrap(contest, differences[index] as Float64Array, options));
    }
  }
  return results;
}

/** A metric of two models, with its values on the data as they are. */
interface Contest extends PreparedPair {
  readonly name: string;
  readonly values: { readonly candidate: number; readonly champion: number };
  readonly units: number;
}

function contestOf(
  name: string,
  ofCandidate: Answered | Undefined,
  ofChampion: Answered | Undefined,
): Contest | Undefined {
  const metric = predictionMetric(name);
  if (metric === undefined) return unknownMetric(name);
  const candidate = evaluated(metric, ofCandidate, 'the candidate');
  if (isUndefined(candidate)) return candidate;
  const champion = evaluated(metric, ofChampion, 'the champion');
  if (isUndefined(champion)) return champion;
  return {
    name,
    candidate: candidate.prepared,
    champion: champion.prepared,
    values: { candidate: candidate.value, champion: champion.value },
    units: candidate.units,
  };
}

function evaluated(metric: PredictionMetric, data: Answered | Undefined, model: string) {
  if (isUndefined(data)) return of(model, data);
  const prepared = metric.prepare(data);
  if (isUndefined(prepared)) return of(model, prepared);
  const value = metricValue(prepared, data);
  return isUndefined(value) ? of(model, value) : { prepared, value, units: data.units };
}

function of(model: string, fault: Undefined): Undefined {
  return { undefined: `of ${model}: ${fault.undefined}` };
}

function comparison(contest: Contest, confidence: number, found: Found): PairedComparison {
  const { candidate, champion } = contest.values;
  return {
    metric: contest.name,
    candidate,
    champion,
    difference: candidate - champion,
    confidence,
    n: contest.units,
    ...found,
  };
}

type Found = Pick<PairedComparison, 'lo' | 'hi' | 'p' | 'method' | 'resamples'>;

/** The comparison by a test that needs no resamples, or undefined when there is none for the metric. */
function withoutResampling(contest: Contest, confidence: number): PairedComparison | Undefined | undefined {
  const { candidate, champion } = contest;
  if (candidate.kind === 'proportion' && champion.kind === 'proportion' && candidate.weights === undefined) {
    return comparison(contest, confidence, ofProportions(candidate.hits, champion.hits, confidence));
  }
  if (candidate.kind !== 'counts' || champion.kind !== 'counts') return undefined;
  const [ours, theirs] = [candidate.placements?.(), champion.placements?.()];
  if (ours === undefined || theirs === undefined) return undefined;
  if (ours.positives.length < 2 || ours.negatives.length < 2) {
    return { undefined: 'two areas can be compared when each class has at least two rows' };
  }
  const difference = contest.values.candidate - contest.values.champion;
  const { lo, hi, p } = compareAreas(difference, ours, theirs, confidence);
  return comparison(contest, confidence, { lo, hi, p, method: 'delong' });
}

function ofProportions(candidate: Uint8Array, champion: Uint8Array, confidence: number): Found {
  const pairs: [number, number, number, number] = [0, 0, 0, 0];
  for (let row = 0; row < candidate.length; row++) {
    const kind = candidate[row] === 1 ? 1 - (champion[row] as number) : 3 - (champion[row] as number);
    pairs[kind] = (pairs[kind] as number) + 1;
  }
  const { lo, hi } = newcombePaired(...pairs, confidence);
  return { lo, hi, p: mcNemar(pairs[1], pairs[2]).p, method: 'mcnemar' };
}

function ofBootstrap(
  contest: Contest,
  differences: Float64Array,
  { confidence, resamples }: PairedOptions,
): PairedComparison | Undefined {
  const found = percentileInterval(differences, confidence);
  if (isUndefined(found)) return found;
  const { lo, hi, defined } = found;
  return comparison(contest, confidence, {
    lo,
    hi,
    p: twoSidedP(defined),
    method: 'bootstrap',
    resamples: Math.round((defined.length / differences.length) * resamples),
  });
}

function twoSidedP(sorted: Float64Array): number {
  const least = (sorted.filter((difference) => difference <= 0).length + 1) / (sorted.length + 1);
  const most = (sorted.filter((difference) => difference >= 0).length + 1) / (sorted.length + 1);
  return Math.min(1, 2 * Math.min(least, most));
}

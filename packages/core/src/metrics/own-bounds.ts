import type { Interval } from '../statistics/interval.ts';
import { wilson } from '../statistics/proportions.ts';
import { confusionMatrix } from './agreement.ts';
import { type Answered, answered, answersOfRows, truthOfRows } from './answered.ts';
import { percentileInterval, resampledDifferences } from './bootstrap.ts';
import type { Prepared } from './metric.ts';
import { isUndefined, type PairedOptions, type Undefined } from './paired.ts';
import type { Answers, Rows, Truth } from './predictions.ts';
import { predictionMetric, unknownMetric } from './registry.ts';

/**
 * The two-sided interval of one model's metric: Wilson's (1927) for an unweighted share of rows, such as accuracy, recall or precision, and
 * the percentiles of a bootstrap of the rows for everything else. Undefined where the metric is, in all rows or in more than a tenth of the
 * resamples.
 */
export function ownBounds(
  name: string,
  truth: Truth,
  answers: Answers,
  options: PairedOptions,
  rows?: Rows,
): Interval | Undefined {
  const metric = predictionMetric(name);
  if (metric === undefined) return unknownMetric(name);
  const data = answered(truthOfRows(truth, rows), answersOfRows(answers, rows));
  if (isUndefined(data)) return data;
  const prepared = metric.prepare(data);
  if (isUndefined(prepared)) return prepared;
  const share = shareOf(metric.name, prepared, data);
  if (share !== undefined) {
    const { lo, hi } = wilson(share.part, share.whole, options.confidence);
    return { lo, hi };
  }
  const nothing = zero(prepared);
  const [values = new Float64Array(0)] = resampledDifferences(
    [{ candidate: prepared, champion: nothing }],
    data,
    data,
    options,
  );
  const found = percentileInterval(values, options.confidence);
  return isUndefined(found) ? found : { lo: found.lo, hi: found.hi };
}

interface Share {
  readonly part: number;
  readonly whole: number;
}

/** The counts behind a metric that is a share of rows; undefined when it is not one, or rows have weights. */
function shareOf(name: string, prepared: Prepared, { truth, answers }: Answered): Share | undefined {
  if (prepared.kind === 'proportion' && prepared.weights === undefined) {
    return { part: prepared.hits.reduce((sum, hit) => sum + hit, 0), whole: prepared.hits.length };
  }
  if (truth.task !== 'binary' || truth.weights !== undefined || prepared.kind !== 'tally') return undefined;
  const matrix = confusionMatrix(truth, answers);
  if (isUndefined(matrix)) return undefined;
  const [tn = 0, fp = 0, fn = 0, tp = 0] = matrix.cells;
  const shares: Readonly<Record<string, Share>> = {
    recall: { part: tp, whole: tp + fn },
    precision: { part: tp, whole: tp + fp },
    specificity: { part: tn, whole: tn + fp },
    npv: { part: tn, whole: tn + fn },
    fpr: { part: fp, whole: tn + fp },
    fnr: { part: fn, whole: tp + fn },
    fdr: { part: fp, whole: tp + fp },
  };
  const share = Object.hasOwn(shares, name) ? shares[name] : undefined;
  return share !== undefined && share.whole > 0 ? share : undefined;
}

/** What is 0 on every resample: the difference from it is the metric itself. */
function zero(prepared: Prepared): Prepared {
  switch (prepared.kind) {
    case 'proportion':
    case 'mean': {
      const { weights } = prepared;
      const length = prepared.kind === 'mean' ? prepared.values.length : prepared.hits.length;
      return { kind: 'mean', values: new Float64Array(length), ...(weights === undefined ? {} : { weights }) };
    }
    case 'tally':
      return { kind: 'tally', of: () => 0 };
    case 'counts':
      return { kind: 'counts', of: () => 0 };
  }
}

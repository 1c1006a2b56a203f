import {
  type ChangeOptions,
  formatNumber,
  formatSigned,
  isUndefined,
  type PerformanceChange,
  performanceChange,
} from '@mlops-actions/core';
import type { SignalResult } from '../signals.ts';
import type { BothModelRows } from './model-rows.ts';

export interface PerformanceFindings {
  readonly changes: readonly PerformanceChange[];
  /** Metrics without a number, and why; a sentence part each. */
  readonly undefined: readonly { readonly metric: string; readonly reason: string }[];
}

/** The metrics that decide when nobody says which: few, as each is one more chance of a false alarm. */
function usualMetrics({ task, reference }: BothModelRows): readonly string[] {
  switch (task) {
    case 'binary':
      return ['accuracy', 'f1', ...(reference.answers.scores === undefined ? [] : ['roc_auc'])];
    case 'multiclass':
      return ['accuracy', 'f1_macro'];
    case 'regression':
      return ['mae', 'rmse'];
  }
}

/** Compares the metrics of both sides; the bounds of all of them hold together with the confidence asked for (Bonferroni). */
export function performanceFindings(
  rows: BothModelRows,
  asked: readonly string[],
  options: ChangeOptions,
): PerformanceFindings {
  const metrics = asked.length > 0 ? asked : usualMetrics(rows);
  const confidence = 1 - (1 - options.confidence) / metrics.length;
  const found = metrics.map((metric) => ({
    metric,
    change: performanceChange(metric, rows.reference, rows.current, { ...options, confidence }),
  }));
  return {
    changes: found.flatMap(({ change }) => (isUndefined(change) ? [] : [change])),
    undefined: found.flatMap(({ metric, change }) =>
      isUndefined(change) ? [{ metric, reason: change.undefined }] : [],
    ),
  };
}

/** A metric that was asked for and has no number is an error, never passed over. */
export function performanceResult({ changes, undefined: without }: PerformanceFindings): SignalResult {
  const signal = 'performance';
  const drifted = changes.filter(({ verdict }) => verdict === 'drift');
  if (drifted.length > 0) return { signal, verdict: 'drift', reason: `${drifted.map(changeText).join('; ')}.` };
  const [first] = without;
  if (first !== undefined) {
    return { signal, verdict: 'error', reason: `${first.metric} has no number: ${first.reason}.` };
  }
  const worse = changes.filter(({ verdict }) => verdict === 'warn');
  if (worse.length > 0) {
    return { signal, verdict: 'warn', reason: `${worse.map(changeText).join('; ')}; this may be chance.` };
  }
  return {
    signal,
    verdict: 'ok',
    reason: `${changes.map(({ metric }) => metric).join(', ')} did not get worse by more than the margin.`,
  };
}

function changeText({ metric, reference, current, change, bounds, margin }: PerformanceChange): string {
  return `${metric} went from ${formatNumber(reference)} to ${formatNumber(current)}, a change of ${formatSigned(change, 3)} (${formatSigned(bounds.lo, 3)} to ${formatSigned(bounds.hi, 3)}) where ${formatNumber(margin, 3)} is allowed`;
}

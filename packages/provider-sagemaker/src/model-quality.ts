import { predictionMetric, type Task } from '@mlops-actions/core';

/** What Model Monitor calls the metrics of a task; it has names for these alone. */
const groups = {
  regression: 'regression_metrics',
  binary: 'binary_classification_metrics',
  multiclass: 'multiclass_classification_metrics',
} as const;

/** A figure as Model Monitor writes it; how much it varies is not known from a figure alone, which it writes as the text `NaN`. */
interface QualityFigure {
  readonly value: number;
  readonly standard_deviation: 'NaN';
}

export type ModelQuality = Readonly<Record<string, Readonly<Record<string, QualityFigure>>>>;

/**
 * Metrics as a statistics file of Model Monitor, which SageMaker's console shows beside a model version and pipelines read by path
 * (`binary_classification_metrics.auc.value`). The task is the one that all metrics of a known name have; where two and more
 * classes are both possible it is multiclass, which is never wrong. Undefined when no name tells it.
 */
export function modelQuality(metrics: Readonly<Record<string, number>>): ModelQuality | undefined {
  const known = Object.keys(metrics).flatMap((name) => predictionMetric(name) ?? []);
  const isOfAll = (task: Task): boolean => known.length > 0 && known.every(({ tasks }) => tasks.includes(task));
  const task = (['regression', 'multiclass', 'binary'] as const).find(isOfAll);
  if (task === undefined) return undefined;
  const figures = Object.entries(metrics).map(([name, value]): [string, QualityFigure] => [
    name,
    { value, standard_deviation: 'NaN' },
  ]);
  return { [groups[task]]: Object.fromEntries(figures) };
}

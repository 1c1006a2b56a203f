import { isUndefined } from '../metrics/paired.ts';
import type { Answers, Truth } from '../metrics/predictions.ts';
import { computeMetrics, metricsFor } from '../metrics/registry.ts';

/** The task's metrics that a model's answers have figures for, the most telling first. */
export function metricNames(truth: Truth, answers: Answers): string[] {
  const figures = computeMetrics(metricsFor(truth.task), truth, answers);
  return [...figures].filter(([, figure]) => !isUndefined(figure)).map(([name]) => name);
}

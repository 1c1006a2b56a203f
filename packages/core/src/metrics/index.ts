export * from './agreement.ts';
export {
  type Answered,
  answered,
  answersOfRows,
  decisionThreshold,
  gathered,
  rowCount,
  truthOfRows,
} from './answered.ts';
export { comparePaired, comparePairedAll } from './compare.ts';
export * from './curves.ts';
export type { Task } from './definitions.ts';
export * from './direction.ts';
export * from './formats.ts';
export { findMetric, type MetricSet, type MetricValue, metricKey, normalSlice } from './metric-set.ts';
export * from './paired.ts';
export * from './predictions.ts';
export * from './registry.ts';
export { parseTolerantJson, type Tree, toTree } from './tolerant-json.ts';

export * from './direction.ts';
export * from './formats.ts';
export { findMetric, type MetricSet, type MetricValue, metricKey, normalSlice } from './metric-set.ts';
export * from './paired.ts';
export * from './predictions.ts';
export { parseTolerantJson, type Tree, toTree } from './tolerant-json.ts';

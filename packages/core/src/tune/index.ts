export type { ParameterValue } from './space.ts';
export * from './trials.ts';
export * from './tuning.ts';

export { burnRate } from './burn-rate.ts';
export type { MonitorCheck } from './checks.ts';
export * from './figures.ts';
export { judgeEndpoint } from './judge-endpoint.ts';
export * from './rules.ts';

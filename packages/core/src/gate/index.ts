export * from './check.ts';
export * from './default-rules.ts';
export * from './judge.ts';
export { directionOf, parseRules } from './parse-rules.ts';
export * from './rules.ts';

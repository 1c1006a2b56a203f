export * from './categories.ts';
export * from './numeric.ts';
export * from './rules.ts';
export * from './sample.ts';

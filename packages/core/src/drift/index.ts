export * from './categories.ts';
export * from './compare.ts';
export * from './decide.ts';
export * from './numeric.ts';
export * from './rules.ts';
export * from './sample.ts';

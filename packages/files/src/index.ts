export * from './copy.ts';
export * from './error-code.ts';
export * from './lock.ts';
export * from './processes.ts';
export * from './source.ts';
export * from './tree.ts';
export * from './write-whole.ts';

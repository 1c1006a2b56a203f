export * from './lock.ts';
export * from './processes.ts';
export * from './tree.ts';
export * from './write-whole.ts';

export * from './clock.ts';
export * from './ending.ts';
export * from './errors.ts';
export * from './figures.ts';
export * from './log.ts';
export * from './names.ts';
export * from './run-info.ts';
export * from './run-record.ts';

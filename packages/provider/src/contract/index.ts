export * from './datasets.ts';
export * from './jobs.ts';
export * from './models.ts';

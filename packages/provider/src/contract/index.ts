export * from './datasets.ts';
export * from './models.ts';

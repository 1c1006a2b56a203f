export * from './artifacts.ts';
export * from './datasets.ts';
export * from './endpoints.ts';
export * from './jobs.ts';
export * from './models.ts';
export * from './provider.ts';
export * from './rollouts.ts';

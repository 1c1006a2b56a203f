export * from './datasets.ts';
export * from './endpoints.ts';
export * from './fixtures.ts';
export * from './jobs.ts';
export * from './models.ts';
export * from './rollouts.ts';
export * from './serving-request.ts';
export * from './serving-script.ts';

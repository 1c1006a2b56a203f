export * from './drive.ts';
export * from './drive-rollout.ts';

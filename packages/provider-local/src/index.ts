export * from './check.ts';
export * from './daemon.ts';
export * from './local-provider.ts';
export type { Finding } from './store/damage.ts';

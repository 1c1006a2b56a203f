export * from './check.ts';
export { daemon } from './daemon.ts';
export * from './local-provider.ts';
export type { Finding } from './store/damage.ts';

export * from './daemon.ts';
export * from './local-provider.ts';

export * from './local-provider.ts';

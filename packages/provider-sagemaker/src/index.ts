export * from './sagemaker-provider.ts';
export * from './settings.ts';

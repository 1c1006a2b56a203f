export * from './azure-pipelines.ts';
export * from './cli.ts';
export * from './cli-options.ts';
export * from './detect.ts';
export * from './effects.ts';
export { githubHost } from './github.ts';
export * from './host.ts';
export * from './memory.ts';
export { runInfo } from './run-info.ts';

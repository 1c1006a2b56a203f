import type { Action } from './action.ts';

/**
 * The only list of actions, in the order of a model's life. Each is loaded when it is run, so that a step starts fast.
 * Adding one: a folder beside this file, a line here, `npm run generate`.
 */
export const registry = {
  'prepare-data': async () => (await import('./prepare-data/run.ts')).action,
  train: async () => (await import('./train/run.ts')).action,
  'evaluate-gate': async () => (await import('./evaluate-gate/run.ts')).action,
  'register-model': async () => (await import('./register-model/run.ts')).action,
  'deploy-endpoint': async () => (await import('./deploy-endpoint/run.ts')).action,
  'rolling-update': async () => (await import('./rolling-update/run.ts')).action,
  'monitor-endpoint': async () => (await import('./monitor-endpoint/run.ts')).action,
  'drift-check': async () => (await import('./drift-check/run.ts')).action,
} as const satisfies Record<string, () => Promise<Action>>;

export type ActionName = keyof typeof registry;
export type { Action, Context, PostContext, Result } from './action.ts';

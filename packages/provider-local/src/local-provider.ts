import type { Provider, ProviderEffects } from '@mlops-actions/provider';
import { localDatasets } from './datasets.ts';
import { localEndpoints } from './endpoints/local-endpoints.ts';
import { localFiles } from './files.ts';
import { localJobs } from './jobs/local-jobs.ts';
import { localModels } from './models.ts';
import { localRollouts } from './rollouts/local-rollouts.ts';
import { openStore } from './store/store.ts';

export interface LocalProviderOptions {
  /** The store's folder; made when it is not there. */
  readonly root: string;
  /** How to start this package's background processes: program and first arguments. */
  readonly daemonCommand: readonly string[];
  readonly effects: ProviderEffects;
}

/** This machine as a provider. Everything that it keeps is in the store at `root`. */
export async function openLocalProvider(options: LocalProviderOptions): Promise<Provider> {
  const store = await openStore(options.root);
  const models = localModels(store, options.effects.clock);
  const endpoints = localEndpoints(store, { ...options, models });
  return {
    name: 'local',
    files: localFiles,
    datasets: localDatasets(store, options.effects.clock),
    jobs: localJobs(store, options),
    models,
    endpoints,
    rollouts: localRollouts(store, { ...options, models, endpoints }),
  };
}

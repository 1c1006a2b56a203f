import type { Clock, Log } from '@mlops-actions/core';
import type { DatasetStore } from './datasets.ts';
import type { EndpointService } from './endpoints.ts';
import type { FileStore } from './files.ts';
import type { JobService } from './jobs.ts';
import type { ModelRegistry } from './models.ts';
import type { MonitoringService } from './monitoring.ts';
import type { RolloutService } from './rollouts.ts';

/** The names a user can write in `provider:` today. A name is added when its package passes the contract suite. */
export const providerNames = ['local', 'sagemaker'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where the machine-learning work runs. Every provider passes the contract suite in `contract/`. */
export interface Provider {
  readonly name: ProviderName;
  readonly files: FileStore;
  readonly datasets: DatasetStore;
  readonly jobs: JobService;
  readonly models: ModelRegistry;
  readonly endpoints: EndpointService;
  readonly rollouts: RolloutService;
  /** Absent where nothing watches while no step runs. */
  readonly monitoring?: MonitoringService;
}

/** What a provider is given: effects, so that it can be tested with others. */
export interface ProviderEffects {
  readonly log: Log;
  readonly clock: Clock;
  /** The environment for user code that runs on this machine, already without secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Uniform in [0, 1); for jitter only. */
  readonly random: () => number;
  /** A token by which the CI system says who runs, for `audience`; absent where it gives none. */
  readonly idToken?: (audience: string) => Promise<string>;
}

/** Common to every call that may take long. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

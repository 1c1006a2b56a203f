import { UserError } from '@mlops-actions/core';
import type { Provider, ProviderEffects } from '@mlops-actions/provider';
import { type AwsOptions, openClients } from './clients.ts';
import { assumedRole } from './credentials.ts';
import { s3Datasets } from './datasets.ts';
import { sagemakerEndpoints } from './endpoints/sagemaker-endpoints.ts';
import { sagemakerJobs } from './jobs/sagemaker-jobs.ts';
import { sagemakerModels } from './models.ts';
import { sagemakerMonitoring } from './monitoring/sagemaker-monitoring.ts';
import { sagemakerRollouts } from './rollouts/sagemaker-rollouts.ts';
import { s3Files } from './s3-files.ts';
import type { SageMakerSettings } from './settings.ts';
import { s3Store } from './store/s3-store.ts';

export interface SageMakerProviderOptions {
  readonly settings: SageMakerSettings;
  readonly aws: AwsOptions;
  /** The role to work as, an ARN; absent: the runner's own. */
  readonly roleToAssume?: string;
  readonly effects: ProviderEffects;
}

/** Amazon SageMaker as a provider. Everything that it keeps itself is in the artifact store. */
export async function openSageMakerProvider(options: SageMakerProviderOptions): Promise<Provider> {
  const { settings, aws, roleToAssume, effects } = options;
  const credentials =
    roleToAssume === undefined ? {} : { credentials: assumedRole(roleToAssume, aws, effects.idToken) };
  const clients = openClients({ ...aws, ...credentials });
  await clients.sagemaker.config.region().catch((error: unknown) => {
    throw new UserError(
      `Input \`region\` is missing, and the runner has none: ${(error as Error).message}. Write eu-west-1.`,
    );
  });
  const store = s3Store(clients.s3, settings);
  const datasets = s3Datasets(store, effects.clock);
  const models = sagemakerModels(clients, store, effects.clock);
  const endpoints = sagemakerEndpoints({ clients, store, models, settings, effects });
  return {
    name: 'sagemaker',
    files: s3Files(clients.s3),
    datasets,
    models,
    jobs: sagemakerJobs({ clients, store, datasets, settings, effects }),
    endpoints,
    rollouts: sagemakerRollouts({ clients, store, models, settings, effects, endpoints }),
    monitoring: sagemakerMonitoring(clients.cloudwatch),
  };
}

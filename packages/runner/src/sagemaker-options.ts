import { UserError } from '@mlops-actions/core';
import type { ProviderEffects } from '@mlops-actions/provider';
import type { SageMakerProviderOptions } from '@mlops-actions/provider-sagemaker';

/** Inputs of the provider, parsed; those of jobs and of endpoints are there for the steps that have them. See `actions/sagemaker-inputs.ts`. */
export interface SageMakerInputs {
  readonly region?: string | undefined;
  readonly artifactStore?: string | undefined;
  readonly roleToAssume?: string | undefined;
  readonly executionRole?: string | undefined;
  readonly kmsKey?: string | undefined;
  readonly trainingImage?: string | undefined;
  readonly servingImage?: string | undefined;
  readonly instanceType?: string;
  readonly instanceCount?: number;
  readonly volumeSize?: number;
  readonly prices?: Readonly<Record<string, string>>;
  readonly subnets?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly networkIsolation?: boolean;
  readonly targetInvocations?: number | undefined;
  /** Seconds. */
  readonly scaleInCooldown?: number | undefined;
  /** Seconds. */
  readonly scaleOutCooldown?: number | undefined;
  /** Seconds. */
  readonly spotMaxWait?: number | undefined;
  readonly checkpointUri?: string | undefined;
  /** Seconds. */
  readonly warmPool?: number | undefined;
}

type Module = Pick<
  typeof import('@mlops-actions/provider-sagemaker'),
  'defaultLogGrace' | 'defaultPolling' | 'defaultUpdateTimeout' | 'parseArtifactStore' | 'priceOf'
>;

/** What the provider's package is opened with. A `UserError` when there is nowhere to keep anything. */
export function sagemakerOptions(
  inputs: SageMakerInputs,
  effects: ProviderEffects,
  { defaultLogGrace, defaultPolling, defaultUpdateTimeout, parseArtifactStore, priceOf }: Module,
): SageMakerProviderOptions {
  const { region, artifactStore, roleToAssume, executionRole, kmsKey, instanceType = 'ml.m5.large' } = inputs;
  if (artifactStore === undefined) {
    throw new UserError(
      'Input `artifact-store` is missing: with `provider: sagemaker` it says where datasets, models and jobs are kept. Write s3://bucket/prefix.',
    );
  }
  const network = {
    subnets: inputs.subnets ?? [],
    securityGroups: inputs.securityGroups ?? [],
    networkIsolation: inputs.networkIsolation ?? false,
  };
  const training = {
    instanceType,
    instanceCount: inputs.instanceCount ?? 1,
    volumeGb: inputs.volumeSize ?? 30,
    warmPoolSeconds: inputs.warmPool ?? 0,
    ...network,
    ...given({
      image: inputs.trainingImage,
      pricePerHour: priceOf(inputs.prices ?? {}, instanceType),
      spotMaxWaitSeconds: inputs.spotMaxWait,
      checkpointUri: inputs.checkpointUri,
    }),
  };
  const scaling = given({
    invocationsPerMinute: inputs.targetInvocations,
    scaleInSeconds: inputs.scaleInCooldown,
    scaleOutSeconds: inputs.scaleOutCooldown,
  });
  return {
    aws: given({ region }),
    effects,
    ...given({ roleToAssume }),
    settings: {
      ...parseArtifactStore(artifactStore),
      ...given({ kmsKey, executionRole }),
      training,
      serving: { instanceType, scaling, ...network, ...given({ image: inputs.servingImage }) },
      polling: defaultPolling,
      updateTimeoutSeconds: defaultUpdateTimeout,
      logGrace: defaultLogGrace,
    },
  };
}

/** Without the properties that are undefined. */
function given<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}

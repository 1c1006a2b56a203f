import type { DeploymentConfig, DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import { UserError } from '@mlops-actions/core';
import {
  type CallOptions,
  type DeploymentRequest,
  type ModelRegistry,
  type ProviderEffects,
  promotedAfter,
  takenName,
} from '@mlops-actions/provider';
import type { Clients } from '../clients.ts';
import type { SageMakerSettings } from '../settings.ts';
import type { S3Store } from '../store/s3-store.ts';
import { scaleVariant, stopScaling } from './autoscaling.ts';
import { endpointConfig, variantOf, variantsIn } from './endpoint-config.ts';
import type { DeploymentRecord } from './endpoint-record.ts';
import { endpointRecords } from './endpoint-records.ts';
import { deploymentRecord, hostedModel, makeModel } from './hosted-model.ts';
import { hosting } from './hosting.ts';
import { configRecord, deploymentOf } from './variant-names.ts';

/** A variant of an endpoint's configuration and whom it serves. */
export interface Held {
  readonly config: string;
  readonly variant: string;
  readonly deployment: string;
}

/** What an endpoint of one variant has and gets. */
export interface Standing {
  readonly live: Held;
  /** What an update is bringing; absent: nothing is under way. */
  readonly pending?: Held;
}

/** Updates of endpoints with one variant, which SageMaker drives by itself (its deployment guardrails). */
export interface GuardedUpdates {
  /** Undefined when nothing serves. */
  standing(endpoint: string): Promise<Standing | undefined>;
  /** Makes what the candidate is made of. The endpoint is not touched: SageMaker starts the instances. */
  provision(request: DeploymentRequest, options?: CallOptions): Promise<void>;
  /** Begins to replace the variant that serves; `deployment` says how, for the candidate's configuration. */
  begin(request: DeploymentRequest, deployment: (candidate: Held) => Promise<DeploymentConfig>): Promise<void>;
  /** Gives everything back to a deployment whose configuration is still there, at once. */
  restore(endpoint: string, stable: string): Promise<void>;
  /** Makes autoscaling and what is kept of the endpoint fit who serves, in the place of `before`. */
  adopt(endpoint: string, before: string): Promise<void>;
}

export interface GuardedUpdatesOptions {
  readonly clients: Pick<Clients, 'sagemaker' | 'autoscaling'>;
  readonly store: S3Store;
  readonly models: ModelRegistry;
  readonly settings: SageMakerSettings;
  readonly effects: Pick<ProviderEffects, 'clock'>;
}

export function guardedUpdates(options: GuardedUpdatesOptions): GuardedUpdates {
  const { clients, store, models, settings, effects } = options;
  const { clock } = effects;
  const host = hosting(clients.sagemaker, settings, clock);
  const records = endpointRecords(store);

  const held = async (endpoint: string, config: string, variant: string): Promise<Held> => {
    const deployment = deploymentOf(await records.config(endpoint, config), variant);
    return { config, variant, deployment };
  };

  const standingOf = async (
    endpoint: string,
    described: DescribeEndpointOutput | undefined,
  ): Promise<Standing | undefined> => {
    const { EndpointConfigName, ProductionVariants = [], PendingDeploymentSummary } = described ?? {};
    const [variant] = ProductionVariants;
    if (EndpointConfigName === undefined || variant?.VariantName === undefined) return undefined;
    const live = await held(endpoint, EndpointConfigName, variant.VariantName);
    const { EndpointConfigName: coming } = PendingDeploymentSummary ?? {};
    return coming === undefined ? { live } : { live, pending: await held(endpoint, coming, live.variant) };
  };

  const standing = async (endpoint: string): Promise<Standing | undefined> =>
    standingOf(endpoint, await host.describe(endpoint));

  /** An autoscaled variant cannot change its instance type; who serves at the end scales again. */
  const freeInstanceType = async ({ variant, deployment }: Held, endpoint: string): Promise<void> => {
    const stable = await records.deployment(endpoint, deployment);
    if (stable === undefined || stable.minReplicas === stable.maxReplicas) return;
    if (stable.instanceType === settings.serving.instanceType) return;
    if (stable.targetConcurrency === undefined) {
      throw new UserError(
        `Deployment "${deployment}" scales by itself on ${stable.instanceType ?? 'other instances'}, and was made by a release that did not keep how. Keep its instance type, or deploy it anew first.`,
      );
    }
    await stopScaling(clients.autoscaling, endpoint, variant);
  };

  const scale = async (endpoint: string, { variant }: Held, record: DeploymentRecord): Promise<void> => {
    const { minReplicas, maxReplicas, targetConcurrency, scaling } = record;
    if (minReplicas === maxReplicas) return stopScaling(clients.autoscaling, endpoint, variant);
    if (targetConcurrency === undefined) return;
    const wanted = { minReplicas, maxReplicas, targetConcurrency };
    await scaleVariant(clients.autoscaling, endpoint, variant, wanted, scaling);
  };

  /** The configuration by which a deployment served: the newest that has no other. */
  const configOf = async (endpoint: string, deployment: string): Promise<string> => {
    const found = await Promise.all(
      (await records.configs(endpoint)).map(async (name) => {
        // A step that was killed may have left the document of a configuration that it did not make.
        const [record, config] = await Promise.all([records.config(endpoint, name), host.findConfig(name)]);
        const variants = config === undefined ? [] : variantsIn(config);
        const serves = variants.map(({ VariantName = '' }) => deploymentOf(record, VariantName));
        return { name, serves, made: config?.CreationTime?.getTime() ?? 0 };
      }),
    );
    const [newest] = found
      .filter(({ serves }) => serves.length === 1 && serves[0] === deployment)
      .sort((a, b) => b.made - a.made);
    if (newest !== undefined) return newest.name;
    throw new UserError(
      `The configuration by which "${deployment}" served at endpoint "${endpoint}" is gone. Deploy it again (deploy-endpoint).`,
    );
  };

  return {
    standing,
    provision: async (request, callOptions = {}) => {
      const { endpoint, deployment } = request;
      await records.require(endpoint);
      const model = await hostedModel(request, models, store, settings, callOptions);
      await host.settled(endpoint, callOptions.signal);
      const known = await records.deployment(endpoint, deployment);
      if (known !== undefined && known.identity !== model.identity) throw new UserError(takenName(request));
      callOptions.signal?.throwIfAborted();
      if (known === undefined) {
        const made = deploymentRecord(request, model, settings, clock.now().getTime());
        await records.writeDeployment(endpoint, deployment, made);
      }
      await makeModel(clients.sagemaker, model).catch(async (error: unknown) => {
        await records.removeDeployment(endpoint, deployment).catch(() => undefined);
        throw error;
      });
    },
    begin: async (request, deployment) => {
      const { endpoint, autoscaling } = request;
      const described = await host.describe(endpoint);
      const stands = await standingOf(endpoint, described);
      if (stands === undefined) throw new UserError(`Endpoint "${endpoint}" was removed meanwhile.`);
      const { live, pending } = stands;
      if ((pending ?? live).deployment === request.deployment) return;
      const [serving] = described?.ProductionVariants ?? [];
      const model = await hostedModel(request, models, store, settings);
      const { minReplicas, maxReplicas } = autoscaling;
      const replicas = Math.min(maxReplicas, Math.max(minReplicas, serving?.DesiredInstanceCount ?? minReplicas));
      const made = variantOf(request, live.variant, model.name, replicas, settings);
      const variant = { ...made, InitialVariantWeight: serving?.CurrentWeight ?? 1 };
      const { capturePercent } = await records.require(endpoint);
      const config = endpointConfig(endpoint, [variant], capturePercent, store.uri('capture'), settings);
      const name = config.EndpointConfigName ?? '';
      const candidate = { config: name, variant: live.variant, deployment: request.deployment };
      await records.writeConfig(endpoint, name, configRecord([{ name: live.variant, deployment: request.deployment }]));
      const guarded = await deployment(candidate);
      await freeInstanceType(live, endpoint);
      await host.begin(endpoint, config, guarded);
    },
    restore: async (endpoint, stable) => {
      const stands = await standing(endpoint);
      if (stands === undefined || (stands.pending ?? stands.live).deployment === stable) return;
      await host.goBack(endpoint, await configOf(endpoint, stable));
    },
    adopt: async (endpoint, before) => {
      const stands = await standing(endpoint);
      if (stands === undefined) return;
      const { live } = stands;
      const [record, served] = await Promise.all([
        records.require(endpoint),
        records.deployment(endpoint, live.deployment),
      ]);
      if (served !== undefined) await scale(endpoint, live, served);
      if (record.promoted[0] === live.deployment || before === live.deployment) return;
      const promoted = promotedAfter(record.promoted, { [before]: 100 }, { [live.deployment]: 100 });
      await records.write(endpoint, { ...record, promoted });
    },
  };
}

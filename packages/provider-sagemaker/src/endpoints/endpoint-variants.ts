import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import { UserError } from '@mlops-actions/core';
import type { DeploymentRequest } from '@mlops-actions/provider';
import type { Clients } from '../clients.ts';
import type { SageMakerSettings } from '../settings.ts';
import type { S3Store } from '../store/s3-store.ts';
import { scaleVariant, stopScaling } from './autoscaling.ts';
import { endpointConfig, variantOf, variantsIn } from './endpoint-config.ts';
import type { EndpointRecord } from './endpoint-record.ts';
import type { EndpointRecords } from './endpoint-records.ts';
import { type HostedModel, removeModel } from './hosted-model.ts';
import type { Hosting } from './hosting.ts';
import { configRecord, deploymentOf, freeName } from './variant-names.ts';

/** The variants of endpoints: each comes and goes by a configuration with it and without it. */
export interface EndpointVariants {
  /** Adds a deployment's variant, without traffic, and resolves once it serves. */
  add(
    request: DeploymentRequest,
    model: HostedModel,
    record: EndpointRecord,
    replicas: number,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Takes away everything of a deployment. */
  forget(endpoint: string, deployment: string): Promise<void>;
  /** Removes the endpoint, with all configurations that it ever had. */
  remove(endpoint: string): Promise<void>;
  /** Gives the endpoint the settings of its record. */
  reconfigure(endpoint: string, record: EndpointRecord, signal?: AbortSignal): Promise<void>;
}

interface EndpointVariantsOptions {
  readonly clients: Pick<Clients, 'sagemaker' | 'autoscaling'>;
  readonly store: S3Store;
  readonly settings: SageMakerSettings;
}

/** A variant and whom it serves. */
interface Placed {
  readonly name: string;
  readonly deployment: string;
  readonly variant: ProductionVariant;
}

export function endpointVariants(
  { clients, store, settings }: EndpointVariantsOptions,
  host: Hosting,
  records: EndpointRecords,
): EndpointVariants {
  /** The variants that the endpoint has now. */
  const currentVariants = async (endpoint: string, signal?: AbortSignal): Promise<readonly Placed[]> => {
    const live = await host.settled(endpoint, signal);
    if (live?.EndpointConfigName === undefined || live.EndpointStatus === 'Failed') return [];
    const record = await records.config(endpoint, live.EndpointConfigName);
    return variantsIn(await host.config(live.EndpointConfigName)).map((variant) => {
      const { VariantName: name = '' } = variant;
      return { name, deployment: deploymentOf(record, name), variant };
    });
  };

  /** Removes every configuration of the endpoint but the one that serves. What a killed step left is found by its document. */
  const tidy = async (endpoint: string): Promise<void> => {
    const live = await host.settled(endpoint);
    const stale = (await records.configs(endpoint)).filter((name) => name !== live?.EndpointConfigName);
    for (const name of stale) {
      await host.removeConfig(name);
      await records.removeConfig(endpoint, name);
    }
  };

  const apply = async (
    endpoint: string,
    placed: readonly Placed[],
    { capturePercent }: EndpointRecord,
    signal?: AbortSignal,
  ): Promise<void> => {
    const variants = placed.map(({ variant }) => variant);
    const config = endpointConfig(endpoint, variants, capturePercent, store.uri('capture'), settings);
    await records.writeConfig(endpoint, config.EndpointConfigName ?? '', configRecord(placed));
    await host.apply(endpoint, config, signal);
    await tidy(endpoint);
  };

  const remove = async (endpoint: string): Promise<void> => {
    await host.remove(endpoint);
    await tidy(endpoint);
  };

  const add = async (
    request: DeploymentRequest,
    model: HostedModel,
    record: EndpointRecord,
    replicas: number,
    signal?: AbortSignal,
  ): Promise<void> => {
    const { endpoint, deployment, autoscaling } = request;
    const others = (await currentVariants(endpoint, signal)).filter((each) => each.deployment !== deployment);
    const taken = others.map(({ name }) => name);
    const name = freeName(deployment, taken);
    const variant = variantOf(request, name, model.name, replicas, settings);
    await apply(endpoint, [...others, { name, deployment, variant }], record, signal);
    await scaleVariant(clients.autoscaling, endpoint, name, autoscaling, settings.serving.scaling);
  };

  const dropVariant = async (endpoint: string, deployment: string): Promise<void> => {
    const variants = await currentVariants(endpoint);
    const others = variants.filter((each) => each.deployment !== deployment);
    if (others.length === 0) return remove(endpoint);
    const own = variants.find((each) => each.deployment === deployment);
    if (own === undefined) return tidy(endpoint);
    await stopScaling(clients.autoscaling, endpoint, own.name);
    await apply(endpoint, others, (await records.read(endpoint)) ?? { capturePercent: 0, promoted: [] });
  };

  /** Takes away everything of a deployment. */
  const forget = async (endpoint: string, deployment: string): Promise<void> => {
    const record = await records.deployment(endpoint, deployment);
    const live = await host.settled(endpoint);
    if (live?.EndpointStatus === 'UpdateRollbackFailed') throw new UserError(mixed(endpoint));
    await dropVariant(endpoint, deployment);
    if (record !== undefined) await removeModel(clients.sagemaker, record.hostedModel);
    await records.removeDeployment(endpoint, deployment);
  };

  return {
    add,
    forget,
    remove,
    reconfigure: async (endpoint, record, signal) => {
      const variants = await currentVariants(endpoint, signal);
      if (variants.length > 0) await apply(endpoint, variants, record, signal);
    },
  };
}

function mixed(endpoint: string): string {
  return `Endpoint "${endpoint}" serves a mix of old and new since a rollback of SageMaker's failed, so everything that it is made of stays. Deploy once more, or remove the endpoint.`;
}

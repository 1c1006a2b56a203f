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
  /** Gives the endpoint the settings of its record. */
  reconfigure(endpoint: string, record: EndpointRecord, signal?: AbortSignal): Promise<void>;
}

interface EndpointVariantsOptions {
  readonly clients: Pick<Clients, 'sagemaker' | 'autoscaling'>;
  readonly store: S3Store;
  readonly settings: SageMakerSettings;
}

export function endpointVariants(
  { clients, store, settings }: EndpointVariantsOptions,
  host: Hosting,
  records: EndpointRecords,
): EndpointVariants {
  /** The variants that the endpoint has now. */
  const currentVariants = async (endpoint: string, signal?: AbortSignal) => {
    const live = await host.settled(endpoint, signal);
    if (live?.EndpointConfigName === undefined || live.EndpointStatus === 'Failed') return [];
    return variantsIn(await host.config(live.EndpointConfigName));
  };

  const configOf = (endpoint: string, variants: Parameters<typeof endpointConfig>[1], record: EndpointRecord) =>
    endpointConfig(endpoint, variants, record.capturePercent, store.uri('capture'), settings);

  const add = async (
    request: DeploymentRequest,
    model: HostedModel,
    record: EndpointRecord,
    replicas: number,
    signal?: AbortSignal,
  ): Promise<void> => {
    const { endpoint, deployment, autoscaling } = request;
    const others = (await currentVariants(endpoint, signal)).filter(({ VariantName }) => VariantName !== deployment);
    const variants = [...others, variantOf(request, model.name, replicas, settings)];
    await host.apply(endpoint, configOf(endpoint, variants, record), signal);
    await scaleVariant(clients.autoscaling, endpoint, deployment, autoscaling, settings.serving.scaling);
  };

  const dropVariant = async (endpoint: string, deployment: string): Promise<void> => {
    const variants = await currentVariants(endpoint);
    const others = variants.filter(({ VariantName }) => VariantName !== deployment);
    if (others.length === 0) await host.remove(endpoint);
    else if (others.length < variants.length) {
      await stopScaling(clients.autoscaling, endpoint, deployment);
      const record = (await records.read(endpoint)) ?? { capturePercent: 0, promoted: [] };
      await host.apply(endpoint, configOf(endpoint, others, record));
    }
  };

  /** Takes away everything of a deployment. */
  const forget = async (endpoint: string, deployment: string): Promise<void> => {
    const record = await records.deployment(endpoint, deployment);
    await dropVariant(endpoint, deployment);
    if (record !== undefined) await removeModel(clients.sagemaker, record.hostedModel);
    await records.removeDeployment(endpoint, deployment);
  };

  return {
    add,
    forget,
    reconfigure: async (endpoint, record, signal) => {
      const variants = await currentVariants(endpoint, signal);
      if (variants.length > 0) await host.apply(endpoint, configOf(endpoint, variants, record), signal);
    },
  };
}

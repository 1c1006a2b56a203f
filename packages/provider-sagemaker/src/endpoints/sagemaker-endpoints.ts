import { canonicalJson, UserError } from '@mlops-actions/core';
import {
  areSameShares,
  type CallOptions,
  type DeploymentRequest,
  type DeploymentState,
  type EndpointService,
  type EndpointSettings,
  type EndpointState,
  type ModelRegistry,
  type ProviderEffects,
  promotedAfter,
  requireName,
  requireTraffic,
  type Shares,
  sharesOf,
  TrafficChanged,
  takenName,
  withoutZeros,
} from '@mlops-actions/provider';
import type { Clients } from '../clients.ts';
import type { SageMakerSettings } from '../settings.ts';
import type { S3Store } from '../store/s3-store.ts';
import { stopScaling } from './autoscaling.ts';
import { startupTimeouts } from './endpoint-config.ts';
import { variantLogs } from './endpoint-logs.ts';
import { endpointRecords } from './endpoint-records.ts';
import { endpointState } from './endpoint-state.ts';
import { endpointVariants } from './endpoint-variants.ts';
import { deploymentRecord, hostedModel, makeModel, removeModel } from './hosted-model.ts';
import { hosting } from './hosting.ts';
import { invocationUrl, invokeEndpoint } from './invoke.ts';
import { measureVariant } from './measure.ts';
import { placements } from './placements.ts';

export interface SageMakerEndpointsOptions {
  readonly clients: Clients;
  readonly store: S3Store;
  readonly models: ModelRegistry;
  readonly settings: SageMakerSettings;
  readonly effects: Pick<ProviderEffects, 'clock' | 'log'>;
}

export interface SageMakerEndpoints extends EndpointService {
  /** With `replicas`, the deployment begins with so many in the place of its own minimum. */
  deploy(request: DeploymentRequest, options?: CallOptions & { readonly replicas?: number }): Promise<DeploymentState>;
  /** Sets weights, and instance counts where they are named: who grows has grown before the traffic moves, and who shrinks does after it. */
  rescale(
    endpoint: string,
    shares: Shares,
    replicas: Readonly<Record<string, number>>,
    options?: CallOptions,
  ): Promise<void>;
  /** Whether a deployment of that name is there with another configuration. */
  isOther(request: DeploymentRequest, options?: CallOptions): Promise<boolean>;
  /** Waits until nothing is under way at the endpoint, and describes it. */
  settle(endpoint: string, options?: CallOptions): Promise<EndpointState | undefined>;
  /** Whether a rollback failed, so that old and new serve side by side. */
  isMixed(endpoint: string): Promise<boolean>;
  /** The deployment's own number of replicas, as it was made for. */
  ownReplicas(endpoint: string, deployment: string): Promise<number | undefined>;
}

const tailLines = 20;

/**
 * Endpoints of SageMaker: a deployment is a production variant, whose weight is its percent of the traffic. A variant comes and goes by a new
 * endpoint configuration; no old one is removed before the new one is proven to serve.
 */
export function sagemakerEndpoints(options: SageMakerEndpointsOptions): SageMakerEndpoints {
  const { clients, store, models, settings, effects } = options;
  const { clock, log } = effects;
  const host = hosting(clients.sagemaker, settings, clock);
  const records = endpointRecords(store);
  const variants = endpointVariants(options, host, records);
  const placed = placements(host, records);

  const describe = async (endpoint: string): Promise<EndpointState | undefined> => {
    requireName('endpoint', endpoint);
    const record = await records.read(endpoint);
    if (record === undefined) return undefined;
    const [live, deployments] = await Promise.all([host.describe(endpoint), records.deployments(endpoint)]);
    const naming = await placed.naming(endpoint, live);
    const url = await invocationUrl(clients.runtime, endpoint);
    return endpointState(endpoint, url, record, live, deployments, naming);
  };

  const hasTraffic = async (endpoint: string): Promise<boolean> => {
    const { ProductionVariants = [] } = (await host.describe(endpoint)) ?? {};
    return ProductionVariants.some(({ CurrentWeight = 0 }) => CurrentWeight > 0);
  };

  const stateOf = async (endpoint: string): Promise<EndpointState> => {
    const state = await describe(endpoint);
    if (state === undefined) throw new UserError(`Endpoint "${endpoint}" was removed meanwhile.`);
    return state;
  };

  const deploymentOf = async (endpoint: string, deployment: string): Promise<DeploymentState | undefined> =>
    (await describe(endpoint))?.deployments.find(({ name }) => name === deployment);

  const failed = async (request: DeploymentRequest, error: unknown): Promise<unknown> => {
    const { endpoint, deployment, startupTimeoutSeconds } = request;
    const lines = await variantLogs(clients.logs, endpoint, deployment, tailLines).catch(() => []);
    if (lines.length > 0) log.log('info', `The last lines of ${deployment}:`);
    for (const line of lines) log.foreign(line);
    if (!(error instanceof UserError) || !/ping health check/.test(error.message)) return error;
    const seconds = Math.max(startupTimeouts.least, startupTimeoutSeconds);
    const last = lines.length === 0 ? 'It printed nothing.' : `Its last words: ${lines.slice(-3).join(' ')}`;
    return new UserError(
      `Deployment "${deployment}" of endpoint "${endpoint}" did not answer GET /ping with 200 within ${seconds} s. ${last}`,
    );
  };

  const deploy = async (
    request: DeploymentRequest,
    { signal, replicas }: CallOptions & { readonly replicas?: number } = {},
  ): Promise<DeploymentState> => {
    const { endpoint, deployment, autoscaling } = request;
    requireName('deployment', deployment);
    const record = await records.require(endpoint);
    const model = await hostedModel(request, models, store, settings, { ...(signal && { signal }) });
    await host.settled(endpoint, signal);
    const there = await deploymentOf(endpoint, deployment);
    const known = there && (await records.deployment(endpoint, deployment));
    if (there !== undefined && known?.identity === model.identity) return there;
    if (there !== undefined) throw new UserError(takenName(request));
    signal?.throwIfAborted();
    const made = deploymentRecord(request, model, settings, clock.now().getTime());
    await records.writeDeployment(endpoint, deployment, made);
    try {
      await makeModel(clients.sagemaker, model);
      await variants.add(request, model, record, replicas ?? autoscaling.minReplicas, signal);
    } catch (error) {
      const explanation = signal?.aborted ? error : await failed(request, error);
      // An update that was begun cannot be broken off: what it made is taken away when it is over.
      await variants.forget(endpoint, deployment).catch((trouble: unknown) => {
        log.log('warning', `${deployment} was not removed: ${(trouble as Error).message}`);
      });
      throw explanation;
    }
    const state = await deploymentOf(endpoint, deployment);
    if (state === undefined) throw new UserError(`Deployment "${deployment}" was removed while it started.`);
    return state;
  };

  const rescale: SageMakerEndpoints['rescale'] = async (endpoint, shares, replicas, { signal } = {}) => {
    const before = await stateOf(endpoint);
    const nameOf = await placed.variants(endpoint);
    const variant = (deployment: string): string => nameOf(deployment) ?? deployment;
    const counts = (isDue: (wanted: number, now: number) => boolean) =>
      before.deployments
        .map(({ name, desiredReplicas }) => ({ name, wanted: replicas[name] ?? desiredReplicas, now: desiredReplicas }))
        .filter(({ wanted, now }) => isDue(wanted, now))
        .map(({ name, wanted }) => ({ VariantName: variant(name), DesiredInstanceCount: wanted }));
    const weights = before.deployments.map(({ name }) => ({
      VariantName: variant(name),
      DesiredWeight: shares[name] ?? 0,
    }));
    for (const grown of counts((wanted, now) => wanted > now)) await host.rescale(endpoint, [grown], signal);
    await host.rescale(endpoint, weights, signal);
    for (const shrunk of counts((wanted, now) => wanted < now)) await host.rescale(endpoint, [shrunk], signal);
    const record = await records.require(endpoint);
    const promoted = promotedAfter(record.promoted, sharesOf(before), withoutZeros(shares));
    if (canonicalJson(promoted) !== canonicalJson(record.promoted)) {
      await records.write(endpoint, { ...record, promoted });
    }
  };

  return {
    describe,
    deploy,
    rescale,
    isOther: async (request, callOptions = {}) => {
      const there = await records.deployment(request.endpoint, request.deployment);
      if (there === undefined) return false;
      return (await hostedModel(request, models, store, settings, callOptions)).identity !== there.identity;
    },
    settle: async (endpoint, { signal } = {}) => {
      requireName('endpoint', endpoint);
      if ((await records.read(endpoint)) === undefined) return undefined;
      await host.settled(endpoint, signal);
      return describe(endpoint);
    },
    isMixed: async (endpoint) => (await host.describe(endpoint))?.EndpointStatus === 'UpdateRollbackFailed',
    ownReplicas: async (endpoint, deployment) => (await records.deployment(endpoint, deployment))?.minReplicas,
    configure: async (endpoint, wanted, { signal } = {}) => {
      requireName('endpoint', endpoint);
      refuseToken(wanted);
      const known = await records.read(endpoint);
      const record = { capturePercent: wanted.capturePercent, promoted: known?.promoted ?? [] };
      await records.write(endpoint, record);
      if (known !== undefined && known.capturePercent !== record.capturePercent) {
        await variants.reconfigure(endpoint, record, signal);
      }
      return stateOf(endpoint);
    },
    setTraffic: async (endpoint, shares, expected) => {
      await records.require(endpoint);
      await host.settled(endpoint);
      const state = await stateOf(endpoint);
      const names = state.deployments.filter(({ status }) => status === 'InService').map(({ name }) => name);
      requireTraffic(endpoint, { shares }, names);
      if (expected !== undefined && !areSameShares(expected, sharesOf(state))) {
        throw new TrafficChanged(
          `The traffic of endpoint "${endpoint}" is ${JSON.stringify(sharesOf(state))}, not ${JSON.stringify(expected)}: somebody else has changed it meanwhile.`,
        );
      }
      await rescale(endpoint, shares, {});
      return stateOf(endpoint);
    },
    removeDeployment: async (endpoint, deployment, { signal } = {}) => {
      requireName('endpoint', endpoint);
      requireName('deployment', deployment);
      if ((await records.read(endpoint)) === undefined) return;
      await host.settled(endpoint, signal);
      const { traffic = 0 } = (await deploymentOf(endpoint, deployment)) ?? {};
      if (traffic > 0) {
        throw new UserError(
          `Deployment "${deployment}" has ${traffic} % of the traffic of endpoint "${endpoint}". Give it to others first.`,
        );
      }
      await variants.forget(endpoint, deployment);
    },
    remove: async (endpoint) => {
      requireName('endpoint', endpoint);
      const deployments = await records.deployments(endpoint);
      const nameOf = await placed.variants(endpoint);
      for (const name of deployments.keys()) {
        await stopScaling(clients.autoscaling, endpoint, nameOf(name) ?? name);
      }
      await variants.remove(endpoint);
      for (const [name, { hostedModel: hosted }] of deployments) {
        await removeModel(clients.sagemaker, hosted);
        await records.removeDeployment(endpoint, name);
      }
      await records.remove(endpoint);
    },
    invoke: async (endpoint, invocation, { signal } = {}) => {
      requireName('endpoint', endpoint);
      // One call more, and none for a probe of a deployment: SageMaker does not say what weights of nought alone mean.
      const isServed = invocation.deployment !== undefined || (await hasTraffic(endpoint));
      if (!isServed) {
        await records.require(endpoint);
        return nobody('No deployment of the endpoint has traffic.', 503);
      }
      const { deployment, ...request } = invocation;
      const variant = deployment && (await placed.variant(endpoint, deployment));
      if (deployment !== undefined && variant === undefined) {
        return nobody(`Deployment ${deployment} is not at the endpoint.`, 404);
      }
      const addressed = variant === undefined ? request : { ...request, deployment: variant };
      const answer = await invokeEndpoint(clients.runtime, endpoint, addressed, signal);
      if (answer === undefined) await records.require(endpoint);
      return answer ?? nobody('The endpoint has no deployment.', 404);
    },
    measure: async (endpoint, request) => {
      requireName('endpoint', endpoint);
      if ((await records.read(endpoint)) === undefined) return {};
      const now = clock.now().getTime();
      const [deployments, nameOf] = await Promise.all([records.deployments(endpoint), placed.variants(endpoint)]);
      const series = [...deployments].map(async ([deployment, { created, instanceType }]) => {
        const variant = nameOf(deployment);
        if (variant === undefined) return [deployment, { windows: [] }];
        const measured = { endpoint, variant, since: created, ...(instanceType && { instanceType }) };
        return [deployment, await measureVariant(clients.cloudwatch, measured, request, now)];
      });
      return Object.fromEntries(await Promise.all(series));
    },
    logs: async (endpoint, deployment, lines) => {
      if ((await records.read(endpoint)) === undefined) return [];
      return variantLogs(clients.logs, endpoint, (await placed.variant(endpoint, deployment)) ?? deployment, lines);
    },
  };
}

function nobody(body: string, status: number) {
  return { status, contentType: 'text/plain', body, milliseconds: 0 };
}

function refuseToken({ auth }: EndpointSettings): void {
  if (auth.kind === 'none') return;
  throw new UserError(
    'SageMaker lets callers in by IAM, not by a token of the endpoint. Leave `auth` and `token` out, and allow sagemaker:InvokeEndpoint to who may call.',
  );
}

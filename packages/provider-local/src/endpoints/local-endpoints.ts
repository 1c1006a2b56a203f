import { rm } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { type Series, sha256, UserError } from '@mlops-actions/core';
import {
  type CallOptions,
  type DeploymentRequest,
  type DeploymentState,
  type EndpointService,
  type EndpointSettings,
  type EndpointState,
  type ModelRegistry,
  requireName,
  unknownEndpoint,
} from '@mlops-actions/provider';
import { hasDocument } from '../gateway/endpoint.ts';
import type { DeploymentSpec, StoredSettings } from '../gateway/endpoint-document.ts';
import type { Store } from '../store/store.ts';
import { type GatewayClientOptions, gatewayClient, send } from './gateway-client.ts';
import { machineEnvironment } from './machine-environment.ts';
import { type Content, stageDeployment } from './stage.ts';

export interface LocalEndpointsOptions extends GatewayClientOptions {
  readonly models: ModelRegistry;
}

export interface LocalEndpoints extends EndpointService {
  /** With `replicas`, the deployment begins with so many in the place of its own minimum. */
  deploy(request: DeploymentRequest, options?: CallOptions & { readonly replicas?: number }): Promise<DeploymentState>;
}

const pollMs = 50;
const tailLines = 20;

/** Endpoints of this machine: one gateway process per store serves them all, started by the first call that needs it. */
export function localEndpoints(store: Store, options: LocalEndpointsOptions): LocalEndpoints {
  const { clock, log, environment } = options.effects;
  const gateway = gatewayClient(store, options);
  const call = gateway.call;

  const describe = async (endpoint: string, signal?: AbortSignal): Promise<EndpointState | undefined> => {
    requireName('endpoint', endpoint);
    if (!hasDocument(store, endpoint)) return undefined;
    return call<EndpointState>('GET', pathOf(endpoint), undefined, signal);
  };

  const describeDeployment = async (
    { endpoint, deployment }: DeploymentRequest,
    signal?: AbortSignal,
  ): Promise<DeploymentState | undefined> => {
    const state = await describe(endpoint, signal);
    return state?.deployments.find(({ name }) => name === deployment);
  };

  const logs = async (endpoint: string, deployment: string, lines: number): Promise<readonly string[]> => {
    if (!hasDocument(store, endpoint)) return [];
    return (await call<string[]>('GET', `${pathOf(endpoint, deployment)}/log?lines=${lines}`)) ?? [];
  };

  /** Waits until the deployment has its minimum of ready replicas. */
  const untilHealthy = async (request: DeploymentRequest, signal?: AbortSignal): Promise<DeploymentState> => {
    // A gateway that was restarted meanwhile tries on for ever; the deadline is for that.
    const deadline = clock.now().getTime() + request.startupTimeoutSeconds * 1000 + 30_000;
    for (;;) {
      signal?.throwIfAborted();
      const state = await describeDeployment(request, signal);
      // It may have been told to run fewer than its minimum.
      const least = Math.min(request.autoscaling.minReplicas, state?.desiredReplicas ?? 0);
      if (state?.status === 'InService' && state.readyReplicas >= least) return state;
      if (state === undefined || state.status === 'Failed' || clock.now().getTime() > deadline) {
        const lines = await logs(request.endpoint, request.deployment, tailLines);
        if (lines.length > 0) log.log('info', `The last lines of ${request.deployment}:`);
        for (const line of lines) log.foreign(line);
        throw new UserError(failureOf(request, state));
      }
      await clock.sleep(pollMs, signal);
    }
  };

  const untilGone = async (isThere: () => Promise<boolean>, signal?: AbortSignal): Promise<void> => {
    while (await isThere()) await clock.sleep(pollMs, signal);
  };

  const removeDeployment = async (
    endpoint: string,
    deployment: string,
    { signal }: CallOptions = {},
  ): Promise<void> => {
    requireName('endpoint', endpoint);
    requireName('deployment', deployment);
    if (!hasDocument(store, endpoint)) return;
    await call('DELETE', pathOf(endpoint, deployment), undefined, signal);
    await untilGone(async () => {
      const state = await describe(endpoint, signal);
      return state?.deployments.some(({ name }) => name === deployment) ?? false;
    }, signal);
  };

  /** What was begun is taken back; the error that was the reason comes first. */
  const undo = async (request: DeploymentRequest): Promise<void> => {
    try {
      await removeDeployment(request.endpoint, request.deployment);
    } catch (error) {
      log.log('warning', `${request.deployment} was not removed: ${(error as Error).message}`);
    }
  };

  const start = async (
    request: DeploymentRequest,
    { signal, replicas }: CallOptions & { readonly replicas?: number },
  ): Promise<boolean> => {
    const staged = await stageDeployment(store, options.models, request, signal === undefined ? {} : { signal });
    try {
      const spec = specOf(request, staged, machineEnvironment(environment));
      // Not to be broken off: whether the gateway has begun it must be known.
      const answer = await call<{ created: boolean }>('PUT', pathOf(request.endpoint, request.deployment), {
        spec,
        staged: staged.folder,
        replicas,
      });
      if (answer === undefined) throw unknownEndpoint(request.endpoint);
      return answer.created;
    } finally {
      await rm(staged.folder, { recursive: true, force: true });
    }
  };

  return {
    describe: (endpoint) => describe(endpoint),
    configure: async (endpoint, settings, { signal } = {}) => {
      requireName('endpoint', endpoint);
      const state = await call<EndpointState>('PUT', pathOf(endpoint), storedSettings(settings), signal);
      if (state === undefined) throw unknownEndpoint(endpoint);
      return state;
    },
    deploy: async (request, callOptions = {}) => {
      requireName('endpoint', request.endpoint);
      requireName('deployment', request.deployment);
      if (!hasDocument(store, request.endpoint)) throw unknownEndpoint(request.endpoint);
      const created = await start(request, callOptions);
      try {
        return await untilHealthy(request, callOptions.signal);
      } catch (error) {
        if (created) await undo(request);
        throw error;
      }
    },
    setTraffic: async (endpoint, shares, expected) => {
      requireName('endpoint', endpoint);
      if (!hasDocument(store, endpoint)) throw unknownEndpoint(endpoint);
      const state = await call<EndpointState>('PUT', `${pathOf(endpoint)}/traffic`, { shares, expected });
      if (state === undefined) throw unknownEndpoint(endpoint);
      return state;
    },
    removeDeployment,
    remove: async (endpoint, { signal } = {}) => {
      requireName('endpoint', endpoint);
      if (!hasDocument(store, endpoint)) return gateway.endOrphans();
      await call('DELETE', pathOf(endpoint), undefined, signal);
      await untilGone(async () => hasDocument(store, endpoint), signal);
      await gateway.untilEnded(signal);
    },
    invoke: async (endpoint, invocation, { signal } = {}) => {
      requireName('endpoint', endpoint);
      if (!hasDocument(store, endpoint)) throw unknownEndpoint(endpoint);
      const { body, contentType, deployment } = invocation;
      const address = await gateway.address(signal);
      const began = performance.now();
      const answer = await send(
        address,
        'POST',
        `/endpoints/${endpoint}/invocations`,
        typeof body === 'string' ? Buffer.from(body) : body,
        signal,
        {
          'content-type': contentType,
          ...(deployment === undefined ? {} : { 'azureml-model-deployment': deployment }),
        },
      );
      return {
        status: answer.status,
        contentType: answer.headers['content-type'] ?? '',
        body: answer.body.toString('utf8'),
        milliseconds: performance.now() - began,
      };
    },
    measure: async (endpoint, { from, to, windowSeconds }, { signal } = {}) => {
      requireName('endpoint', endpoint);
      if (!hasDocument(store, endpoint)) return {};
      const path = `${pathOf(endpoint)}/measurements?from=${from}&to=${to}&window=${windowSeconds}`;
      return (await call<Record<string, Series>>('GET', path, undefined, signal)) ?? {};
    },
    logs,
  };
}

export function pathOf(endpoint: string, deployment?: string): string {
  return `/admin/endpoints/${endpoint}${deployment === undefined ? '' : `/deployments/${deployment}`}`;
}

function failureOf({ deployment, endpoint }: DeploymentRequest, state: DeploymentState | undefined): string {
  const reason = state?.reason ?? 'It was removed while it started.';
  return `Deployment "${deployment}" of endpoint "${endpoint}" did not become healthy. ${reason} It must listen on $PORT and answer GET /ping with 200 once the model in $SM_MODEL_DIR is loaded.`;
}

function storedSettings({ auth, capturePercent, captureLimitBytes }: EndpointSettings): StoredSettings {
  const stored = auth.kind === 'none' ? auth : { kind: 'token' as const, sha256: sha256(auth.token) };
  return { auth: stored, capturePercent, captureLimitBytes };
}

export function specOf(
  { endpoint: _endpoint, sourceDir: _sourceDir, ...request }: DeploymentRequest,
  { hasCode, contentDigest }: Content,
  machine: Readonly<Record<string, string>>,
): DeploymentSpec {
  return { ...request, hasCode, contentDigest, machine };
}

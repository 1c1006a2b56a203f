import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson, endingOf, UserError } from '@mlops-actions/core';
import type { DeploymentMetrics, DeploymentState, EndpointState } from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';
import { type Capture, createCapture } from './capture.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import {
  type DeploymentSpec,
  deploymentFolder,
  type EndpointDocument,
  endpointFile,
  isTraffic,
  type StoredSettings,
} from './endpoint-document.ts';
import type { ReplicaJournal } from './replica-journal.ts';
import { type Schedule, weightedSchedule } from './schedule.ts';
import type { Timings } from './timings.ts';

/** What every endpoint of a gateway shares. */
export interface Surroundings {
  readonly store: Store;
  readonly journal: ReplicaJournal;
  readonly timings: Timings;
  readonly log: (line: string) => void;
}

/** One endpoint that is being served. Changes are made one after the other; each is on disk before it counts. */
export interface Endpoint {
  readonly name: string;
  readonly settings: StoredSettings;
  readonly capture: Capture;
  state(url: string): EndpointState;
  metrics(windowSeconds: number): DeploymentMetrics[];
  /** The deployment for the next request, or the one asked for; undefined when there is none to take it. */
  choose(asked: string | undefined): Deployment | undefined;
  /** Whether every deployment with traffic has a ready replica. */
  isHealthy(): boolean;
  configure(settings: StoredSettings): Promise<void>;
  /** Starts a deployment from the files in `staged`; false when it is there already. Does not wait until it is healthy. */
  deploy(spec: DeploymentSpec, staged: string): Promise<boolean>;
  setTraffic(traffic: Readonly<Record<string, number>>): Promise<void>;
  /** Takes the deployment out of service; it is gone when its last request is answered. */
  removeDeployment(deployment: string): Promise<void>;
  /** The last lines that a deployment's replicas printed. */
  logTail(deployment: string, lines: number): readonly string[];
  /** Takes the endpoint out of service; resolves once nothing of it is left. */
  remove(): Promise<void>;
  /** Stops all replicas; the document stays. */
  shutdown(): Promise<void>;
}

export function createEndpoint(document: EndpointDocument, surroundings: Surroundings): Endpoint {
  const { store, log } = surroundings;
  const { name, tags } = document;
  const deployments = new Map<string, Deployment>();
  let settings = document.settings;
  let traffic = document.traffic;
  let schedule: Schedule | undefined = weightedSchedule(traffic);
  let isRemoved = false;
  let lastChange: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const turn = lastChange.then(change);
    lastChange = turn.catch(() => {});
    return turn;
  };
  const change = <T>(body: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      if (isRemoved) throw new UserError(`The endpoint "${name}" is being removed. Run the step again in a moment.`);
      return body();
    });

  const save = (
    changes: Partial<Pick<EndpointDocument, 'settings' | 'traffic'>>,
    alsoInService?: Deployment,
  ): Promise<void> => {
    const kept = [...deployments.values()].filter(({ status }) => status === 'InService');
    const all = alsoInService === undefined ? kept : [...kept, alsoInService];
    const next: EndpointDocument = {
      format: 1,
      name,
      settings,
      traffic,
      deployments: all.map(({ spec }) => spec),
      tags,
      ...changes,
    };
    return store.write(endpointFile(name), next);
  };

  const folderOf = (deployment: string): string => deploymentFolder(store, name, deployment);
  const build = (spec: DeploymentSpec): Deployment =>
    createDeployment(spec, { ...surroundings, folder: folderOf(spec.deployment) });

  /** Brings a new deployment into service, or leaves it `Failed` with nothing running and the reason to be read. */
  const begin = async (deployment: Deployment): Promise<void> => {
    try {
      await deployment.begin();
      await inTurn(async () => {
        if (deployment.status !== 'Creating' || isRemoved) return;
        await save({}, deployment);
        deployment.status = 'InService';
      });
    } catch (error) {
      const ending = endingOf(error);
      if (deployment.status === 'Creating') deployment.status = 'Failed';
      deployment.reason = 'message' in ending ? ending.message : undefined;
      log(`Deployment "${deployment.spec.deployment}" of endpoint "${name}" failed: ${deployment.reason}`);
      await deployment.drain();
    }
  };

  const discard = async (deployment: Deployment): Promise<void> => {
    deployment.status = 'Draining';
    await deployment.drain();
    deployments.delete(deployment.spec.deployment);
    await rm(folderOf(deployment.spec.deployment), { recursive: true, force: true });
  };

  const stateOf = (deployment: Deployment): DeploymentState => ({
    name: deployment.spec.deployment,
    model: deployment.spec.model,
    traffic: traffic[deployment.spec.deployment] ?? 0,
    status: deployment.status,
    ...(deployment.reason === undefined ? {} : { reason: deployment.reason }),
    readyReplicas: deployment.readyReplicas,
    desiredReplicas: deployment.desiredReplicas,
  });

  const serving = (): Deployment[] =>
    [...deployments.values()].filter(({ spec }) => (traffic[spec.deployment] ?? 0) > 0);

  for (const spec of document.deployments) {
    const deployment = build(spec);
    deployment.status = 'InService';
    deployments.set(spec.deployment, deployment);
    deployment.restore();
  }

  const capture = createCapture(
    store,
    name,
    () => ({ percent: settings.capturePercent, limitBytes: settings.captureLimitBytes }),
    log,
  );

  return {
    name,
    get settings() {
      return settings;
    },
    capture,
    state: (url) => ({
      name,
      url,
      status: isRemoved ? 'Updating' : statusOf(serving(), [...deployments.values()]),
      deployments: [...deployments.values()].map(stateOf),
      tags,
    }),
    metrics: (windowSeconds) =>
      [...deployments.values()].map(({ spec, metrics, inFlight }) => ({
        deployment: spec.deployment,
        ...metrics.summary(windowSeconds),
        inFlight,
      })),
    choose: (asked) => {
      if (isRemoved) return undefined;
      const deployment = deployments.get(asked ?? schedule?.next() ?? '');
      return deployment?.status === 'InService' ? deployment : undefined;
    },
    isHealthy: () => !isRemoved && serving().length > 0 && serving().every(({ readyReplicas }) => readyReplicas > 0),
    configure: (next) =>
      change(async () => {
        await save({ settings: next });
        settings = next;
      }),
    deploy: (spec, staged) =>
      change(async () => {
        const existing = deployments.get(spec.deployment);
        if (existing !== undefined && existing.status !== 'Failed') return refuseOther(existing, spec);
        if (existing !== undefined) await discard(existing);
        const folder = folderOf(spec.deployment);
        await rm(folder, { recursive: true, force: true });
        await mkdir(dirname(folder), { recursive: true });
        await rename(staged, folder);
        const deployment = build(spec);
        deployments.set(spec.deployment, deployment);
        void begin(deployment);
        return true;
      }),
    setTraffic: (next) =>
      change(async () => {
        const known = [...deployments.values()].filter(({ status }) => status === 'InService');
        const names = known.map(({ spec }) => spec.deployment);
        if (!isTraffic(next, names) || Object.keys(next).length === 0) {
          throw new UserError(
            `Traffic ${JSON.stringify(next)} cannot be set on endpoint "${name}". Give whole percents that sum to 100 for deployments in service (${names.join(', ') || 'none'}).`,
          );
        }
        const shares = Object.fromEntries(Object.entries(next).filter(([, share]) => share > 0));
        await save({ traffic: shares });
        traffic = shares;
        schedule = weightedSchedule(shares);
      }),
    removeDeployment: (asked) =>
      change(async () => {
        const deployment = deployments.get(asked);
        if (deployment === undefined || deployment.status === 'Draining') return;
        const share = traffic[asked] ?? 0;
        if (share > 0) {
          throw new UserError(
            `Deployment "${asked}" has ${share} % of the traffic of endpoint "${name}". Give its traffic to another deployment first, or remove the endpoint.`,
          );
        }
        const before = deployment.status;
        deployment.status = 'Draining';
        await save({}).catch((error: unknown) => {
          deployment.status = before;
          throw error;
        });
        void discard(deployment).catch((error: unknown) => log(`${asked}: ${(error as Error).message}`));
      }),
    logTail: (deployment, lines) => deployments.get(deployment)?.log.tail(lines) ?? [],
    remove: () =>
      inTurn(async () => {
        isRemoved = true;
        await Promise.all([...deployments.values()].map((deployment) => discard(deployment)));
        await capture.flush();
        await rm(store.path(...endpointFile(name)), { force: true });
        await rm(store.path('gateway', 'deployments', name), { recursive: true, force: true });
      }),
    shutdown: async () => {
      await Promise.all([...deployments.values()].map((deployment) => deployment.drain()));
      await capture.flush();
    },
  };
}

/** The same deployment again is fine (false: nothing was created); another one of that name is not. */
function refuseOther(existing: Deployment, spec: DeploymentSpec): false {
  if (existing.status === 'Draining') {
    throw new UserError(`Deployment "${spec.deployment}" is just being removed. Run the step again in a moment.`);
  }
  if (identityOf(existing.spec) === identityOf(spec)) return false;
  throw new UserError(
    `There is a deployment "${spec.deployment}" with another configuration already. Deployments do not change: choose another name in \`deployment\`.`,
  );
}

/** All that makes a deployment what it is; search paths and locale may differ between the runs that ask for it. */
function identityOf({ machine: _, ...spec }: DeploymentSpec): string {
  return canonicalJson(spec as unknown as Parameters<typeof canonicalJson>[0]);
}

function statusOf(serving: readonly Deployment[], all: readonly Deployment[]): EndpointState['status'] {
  if (serving.length === 0) return 'Creating';
  if (serving.some(({ readyReplicas, settled }) => readyReplicas === 0 && settled)) return 'Failed';
  const isSettled = all.every(({ status, settled }) => status === 'Failed' || (status === 'InService' && settled));
  return isSettled ? 'InService' : 'Updating';
}

/** Whether the store knows an endpoint of that name, served or not. */
export function hasDocument(store: Store, endpoint: string): boolean {
  return existsSync(store.path(...endpointFile(endpoint)));
}

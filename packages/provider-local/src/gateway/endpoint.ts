import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { endingOf, type Series, UserError } from '@mlops-actions/core';
import {
  areSameShares,
  type EndpointState,
  holderOf,
  type MeasureRequest,
  promotedAfter,
  requireTraffic,
  type Shares,
  type Traffic,
  takenName,
  withoutZeros,
} from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';
import { type Capture, createCapture } from './capture.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import {
  type DeploymentSpec,
  deploymentFolder,
  type EndpointDocument,
  endpointFile,
  identityOf,
  type Kept,
  keptOf,
  type StoredSettings,
} from './endpoint-document.ts';
import { type LocalEndpointState, stateOf, statusOf } from './endpoint-state.ts';
import { metricsText } from './metrics-text.ts';
import { type Mirror, mirrorTo } from './mirror.ts';
import type { ReplicaJournal } from './replica-journal.ts';
import { currentOverrides, overridesFor } from './replica-overrides.ts';
import { type Schedule, weightedSchedule } from './schedule.ts';
import { changedTags, type TagChange } from './tags.ts';
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
  /** Who gets copies of the requests that callers send to the endpoint at large. */
  readonly mirror: Mirror | undefined;
  state(url: string): LocalEndpointState;
  measure(request: MeasureRequest): Readonly<Record<string, Series>>;
  /** In Prometheus' text format. */
  metricsText(): string;
  /** The deployment for the next request, or the one asked for; undefined when there is none to take it. */
  choose(asked: string | undefined): Deployment | undefined;
  /** Whether every deployment with traffic has a ready replica. */
  isHealthy(): boolean;
  configure(settings: StoredSettings): Promise<void>;
  /** Starts a deployment from the files in `staged`; false when it is there already. Does not wait until it is healthy. */
  deploy(spec: DeploymentSpec, staged: string, replicas?: number): Promise<boolean>;
  /** False, and nothing is changed, when the shares are not the expected ones. Copies end unless they are asked for again. */
  setTraffic(traffic: Traffic, expected: Shares | undefined): Promise<boolean>;
  /** The same for no traffic at all. */
  clearTraffic(expected: Shares | undefined): Promise<boolean>;
  /** Tells the deployments in `counts` to run so many replicas and all others as many as they were made for. False like `setTraffic`. */
  setReplicas(counts: Readonly<Record<string, number>>, expected: Shares): Promise<boolean>;
  /** False, and nothing is changed, when the tags are not as expected. */
  setTags(change: TagChange): Promise<boolean>;
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
  const { name } = document;
  const deployments = new Map<string, Deployment>();
  let kept = keptOf(document);
  let schedule: Schedule | undefined;
  let mirror: Mirror | undefined;
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

  const inService = (): Deployment[] => [...deployments.values()].filter(({ status }) => status === 'InService');
  const namesInService = (): string[] => inService().map(({ spec }) => spec.deployment);

  const save = async (
    changes: Partial<Kept>,
    all: readonly Deployment[] = inService(),
    replicas = currentOverrides(all),
  ): Promise<void> => {
    const next = { ...kept, ...changes };
    const specs = all.map(({ spec }) => spec);
    const whole: EndpointDocument = { format: 1, name, ...next, deployments: specs, replicas };
    await store.write(endpointFile(name), whole);
    kept = next;
  };

  const folderOf = (deployment: string): string => deploymentFolder(store, name, deployment);
  const build = (spec: DeploymentSpec, override: Deployment['override']): Deployment =>
    createDeployment(spec, { ...surroundings, folder: folderOf(spec.deployment), override });

  /** Requests go where the kept traffic says. */
  const route = (): void => {
    schedule = weightedSchedule(kept.traffic);
    mirror?.end();
    const copied = deployments.get(kept.mirror?.deployment ?? '');
    mirror = copied === undefined ? undefined : mirrorTo(copied, kept.mirror?.percent ?? 0);
  };

  const isExpected = (expected: Shares | undefined): boolean =>
    expected === undefined || areSameShares(expected, kept.traffic);
  const giveTraffic = async ({ shares, mirror: copies }: Traffic): Promise<true> => {
    const traffic = withoutZeros(shares);
    await save({ traffic, mirror: copies, promoted: promotedAfter(kept.promoted, kept.traffic, traffic) });
    route();
    return true;
  };

  /** Brings a new deployment into service, or leaves it `Failed` with nothing running and the reason to be read. */
  const begin = async (deployment: Deployment): Promise<void> => {
    try {
      await deployment.begin();
      await inTurn(async () => {
        if (deployment.status !== 'Creating' || isRemoved) return;
        await save({}, [...inService(), deployment]);
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

  const serving = (): Deployment[] =>
    [...deployments.values()].filter(({ spec }) => (kept.traffic[spec.deployment] ?? 0) > 0);

  for (const spec of document.deployments) {
    const deployment = build(spec, document.replicas?.[spec.deployment]);
    deployment.status = 'InService';
    deployments.set(spec.deployment, deployment);
    deployment.restore();
  }
  route();

  const capture = createCapture(
    store,
    name,
    () => ({ percent: kept.settings.capturePercent, limitBytes: kept.settings.captureLimitBytes }),
    log,
  );

  return {
    name,
    get settings() {
      return kept.settings;
    },
    get mirror() {
      return mirror;
    },
    capture,
    state: (url) => ({
      name,
      url,
      status: isRemoved ? 'Updating' : statusOf(serving(), [...deployments.values()]),
      deployments: [...deployments.values()].map((deployment) => stateOf(deployment, kept.traffic)),
      tags: kept.tags,
      ...(kept.mirror === undefined ? {} : { mirror: kept.mirror }),
      promoted: kept.promoted.filter((deployment) => deployment !== holderOf(kept.traffic)),
      capture: captureOf(kept.settings, capture),
    }),
    measure: (request) =>
      Object.fromEntries([...deployments].map(([deployment, { metrics }]) => [deployment, metrics.measure(request)])),
    metricsText: () =>
      metricsText(
        name,
        [...deployments.values()].map((deployment) => ({
          ...stateOf(deployment, kept.traffic),
          inFlight: deployment.inFlight,
          totals: deployment.metrics.totals,
        })),
      ),
    choose: (asked) => {
      if (isRemoved) return undefined;
      const deployment = deployments.get(asked ?? schedule?.next() ?? '');
      return deployment?.status === 'InService' ? deployment : undefined;
    },
    isHealthy: () => !isRemoved && serving().length > 0 && serving().every(({ readyReplicas }) => readyReplicas > 0),
    configure: (settings) => change(() => save({ settings })),
    deploy: (spec, staged, replicas) =>
      change(async () => {
        const existing = deployments.get(spec.deployment);
        if (existing !== undefined && existing.status !== 'Failed') return refuseOther(existing, spec);
        if (existing !== undefined) await discard(existing);
        const folder = folderOf(spec.deployment);
        await rm(folder, { recursive: true, force: true });
        await mkdir(dirname(folder), { recursive: true });
        await rename(staged, folder);
        const deployment = build(
          spec,
          replicas === undefined ? undefined : { count: replicas, before: spec.autoscaling.minReplicas },
        );
        deployments.set(spec.deployment, deployment);
        void begin(deployment);
        return true;
      }),
    setTraffic: (traffic, expected) =>
      change(async () => {
        if (!isExpected(expected)) return false;
        requireTraffic(name, traffic, namesInService());
        return giveTraffic(traffic);
      }),
    clearTraffic: (expected) => change(async () => isExpected(expected) && giveTraffic({ shares: {} })),
    setReplicas: (counts, expected) =>
      change(async () => {
        if (!isExpected(expected)) return false;
        const overrides = overridesFor(name, counts, inService());
        await save({}, inService(), overrides);
        for (const deployment of inService()) deployment.resize(overrides[deployment.spec.deployment]);
        return true;
      }),
    setTags: (asked) =>
      change(async () => {
        const tags = changedTags(kept.tags, asked);
        if (tags !== undefined) await save({ tags });
        return tags !== undefined;
      }),
    removeDeployment: (asked) =>
      change(async () => {
        const deployment = deployments.get(asked);
        if (deployment === undefined || deployment.status === 'Draining') return;
        const share = kept.traffic[asked] ?? 0;
        if (share > 0) {
          throw new UserError(
            `Deployment "${asked}" has ${share} % of the traffic of endpoint "${name}". Give its traffic to another deployment first, or remove the endpoint.`,
          );
        }
        const before = deployment.status;
        deployment.status = 'Draining';
        const isMirrored = kept.mirror?.deployment === asked;
        await save(isMirrored ? { mirror: undefined } : {}).catch((error: unknown) => {
          deployment.status = before;
          throw error;
        });
        if (isMirrored) route();
        void discard(deployment).catch((error: unknown) => log(`${asked}: ${(error as Error).message}`));
      }),
    logTail: (deployment, lines) => deployments.get(deployment)?.log.tail(lines) ?? [],
    remove: () =>
      inTurn(async () => {
        isRemoved = true;
        mirror?.end();
        await Promise.all([...deployments.values()].map((deployment) => discard(deployment)));
        await capture.flush();
        await rm(store.path(...endpointFile(name)), { force: true });
        await rm(store.path('gateway', 'deployments', name), { recursive: true, force: true });
      }),
    shutdown: async () => {
      mirror?.end();
      await Promise.all([...deployments.values()].map((deployment) => deployment.drain()));
      await capture.flush();
    },
  };
}

function captureOf({ capturePercent }: StoredSettings, { newestAt }: Capture): EndpointState['capture'] {
  return { percent: capturePercent, ...(newestAt === undefined ? {} : { newestAt }) };
}

/** The same deployment again is fine (false: nothing was created); another one of that name is not. */
function refuseOther(existing: Deployment, spec: DeploymentSpec): false {
  if (existing.status === 'Draining') {
    throw new UserError(`Deployment "${spec.deployment}" is just being removed. Run the step again in a moment.`);
  }
  if (identityOf(existing.spec) === identityOf(spec)) return false;
  throw new UserError(takenName(spec));
}

/** Whether the store knows an endpoint of that name, served or not. */
export function hasDocument(store: Store, endpoint: string): boolean {
  return existsSync(store.path(...endpointFile(endpoint)));
}

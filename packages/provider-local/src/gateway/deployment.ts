import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Autoscaling, DeploymentState } from '@mlops-actions/provider';
import { decideReplicas, type ScalingMemory } from './autoscale.ts';
import type { DeploymentSpec, ReplicaOverride } from './endpoint-document.ts';
import { type LineLog, lineLog } from './line-log.ts';
import { type DeploymentMetrics, deploymentMetrics } from './metrics.ts';
import type { Gauges } from './metrics-bucket.ts';
import { isFree } from './ports.ts';
import { ping, type Replica, type ReplicaPlan, startReplica } from './replica.ts';
import type { ReplicaJournal } from './replica-journal.ts';
import type { Timings } from './timings.ts';

/** One model version serving: its replicas, kept at the number that the load wants. */
export interface Deployment {
  readonly spec: DeploymentSpec;
  readonly metrics: DeploymentMetrics;
  readonly log: LineLog;
  status: DeploymentState['status'];
  /** Why it failed, or how a replica last ended. */
  reason: string | undefined;
  /** False until every replica of the first start was ready or ended once. */
  readonly settled: boolean;
  readonly readyReplicas: number;
  readonly desiredReplicas: number;
  /** For so long no replica has been ready, in milliseconds; undefined while one is. */
  readonly unreadyMs: number | undefined;
  readonly override: ReplicaOverride | undefined;
  /** Requests in flight over all replicas. */
  readonly inFlight: number;
  /** Runs so many replicas from now on, or, without an override, as many as it was made for. Those that it has stay as far as they fit. */
  resize(override: ReplicaOverride | undefined): void;
  /** Starts the replicas; resolves once all of the minimum are ready, rejects as soon as one of them ends or is too slow. */
  begin(): Promise<void>;
  /** Starts the replicas and goes on trying when they end. */
  restore(): void;
  /** The ready replica with the fewest requests in flight, without those that were tried already. */
  pick(tried: ReadonlySet<Replica>): Replica | undefined;
  /** No replica gets a new request; each is stopped after its last answer. Resolves once all are gone. */
  drain(): Promise<void>;
}

export interface DeploymentSurroundings {
  /** Holds `model/`, `code/` and the log. */
  readonly folder: string;
  readonly journal: ReplicaJournal;
  readonly timings: Timings;
  readonly override?: ReplicaOverride | undefined;
}

/** One place for a replica; the process in it may change. */
interface Slot {
  replica: Replica | undefined;
  ready: boolean;
  /** Aborts when the slot is given up. */
  readonly leaving: AbortController;
  /** Resolves once the slot is given up and its process gone. */
  gone: Promise<void>;
}

/** How a replica's time ended, and whether it had been ready. */
interface Ended {
  readonly words: string;
  readonly wasReady: boolean;
  readonly portTaken?: boolean;
}

/** A replica that served so long without dying gets the short restart delay again. */
const steadyMs = 60_000;
/** Often enough that no second is without a sample. */
const sampleMs = 500;

export function createDeployment(
  spec: DeploymentSpec,
  { folder, journal, timings, ...made }: DeploymentSurroundings,
): Deployment {
  const log = lineLog(join(folder, 'log.txt'));
  const metrics = deploymentMetrics();
  const plan = planOf(spec, folder, log, journal);
  const slots = new Set<Slot>();
  let scaling: ScalingMemory = {};
  let scaler: NodeJS.Timeout | undefined;
  let override = made.override;
  let unreadySince: number | undefined = performance.now();

  const limits = (): Autoscaling =>
    override === undefined
      ? spec.autoscaling
      : { ...spec.autoscaling, minReplicas: override.count, maxReplicas: override.count };
  const staying = (): Slot[] => [...slots].filter((slot) => !slot.leaving.signal.aborted);
  const inFlight = (): number => [...slots].reduce((sum, slot) => sum + (slot.replica?.inFlight ?? 0), 0);

  const setReady = (slot: Slot, isReady: boolean): void => {
    slot.ready = isReady;
    unreadySince = staying().some(({ ready }) => ready) ? undefined : (unreadySince ?? performance.now());
  };

  /** Runs one process in the slot from start to end. */
  const occupy = async (slot: Slot, onReady: () => void): Promise<Ended> => {
    const replica = await startReplica(plan);
    slot.replica = replica;
    try {
      return await lifeOf(slot, replica, onReady);
    } finally {
      setReady(slot, false);
      await replica.stop(timings.stopGraceMs);
      slot.replica = undefined;
    }
  };

  const lifeOf = async (slot: Slot, replica: Replica, onReady: () => void): Promise<Ended> => {
    const { signal } = slot.leaving;
    const failure = await untilReady(replica, spec.startupTimeoutSeconds * 1000, timings, signal);
    if (failure !== undefined) {
      return { words: failure, wasReady: false, portTaken: replica.isGone && !(await isFree(replica.port)) };
    }
    setReady(slot, !signal.aborted);
    onReady();
    const words = await untilUnfit(replica, timings, signal);
    setReady(slot, false);
    if (signal.aborted) await Promise.race([replica.idle(), replica.ended]);
    return { words, wasReady: true };
  };

  /** Keeps a process in the slot until it is given up. With `giveUp`, one that ends before it was ready ends the slot. */
  const keep = async (slot: Slot, onReady: () => void, giveUp?: (reason: string) => void): Promise<void> => {
    const { signal } = slot.leaving;
    let delay = timings.restartDelayMs;
    let wasEverReady = false;
    let portsTaken = 0;
    while (!signal.aborted) {
      const began = performance.now();
      const end = await occupy(slot, onReady);
      if (signal.aborted) return;
      self.reason = `A replica ${end.words}.`;
      log.line(`[gateway] ${self.reason}`);
      wasEverReady ||= end.wasReady;
      if (end.portTaken && ++portsTaken < 3) continue;
      if (!wasEverReady && giveUp !== undefined) return giveUp(self.reason);
      metrics.recordRestart();
      if (end.wasReady && performance.now() - began > steadyMs) delay = timings.restartDelayMs;
      await sleep(delay, undefined, { signal }).catch(() => {});
      delay = Math.min(delay * 2, timings.maxRestartDelayMs);
    }
  };

  const addSlot = (onReady: () => void, giveUp?: (reason: string) => void): void => {
    const slot: Slot = { replica: undefined, ready: false, leaving: new AbortController(), gone: Promise.resolve() };
    slots.add(slot);
    slot.gone = keep(slot, onReady, giveUp)
      .catch((error: unknown) => {
        self.reason = `A replica could not be started: ${(error as Error).message}`;
        giveUp?.(self.reason);
      })
      .finally(() => slots.delete(slot));
  };

  const giveUpSlot = (slot: Slot): void => {
    slot.leaving.abort();
    setReady(slot, false);
  };

  const bringTo = (desired: number): void => {
    const present = staying().sort(leastUseful);
    for (let missing = desired - present.length; missing > 0; missing--) addSlot(() => {});
    for (const slot of present.slice(0, Math.max(0, present.length - desired))) giveUpSlot(slot);
  };

  const scale = (): void => {
    const view = { now: performance.now(), replicas: staying().length, inFlight: inFlight() };
    const pace = { sustainMs: timings.scaleSustainMs, cooldownMs: timings.scaleCooldownMs };
    const { desired, memory } = decideReplicas(limits(), pace, scaling, view);
    scaling = memory;
    bringTo(desired);
  };

  const startScaling = (): void => {
    const { minReplicas, maxReplicas } = spec.autoscaling;
    if (maxReplicas > minReplicas) scaler ??= setInterval(scale, timings.scaleTickMs).unref();
  };

  const sample = (): void => metrics.sample(gaugesOf(self));
  const sampler = setInterval(sample, sampleMs).unref();

  const self: Deployment = {
    spec,
    metrics,
    log,
    status: 'Creating',
    reason: undefined,
    get settled() {
      return self.reason !== undefined || self.readyReplicas >= limits().minReplicas;
    },
    get readyReplicas() {
      return staying().filter((slot) => slot.ready).length;
    },
    get desiredReplicas() {
      return staying().length;
    },
    get unreadyMs() {
      return unreadySince === undefined ? undefined : performance.now() - unreadySince;
    },
    get override() {
      return override;
    },
    get inFlight() {
      return inFlight();
    },
    resize: (next) => {
      const { minReplicas, maxReplicas } = spec.autoscaling;
      const restored = Math.max(staying().length, override?.before ?? 0);
      override = next;
      scaling = {};
      bringTo(next?.count ?? Math.min(maxReplicas, Math.max(minReplicas, restored)));
    },
    begin: async () => {
      const { minReplicas } = limits();
      await Promise.all(
        Array.from(
          { length: minReplicas },
          () => new Promise<void>((ready, fail) => addSlot(ready, (reason) => fail(new Error(reason)))),
        ),
      );
      startScaling();
    },
    restore: () => {
      for (let count = 0; count < limits().minReplicas; count++) addSlot(() => {});
      startScaling();
    },
    pick: (tried) => {
      let best: Replica | undefined;
      for (const { ready, replica } of slots) {
        if (!ready || replica === undefined || replica.isGone || tried.has(replica)) continue;
        if (best === undefined || replica.inFlight < best.inFlight) best = replica;
      }
      return best;
    },
    drain: async () => {
      clearInterval(scaler);
      const leaving = [...slots];
      for (const slot of leaving) giveUpSlot(slot);
      await Promise.all(leaving.map((slot) => slot.gone));
      clearInterval(sampler);
      sample();
      await log.flush();
    },
  };
  return self;
}

function gaugesOf({ spec, readyReplicas, desiredReplicas, inFlight }: Deployment): Gauges {
  const gauges = { readyReplicas, desiredReplicas, inFlight };
  const aim = readyReplicas * spec.autoscaling.targetConcurrency;
  return aim === 0 ? gauges : { ...gauges, saturation: inFlight / aim };
}

/** Those that are not ready go first, then those with the fewest requests. */
function leastUseful(a: Slot, b: Slot): number {
  return Number(a.ready) - Number(b.ready) || (a.replica?.inFlight ?? 0) - (b.replica?.inFlight ?? 0);
}

function planOf(spec: DeploymentSpec, folder: string, log: LineLog, journal: ReplicaJournal): ReplicaPlan {
  const model = join(folder, 'model');
  const modelCode = join(model, 'code');
  const ownCode = existsSync(modelCode) ? modelCode : model;
  return {
    command: spec.command,
    cwd: spec.hasCode ? join(folder, 'code') : ownCode,
    environment: { PYTHONUNBUFFERED: '1', ...spec.machine, ...spec.environment, SM_MODEL_DIR: model },
    log,
    journal,
  };
}

/** Undefined once it answers a ping; otherwise why it never will, in words. */
async function untilReady(
  replica: Replica,
  limitMs: number,
  timings: Timings,
  signal: AbortSignal,
): Promise<string | undefined> {
  let ending: string | undefined;
  void replica.ended.then((words) => {
    ending = words;
  });
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    if (signal.aborted) return 'was not needed any more';
    if (ending !== undefined) return `${ending} before it answered GET /ping with 200`;
    const left = Math.max(1, deadline - performance.now());
    if (await ping(replica, Math.min(left, timings.pingTimeoutMs))) return undefined;
    await Promise.race([sleep(timings.startupPollMs, undefined, { signal }).catch(() => {}), replica.ended]);
  }
  return `did not answer GET /ping with 200 within ${limitMs / 1000} s`;
}

/**
 * Resolves when the replica ended, stopped answering, or is not wanted any more. A busy replica is judged by its answers, not by
 * pings: one that works through a long request may well answer nothing else meanwhile.
 */
async function untilUnfit(replica: Replica, timings: Timings, leaving: AbortSignal): Promise<string> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, leaving]);
  void replica.ended.then(() => over.abort());
  while (!signal.aborted) {
    await sleep(timings.pingIntervalMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    if (replica.inFlight === 0)
      replica.failures = (await ping(replica, timings.pingTimeoutMs)) ? 0 : replica.failures + 1;
    if (replica.failures >= timings.failuresBeforeRestart) return `did not answer ${replica.failures} times in a row`;
  }
  return leaving.aborted ? 'was not needed any more' : replica.ended;
}

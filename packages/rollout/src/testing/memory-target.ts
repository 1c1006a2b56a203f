import {
  decodeJournal,
  encodeJournal,
  type Granularity,
  type RolloutJournal,
  type RolloutObservation,
  type Series,
  UserError,
} from '@mlops-actions/core';
import type {
  CallOptions,
  GuardedRequest,
  InvocationAnswer,
  JournalConflict,
  RolloutEngine,
  RolloutMeasureRequest,
  RolloutTarget,
  TrafficShift,
} from '@mlops-actions/provider';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * How a call goes: as it should; without acting; acting, with its answer lost; refused for good; without an answer for ever, before or
 * after it acted; slowly.
 */
export const faults = ['none', 'refused', 'answer-lost', 'final', 'hangs', 'hangs-after', 'slow'] as const;
export type Fault = (typeof faults)[number];

export type CallName =
  | 'observe'
  | 'writeJournal'
  | 'provision'
  | 'probe'
  | 'measure'
  | 'retire'
  | 'shift'
  | 'start'
  | 'abort';

export interface Call {
  readonly name: CallName;
  readonly at: number;
  readonly signal: AbortSignal | undefined;
}

/** How a deployment does. */
export interface Behaviour {
  /** Of its requests. */
  readonly errors: number;
  readonly milliseconds: number;
}

/** Longer than a call usually takes, shorter than anybody waits for it. */
const slowMilliseconds = 40_000;

/** An endpoint in memory, with traffic, figures and calls that fail. */
export class MemoryTarget implements RolloutTarget {
  readonly calls: Call[] = [];
  /** What becomes of a call; its number counts from 0. */
  fault: (name: CallName, number: number) => Fault = () => 'none';
  /** Called as each call begins. */
  onCall: (name: CallName, number: number) => void = () => {};
  status: RolloutObservation['status'] = 'in-service';
  tags: Record<string, string> = {};
  mirror = 0;
  requestsPerSecond = 20;
  readonly deployments = new Map<string, { healthy: boolean; replicas?: number }>();
  readonly behaviours: Record<string, Behaviour> = {};
  readonly shifts: (TrafficShift & { readonly at: number })[] = [];
  /** What the cloud does by itself with the traffic. */
  cloud: { readonly ends: number; readonly to: Record<string, number> } | undefined;
  cloudRollsBack = false;
  readonly engine: RolloutEngine;
  private readonly clock: VirtualClock;
  private readonly history: { readonly from: number; readonly shares: Record<string, number> }[] = [];
  private readonly probes: { readonly at: number; readonly deployment: string }[] = [];

  constructor(clock: VirtualClock, stable = 'blue', engine: RolloutEngine['kind'] = 'shares') {
    this.clock = clock;
    if (stable !== '') this.deployments.set(stable, { healthy: true });
    this.setShares(stable === '' ? {} : { [stable]: 100 });
    this.engine =
      engine === 'shares'
        ? { kind: 'shares', shift: (traffic, options) => this.call('shift', options, () => this.shift(traffic)) }
        : {
            kind: 'guarded',
            start: (request, options) => this.call('start', options, () => this.startCloud(request)),
            abort: (name, options) => this.call('abort', options, () => this.abortCloud(name)),
          };
  }

  get shares(): Record<string, number> {
    return this.history.at(-1)?.shares ?? {};
  }

  setShares(shares: Record<string, number>): void {
    this.history.push({ from: this.clock.time, shares });
  }

  journal(): RolloutJournal | undefined {
    return decodeJournal(this.tags);
  }

  look(): RolloutObservation {
    this.cloudWorks();
    const healthy = Object.fromEntries([...this.deployments].map(([name, each]) => [name, each.healthy]));
    return { status: this.status, shares: { ...this.shares }, mirror: this.mirror, healthy };
  }

  preflight = async (): Promise<readonly string[]> => [];
  granularity = async (): Promise<Granularity> => ({ kind: 'weights' });
  readJournal = async (): Promise<RolloutJournal | undefined> => this.journal();
  observe = (options?: CallOptions): Promise<RolloutObservation> => this.call('observe', options, () => this.look());

  writeJournal = (
    journal: RolloutJournal,
    replaces: number,
    options?: CallOptions,
  ): Promise<JournalConflict | undefined> =>
    this.call('writeJournal', options, () => {
      const found = this.journal();
      if ((found?.revision ?? 0) !== replaces) return found === undefined ? {} : { found };
      this.tags = encodeJournal(journal);
      return undefined;
    });

  provision: RolloutTarget['provision'] = ({ deployment }, options) =>
    this.call('provision', options, () => {
      const replicas = options?.replicas;
      this.deployments.set(deployment, { healthy: true, ...(replicas === undefined ? {} : { replicas }) });
    });

  probe: RolloutTarget['probe'] = (deployment, _, options): Promise<InvocationAnswer> =>
    this.call('probe', options, () => {
      this.probes.push({ at: this.clock.time, deployment });
      return { status: 500, contentType: 'text/plain', body: 'no', milliseconds: 5 };
    });

  measure: RolloutTarget['measure'] = (request, options) =>
    this.call('measure', options, () => ({
      candidate: this.seriesOf(request.candidate, request),
      ...(request.stable === '' ? {} : { stable: this.seriesOf(request.stable, request) }),
    }));

  retire = (deployment: string, options?: CallOptions): Promise<void> =>
    this.call('retire', options, () => {
      if ((this.shares[deployment] ?? 0) > 0) throw new UserError(`${deployment} has traffic. Give it to another.`);
      this.deployments.delete(deployment);
    });

  private shift(traffic: TrafficShift): void {
    const { stable, candidate, share, mirror, expected } = traffic;
    const now = this.shares[candidate] ?? 0;
    if (!expected.includes(now)) throw new UserError(`${candidate} has ${now} %, not ${expected.join(' or ')}.`);
    if (share > 0 && !this.deployments.has(candidate)) throw new UserError(`There is no ${candidate}.`);
    if (share < 100 && stable !== '' && !this.deployments.has(stable)) throw new UserError(`There is no ${stable}.`);
    this.shifts.push({ ...traffic, at: this.clock.time });
    this.setShares({ ...(stable === '' ? {} : { [stable]: 100 - share }), [candidate]: share });
    this.mirror = mirror;
  }

  private startCloud({ candidate: { deployment }, revision }: GuardedRequest): void {
    if (this.journal()?.revision !== revision)
      throw new UserError(`The journal is not at revision ${revision} any more.`);
    const [stable = ''] = Object.keys(this.shares);
    this.deployments.set(deployment, { healthy: true });
    this.status = 'updating';
    this.setShares({ [stable]: 90, [deployment]: 10 });
    this.cloud = {
      ends: this.clock.elapsed + 600_000,
      to: this.cloudRollsBack ? { [stable]: 100 } : { [deployment]: 100 },
    };
  }

  private abortCloud(stable: string): void {
    if (this.shares[stable] === 100 && this.cloud === undefined) return;
    this.status = 'updating';
    this.cloud = { ends: this.clock.elapsed + 120_000, to: { [stable]: 100 } };
  }

  private cloudWorks(): void {
    if (this.cloud === undefined || this.cloud.ends > this.clock.elapsed) return;
    this.setShares(this.cloud.to);
    this.status = 'in-service';
    this.cloud = undefined;
  }

  private async call<T>(name: CallName, options: CallOptions | undefined, act: () => T): Promise<T> {
    const number = this.calls.length;
    const signal = options?.signal;
    this.calls.push({ name, at: this.clock.elapsed, signal });
    const fault = this.fault(name, number);
    this.onCall(name, number);
    await this.clock.sleep(fault === 'slow' ? slowMilliseconds : 200, signal);
    if (fault === 'refused') throw new Error('the connection broke');
    if (fault === 'final') throw new UserError('It is forbidden. Allow it.');
    if (fault === 'hangs') return new Promise<never>(() => {});
    const answer = act();
    if (fault === 'answer-lost') throw new Error('the connection broke');
    return fault === 'hangs-after' ? new Promise<never>(() => {}) : answer;
  }

  private seriesOf(deployment: string, { from, to, windowSeconds }: RolloutMeasureRequest): Series {
    const length = windowSeconds * 1000;
    const first = Math.ceil(from / length) * length;
    const count = Math.max(0, Math.floor((Math.min(to, this.clock.time) - first) / length));
    const { errors, milliseconds } = this.behaviours[deployment] ?? { errors: 0.001, milliseconds: 100 };
    return {
      windows: Array.from({ length: count }, (_, index) => {
        const start = first + index * length;
        const share = this.history.findLast((each) => each.from <= start)?.shares[deployment] ?? 0;
        const probed = this.probes.filter(
          (probe) => probe.deployment === deployment && probe.at >= start && probe.at < start + length,
        );
        const requests = Math.round((this.requestsPerSecond * windowSeconds * share) / 100) + probed.length;
        return {
          from: start,
          to: start + length,
          requests,
          serverErrors: Math.round(requests * errors),
          ...(requests === 0 ? {} : { latency: { p95: milliseconds + (index % 3) } }),
        };
      }),
    };
  }
}

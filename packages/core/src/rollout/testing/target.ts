import { decodeJournal, encodeJournal, type RolloutJournal } from '../journal.ts';
import type { Series } from '../measurement.ts';
import type { RolloutCommand, RolloutEvent, RolloutObservation } from '../state.ts';

/** How a call goes: as it should, without acting, or acting with its answer lost. */
export type Fault = 'none' | 'refused' | 'answer-lost';

/** How the candidate does in the next look. */
export type Health = 'good' | 'errors' | 'down' | 'idle' | 'blind';

/** An endpoint in memory, with a clock of its own. */
export class FakeTarget {
  now = 1_700_000_000_000;
  shares: Record<string, number>;
  mirror = 0;
  readonly deployments: Set<string>;
  tags: Record<string, string> = {};
  status: RolloutObservation['status'] = 'in-service';
  stableHealthy = true;
  /** The cloud's own rollout: what it ends at, after so many looks. */
  cloud: { readonly to: Record<string, number>; looks: number } | undefined;
  cloudRollsBack = false;
  readonly stable: string;

  constructor(stable: string) {
    this.stable = stable;
    this.shares = stable === '' ? {} : { [stable]: 100 };
    this.deployments = new Set(stable === '' ? [] : [stable]);
  }

  journal(): RolloutJournal | undefined {
    return decodeJournal(this.tags);
  }

  observation(): RolloutObservation {
    return {
      status: this.status,
      shares: { ...this.shares },
      mirror: this.mirror,
      healthy: { [this.stable]: this.stableHealthy, green: this.deployments.has('green') },
    };
  }

  perform(command: RolloutCommand, fault: Fault, health: Health): RolloutEvent {
    this.now += 1000;
    if (command.kind === 'wait') this.now = Math.max(this.now, command.until);
    const lost = { kind: 'failed', of: command.id, at: this.now, reason: 'the connection broke' } as const;
    if (fault === 'refused' && command.kind !== 'wait') return lost;
    const event = this.act(command, health);
    return fault === 'answer-lost' && command.kind !== 'wait' ? lost : event;
  }

  private act(command: RolloutCommand, health: Health): RolloutEvent {
    const answer = { of: command.id, at: this.now };
    switch (command.kind) {
      case 'write-journal': {
        const found = this.journal();
        if ((found?.revision ?? 0) !== command.replaces) return { kind: 'conflict', ...answer, found };
        this.tags = encodeJournal(command.journal);
        return { kind: 'done', ...answer };
      }
      case 'observe':
        this.cloudWorks();
        return { kind: 'observed', ...answer, observation: this.observation() };
      case 'provision':
        this.deployments.add('green');
        return { kind: 'done', ...answer };
      case 'shift':
        if (command.share > 0 && !this.deployments.has('green')) throw new Error('Traffic goes to nobody.');
        this.shares = { ...(this.stable === '' ? {} : { [this.stable]: 100 - command.share }), green: command.share };
        this.mirror = command.mirror;
        return { kind: 'done', ...answer };
      case 'start-guarded':
        this.status = 'updating';
        this.shares = { [this.stable]: 90, green: 10 };
        this.cloud = { to: this.cloudRollsBack ? { [this.stable]: 100 } : { green: 100 }, looks: 4 };
        return { kind: 'done', ...answer };
      case 'abort-guarded':
        this.status = 'updating';
        this.cloud = { to: { [this.stable]: 100 }, looks: 2 };
        return { kind: 'done', ...answer };
      case 'retire':
        if ((this.shares[command.deployment] ?? 0) > 0) throw new Error(`${command.deployment} has traffic.`);
        this.deployments.delete(command.deployment);
        return { kind: 'done', ...answer };
      case 'measure':
        if (health === 'blind') return { kind: 'failed', ...answer, reason: 'throttled' };
        return { kind: 'measured', ...answer, measured: measuredAs(health, command.from, command.to, this.stable) };
      default:
        return { kind: 'done', ...answer };
    }
  }

  private cloudWorks(): void {
    if (this.cloud === undefined) return;
    this.cloud.looks--;
    if (this.cloud.looks > 0) return;
    this.shares = this.cloud.to;
    this.status = 'in-service';
    this.cloud = undefined;
  }
}

function measuredAs(health: Health, from: number, to: number, stable: string) {
  const share = { good: 0.001, errors: 0.08, down: 0.9, idle: 0, blind: 0 }[health];
  const other = seriesOf(from, to, 900, 0.001);
  return {
    candidate: seriesOf(from, to, health === 'idle' ? 0 : 100, share),
    ...(stable === '' ? {} : { stable: other }),
    custom: [],
  };
}

function seriesOf(from: number, to: number, requests: number, errors: number): Series {
  const minute = 60_000;
  const count = Math.max(1, Math.floor((to - from) / minute));
  return {
    windows: Array.from({ length: count }, (_, index) => ({
      from: from + index * minute,
      to: from + (index + 1) * minute,
      requests,
      serverErrors: Math.round(requests * errors),
      ...(requests === 0 ? {} : { latency: { p95: 100 + (index % 3) } }),
    })),
  };
}

import type { Clock } from '@mlops-actions/core';
import type { Alarms } from './alarms.ts';
import { invalid } from './aws-error.ts';
import type { Endpoint, Fleet, Pending } from './endpoints.ts';
import type { Body } from './part.ts';

/** Why an update was taken back; a guardrail's rollback has no reason. */
export interface Fault {
  readonly reason?: string;
}

export interface GuardedTools {
  readonly clock: Clock;
  readonly alarms: Alarms;
  /** Whether nobody waits for it any more. */
  readonly isOver: () => boolean;
  /** Starts what the fleets lack of so many instances each, of what they are to have where none is said; resolves with what is wrong. */
  build(endpoint: Endpoint, fleets: readonly Fleet[], count?: number): Promise<Fault | undefined>;
  /** Ends instances after their last answers. */
  end(fleets: readonly Fleet[], count: number): Promise<void>;
}

/** How long it takes until instances get traffic, in seconds of its clock. */
const activation = 1;

/** What SageMaker refuses before it begins (the ranges of its API model of 2026-08 and its guide's exclusions). */
export function refuseIllegal(deployment: Body, old: readonly Fleet[], fresh: readonly Fleet[]): void {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = deployment;
  if ((blueGreen === undefined) === (rolling === undefined)) {
    throw invalid('DeploymentConfig must have exactly one of BlueGreenUpdatePolicy and RollingUpdatePolicy.');
  }
  if (namesOf(old) !== namesOf(fresh)) {
    throw invalid('The new endpoint configuration must have the same variant names as the old one.');
  }
  const { TrafficRoutingConfiguration: routing = {}, TerminationWaitInSeconds: last = 0 } = blueGreen ?? {};
  const counts = fresh.map(({ desiredCount }) => desiredCount);
  const sizes = { canary: routing.CanarySize, linear: routing.LinearStepSize, batch: rolling?.MaximumBatchSize };
  const ranges = { canary: [1, 50], linear: [10, 50], batch: [5, 50] } as const;
  for (const kind of ['canary', 'linear', 'batch'] as const) {
    if (sizes[kind] === undefined) continue;
    const [least, most] = ranges[kind];
    const percents = counts.map((count) => percentOf(sizes[kind], count));
    if (percents.some((percent) => percent < least || percent > most)) {
      throw invalid(`The ${kind} size must be from ${least} to ${most} percent of the instances.`);
    }
  }
  const kinds: Readonly<Record<string, keyof typeof sizes>> = { CANARY: 'canary', LINEAR: 'linear' };
  const needed = blueGreen === undefined ? 'batch' : kinds[routing.Type];
  if (needed !== undefined && sizes[needed] === undefined) throw invalid(`The ${needed} size is missing.`);
  const { MaximumExecutionTimeoutInSeconds: limit = 28_800 } = blueGreen ?? rolling;
  const count = Math.max(...counts);
  const waits =
    rolling === undefined
      ? (stepsOf(routing, count).length - 1) * routing.WaitIntervalInSeconds + last
      : Math.ceil(count / instancesOf(rolling.MaximumBatchSize, count)) * rolling.WaitIntervalInSeconds;
  if (waits >= limit) throw invalid('MaximumExecutionTimeoutInSeconds must exceed the waits.');
}

/**
 * Moves the traffic to the new fleets step by step while the alarms are quiet. Resolves with undefined once they have all of it, and with a
 * fault once the old ones have it again.
 */
export async function guardedUpdate(
  endpoint: Endpoint,
  pending: Pending,
  deployment: Body,
  tools: GuardedTools,
): Promise<Fault | undefined> {
  const {
    BlueGreenUpdatePolicy: blueGreen,
    RollingUpdatePolicy: rolling,
    AutoRollbackConfiguration: rollback,
  } = deployment;
  const limit = (blueGreen ?? rolling).MaximumExecutionTimeoutInSeconds ?? 28_800;
  const until = tools.clock.now().getTime() + limit * 1000;
  const names: string[] = (rollback?.Alarms ?? []).map(({ AlarmName }: Body) => AlarmName);
  /** Resolves with whether the wait passed in peace. */
  const bake = async (wait: number, message: string): Promise<boolean> => {
    show(pending, tools.clock, 'Baking', message);
    const end = tools.clock.now().getTime() + wait * 1000;
    for (;;) {
      const now = tools.clock.now().getTime();
      if (names.some((name) => tools.alarms.state(name) === 'ALARM') || now > until || tools.isOver()) return false;
      if (now >= end) return true;
      await tools.clock.sleep(Math.min(1000, end - now));
    }
  };
  return rolling === undefined
    ? blueGreenUpdate(endpoint, pending, blueGreen, tools, bake)
    : rollingUpdate(endpoint, pending, rolling, tools, bake);
}

type Bake = (wait: number, message: string) => Promise<boolean>;

async function blueGreenUpdate(
  endpoint: Endpoint,
  pending: Pending,
  { TrafficRoutingConfiguration: routing, TerminationWaitInSeconds: last = 0 }: Body,
  tools: GuardedTools,
  bake: Bake,
): Promise<Fault | undefined> {
  const fault = await tools.build(endpoint, pending.fleets);
  if (fault !== undefined) return fault;
  const count = Math.max(...pending.fleets.map(({ desiredCount }) => desiredCount));
  for (const instances of stepsOf(routing, count)) {
    show(pending, tools.clock, 'ActivatingTraffic');
    await tools.clock.sleep(activation * 1000);
    shift(endpoint, pending, instances / count);
    const isLast = instances === count;
    const [wait, what] = isLast
      ? [last, 'TerminationWaitInSeconds']
      : [routing.WaitIntervalInSeconds, 'WaitIntervalInSeconds'];
    const capacity = routing.Type === 'CANARY' && !isLast ? 'canary capacity' : isLast ? 'full capacity' : 'capacity';
    if (
      await bake(
        wait,
        `Baking for ${wait} seconds (${what}) with traffic enabled on ${capacity} of ${instances} instance(s).`,
      )
    )
      continue;
    shift(endpoint, pending, 0);
    show(pending, tools.clock, 'Deleting');
    return {};
  }
  return undefined;
}

async function rollingUpdate(
  endpoint: Endpoint,
  pending: Pending,
  { MaximumBatchSize, WaitIntervalInSeconds: wait }: Body,
  tools: GuardedTools,
  bake: Bake,
): Promise<Fault | undefined> {
  const [fresh, old] = [pending.fleets, endpoint.fleets];
  const [fleet, before] = [fresh[0] as Fleet, old[0] as Fleet];
  const [count, had] = [fleet.desiredCount, before.desiredCount];
  const batch = instancesOf(MaximumBatchSize, count);
  let fault: Fault | undefined;
  for (let done = 0; done < count && fault === undefined; ) {
    done = Math.min(count, done + batch);
    show(pending, tools.clock, 'Creating');
    fault = await tools.build(endpoint, fresh, done);
    if (fault !== undefined) break;
    show(pending, tools.clock, 'ActivatingTraffic');
    await tools.clock.sleep(activation * 1000);
    shift(endpoint, pending, done / count);
    await tools.end(old, Math.max(0, Math.ceil(had * (1 - done / count))));
    const message = `Baking for ${wait} seconds (WaitIntervalInSeconds) with traffic enabled on capacity of ${done} instance(s).`;
    if (!(await bake(wait, message))) fault = {};
  }
  if (fault === undefined) return undefined;
  await tools.build(endpoint, old);
  shift(endpoint, pending, 0);
  return fault;
}

/** How many instances have traffic at each step. */
function stepsOf({ Type, CanarySize, LinearStepSize }: Body, count: number): number[] {
  if (Type === 'CANARY') return [instancesOf(CanarySize, count), count];
  if (Type !== 'LINEAR') return [count];
  const size = instancesOf(LinearStepSize, count);
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => Math.min(count, size * (index + 1)));
}

function instancesOf({ Type, Value }: Body, count: number): number {
  return Type === 'INSTANCE_COUNT' ? Value : Math.max(1, Math.round((count * Value) / 100));
}

function percentOf({ Type, Value }: Body, count: number): number {
  return Type === 'INSTANCE_COUNT' ? (100 * Value) / count : Value;
}

function shift(endpoint: Endpoint, pending: Pending, share: number): void {
  pending.share = share;
  for (const fleet of [...endpoint.fleets, ...pending.fleets]) fleet.sent = 0;
}

function show(pending: Pending, clock: Clock, status: Pending['status']['name'], message?: string): void {
  pending.status = { name: status, since: clock.now(), ...(message === undefined ? {} : { message }) };
}

function namesOf(fleets: readonly Fleet[]): string {
  return fleets
    .map(({ variant }) => variant.VariantName)
    .sort()
    .join();
}

import {
  type Begin,
  beginRollout,
  defaultSettings,
  planDefaults,
  planRollout,
  type RolloutPlan,
  type RolloutSettings,
  reconcileRollout,
  type Transition,
} from '@mlops-actions/core';
import type { DeploymentRequest } from '@mlops-actions/provider';
import type { Drive, Driven } from '../drive.ts';
import { driveRollout } from '../drive-rollout.ts';
import type { MemoryTarget } from './memory-target.ts';
import type { VirtualClock } from './virtual-clock.ts';

export function planOf(changes: Partial<Parameters<typeof planRollout>[0]> = {}): RolloutPlan {
  return planRollout({
    strategy: 'canary',
    granularity: { kind: 'weights' },
    allowCoarse: false,
    ...planDefaults,
    settleSeconds: 0,
    ...changes,
  });
}

export const shortPlan = planOf({ steps: [10, 100], bakeSeconds: 180, finalBakeSeconds: 180 });

export function settingsOf(changes: Partial<RolloutSettings> = {}): RolloutSettings {
  return {
    ...defaultSettings,
    rollout: 'r1',
    owner: 'run 1',
    stable: 'blue',
    candidate: 'green',
    plan: shortPlan,
    engine: 'shares',
    ...changes,
  };
}

export const green: DeploymentRequest = {
  endpoint: 'shop',
  deployment: 'green',
  model: 'shop@2',
  command: ['serve'],
  environment: {},
  autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 1 },
  startupTimeoutSeconds: 120,
  requestTimeoutSeconds: 60,
};

export interface World {
  readonly clock: VirtualClock;
  readonly target: MemoryTarget;
}

export function begun(begin: Begin): Transition {
  if (begin.kind !== 'begun') throw new Error(`It did not begin: ${JSON.stringify(begin)}`);
  return begin;
}

export function found({ target }: World) {
  return { observation: target.look(), journal: target.journal() };
}

export function begin(world: World, settings: RolloutSettings = settingsOf()): Transition {
  return begun(beginRollout(settings, found(world), world.clock.time));
}

export function driveOf({ target, clock }: World, changes: Partial<Drive> = {}): Drive {
  return { target, candidate: green, clock, signal: new AbortController().signal, ...changes };
}

/** Begins a rollout and drives it to its end. */
export function rollOut(
  world: World,
  settings: Partial<RolloutSettings> = {},
  drive: Partial<Drive> = {},
): Promise<Driven> {
  return driveRollout(begin(world, settingsOf(settings)), driveOf(world, drive));
}

/** What `mode: reconcile` does of another run, long after; undefined when nothing is left to do. */
export async function reconcile(world: World, settings: RolloutSettings, force = false): Promise<Driven | undefined> {
  const found_ = found(world);
  const next = reconcileRollout({ ...settings, owner: 'run 2' }, found_, world.clock.time, force);
  if (next.kind !== 'begun') return undefined;
  const { candidate: _, ...drive } = driveOf(world);
  return driveRollout(next, drive);
}

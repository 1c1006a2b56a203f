import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advance } from './advance.ts';
import { beginRollout, reconcileRollout } from './begin.ts';
import { isOpen } from './journal.ts';
import type { RolloutSettings, RolloutState, Transition } from './state.ts';
import { canaryPlan, rolloutSettings } from './testing/settings.ts';
import { FakeTarget, type Fault, type Health } from './testing/target.ts';

/** What the commands act on: an endpoint, and the driver that is alive, if any. */
interface World {
  readonly target: FakeTarget;
  readonly settings: RolloutSettings;
  driver: RolloutState | undefined;
  commands: Transition['commands'];
  breached: boolean;
  decided: boolean;
}

function adopt(world: World, { state, commands }: Transition): void {
  world.driver = state;
  world.commands = commands;
  // The cloud goes on without a driver: there a breach is known once the journal has it.
  const isKnown = world.settings.engine === 'shares' || world.target.journal()?.phase === 'rolling-back';
  if (state.look?.verdict === 'fail' && isKnown && !world.decided) world.breached = true;
  if (state.ended !== undefined) world.driver = undefined;
}

function step(world: World, fault: Fault, health: Health): void {
  const [command] = world.commands;
  if (world.driver === undefined || command === undefined) return;
  const event = world.target.perform(command, fault, health);
  if (world.target.journal()?.phase === 'draining') world.decided = true;
  adopt(world, advance(world.driver, event));
  holds(world);
}

/** Traffic between the two has an open journal that knows of it. On the way back, which every entry allows, none is waited for. */
function holds({ target, settings }: World): void {
  const journal = target.journal();
  const share = target.shares[settings.candidate] ?? 0;
  if (share === 0 && target.shares[target.stable] === 100) return;
  if (journal === undefined) expect(share).toBe(0);
  else if (isOpen(journal) && settings.engine === 'shares') expect([...journal.shares, 0]).toContain(share);
  else if (!isOpen(journal)) expect(share === 100 || share === 0).toBe(true);
}

function comeAgain(world: World, force: boolean): string {
  const { target, settings } = world;
  const found = { observation: target.observation(), journal: target.journal() };
  const begun = reconcileRollout(settings, found, target.now, force);
  if (begun.kind !== 'begun') return begun.kind === 'ended' ? begun.outcome : begun.kind;
  adopt(world, begun);
  return 'begun';
}

/** A driver that meets no fault works to the end. */
function finish(world: World): void {
  for (let count = 0; world.driver !== undefined; count++) {
    if (count > 500) throw new Error(`It goes on for ever: ${JSON.stringify(world.driver.journal)}`);
    step(world, 'none', 'good');
  }
}

abstract class Act implements fc.Command<object, World> {
  check = (): boolean => true;
  abstract run(model: object, world: World): void;
  abstract toString(): string;
}

/** Several commands, of which the last meets the fault. */
class Work extends Act {
  readonly times: number;
  readonly fault: Fault;
  readonly health: Health;
  constructor(times: number, fault: Fault, health: Health) {
    super();
    this.times = times;
    this.fault = fault;
    this.health = health;
  }
  run(_: object, world: World): void {
    for (let count = 1; count < this.times; count++) step(world, 'none', this.health);
    step(world, this.fault, this.health);
  }
  toString(): string {
    return `work(${this.times}, ${this.fault}, ${this.health})`;
  }
}

class Kill extends Act {
  run(_: object, world: World): void {
    world.driver = undefined;
    world.commands = [];
  }
  toString(): string {
    return 'kill';
  }
}

class Cancel extends Act {
  run(_: object, world: World): void {
    if (world.driver !== undefined) {
      const next = advance(world.driver, { kind: 'cancelled', at: world.target.now });
      adopt(world, next.commands.length > 0 || next.state.ended ? next : { ...next, commands: world.commands });
    }
  }
  toString(): string {
    return 'cancel';
  }
}

class Reconcile extends Act {
  run(_: object, world: World): void {
    if (world.driver === undefined) comeAgain(world, false);
  }
  toString(): string {
    return 'reconcile';
  }
}

class TimePasses extends Act {
  run(_: object, world: World): void {
    if (world.driver === undefined) world.target.now += 1_000_000;
  }
  toString(): string {
    return 'time passes';
  }
}

class StableFalters extends Act {
  run(_: object, world: World): void {
    world.target.stableHealthy = !world.target.stableHealthy;
  }
  toString(): string {
    return 'stable falters or recovers';
  }
}

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fault>('none') },
  { weight: 2, arbitrary: fc.constantFrom<Fault>('refused', 'answer-lost') },
);
const health = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Health>('good') },
  { weight: 3, arbitrary: fc.constantFrom<Health>('errors', 'down', 'idle', 'blind') },
);
const work = fc.tuple(fc.integer({ min: 1, max: 9 }), fault, health).map((each) => new Work(...each));
/** Most of the time the driver works. */
const acts = [
  ...new Array<typeof work>(9).fill(work),
  fc.constantFrom<Act>(new Kill(), new StableFalters(), new Cancel()),
  fc.constantFrom<Act>(new Reconcile(), new TimePasses()),
];

const shortPlan = canaryPlan({ bakeSeconds: 60, finalBakeSeconds: 60, settleSeconds: 0, steps: [10, 100] });
const plans = fc.constantFrom(
  shortPlan,
  canaryPlan({ bakeSeconds: 60, finalBakeSeconds: 60, settleSeconds: 0, strategy: 'all-at-once' }),
  canaryPlan({
    bakeSeconds: 60,
    finalBakeSeconds: 60,
    settleSeconds: 0,
    steps: [50, 100],
    strategy: 'shadow-then-canary',
    shadowPercent: 10,
    shadowSeconds: 60,
  }),
  canaryPlan({
    bakeSeconds: 60,
    finalBakeSeconds: 60,
    settleSeconds: 0,
    strategy: 'rolling',
    granularity: { kind: 'units', units: 3 },
  }),
);

const settingsOf = fc
  .record({
    plan: plans,
    onInconclusive: fc.constantFrom('rollback', 'pause', 'advance'),
    onNoTraffic: fc.constantFrom('probe', 'inconclusive', 'advance', 'rollback'),
    onError: fc.constantFrom('rollback', 'pause'),
    onCancel: fc.constantFrom('rollback', 'leave'),
    canProbe: fc.boolean(),
    deleteOld: fc.boolean(),
  })
  .map(({ plan, canProbe, deleteOld, ...choices }) => {
    const settings = rolloutSettings({ plan, canProbe, deleteOld });
    return {
      ...settings,
      choices: choices as RolloutSettings['choices'],
      times: { ...settings.times, maxHoldSeconds: 120, pauseSeconds: 600 },
    };
  });

function worldOf(settings: RolloutSettings, stable: string, cloudRollsBack = false): World {
  const target = new FakeTarget(stable);
  target.cloudRollsBack = cloudRollsBack;
  const world: World = { target, settings, driver: undefined, commands: [], breached: false, decided: false };
  const begun = beginRollout(settings, { observation: target.observation(), journal: undefined }, target.now);
  if (begun.kind !== 'begun') throw new Error(`It did not begin: ${JSON.stringify(begun)}`);
  adopt(world, begun);
  return world;
}

/** Everything that may have been left undone is done by drivers without faults. */
function settle(world: World): void {
  const { target } = world;
  target.stableHealthy = true;
  finish(world);
  for (let rounds = 0; target.journal() !== undefined && isOpen(target.journal() as never); rounds++) {
    expect(rounds).toBeLessThan(3);
    target.now += 1_000_000;
    comeAgain(world, false);
    finish(world);
  }
}

function endsWhole(world: World): void {
  const { target } = world;
  settle(world);
  const [serving = ['', 0], ...others] = Object.entries(target.shares).filter(([, share]) => share > 0);
  expect(others).toEqual([]);
  if (target.stable !== '' || serving[0] !== '') expect(serving[1]).toBe(100);
  if (world.breached) expect(serving[0]).toBe(target.stable);
  expect(target.mirror).toBe(0);
  const before = JSON.stringify([target.tags, target.shares, [...target.deployments]]);
  expect(comeAgain(world, false)).toBe('no-op');
  expect(JSON.stringify([target.tags, target.shares, [...target.deployments]])).toBe(before);
}

describe('whatever happens to a rollout and its drivers', () => {
  test('the traffic ends at stable or at the candidate, never at one that was seen to be bad', () => {
    fc.assert(
      fc.property(
        settingsOf,
        fc.constantFrom('blue', ''),
        fc.commands(acts, { maxCommands: 40, size: 'max' }),
        (settings, stable, commands) => {
          const world = worldOf(settings, stable);
          fc.modelRun(() => ({ model: {}, real: world }), commands);
          endsWhole(world);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the same holds when the cloud shifts the traffic and may roll back by itself', () => {
    fc.assert(
      fc.property(
        settingsOf,
        fc.boolean(),
        fc.commands(acts, { maxCommands: 40, size: 'max' }),
        (settings, rollsBack, commands) => {
          const world = worldOf({ ...settings, engine: 'guarded' }, 'blue', rollsBack);
          fc.modelRun(() => ({ model: {}, real: world }), commands);
          endsWhole(world);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a rollout that is killed at each command in turn', () => {
  test.each(['before', 'after'] as const)('%s it acts, is finished by reconcile', (when) => {
    for (let killedAt = 0; ; killedAt++) {
      const world = worldOf(rolloutSettings({ plan: shortPlan }), 'blue');
      for (let count = 0; count < killedAt && world.driver !== undefined; count++) step(world, 'none', 'good');
      if (world.driver === undefined) {
        expect(world.target.shares).toEqual({ blue: 0, green: 100 });
        expect(killedAt).toBeGreaterThan(20);
        return;
      }
      if (when === 'after') step(world, 'answer-lost', 'good');
      world.driver = undefined;
      endsWhole(world);
    }
  });
});

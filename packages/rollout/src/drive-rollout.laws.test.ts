import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  isOpen,
  type Look,
  type RolloutSettings,
  type RolloutState,
  reconcileRollout,
  type Transition,
} from '@mlops-actions/core';
import fc from 'fast-check';
import type { Driven } from './drive.ts';
import { driveRollout } from './drive-rollout.ts';
import { type Fault, MemoryTarget } from './testing/memory-target.ts';
import { Process } from './testing/process.ts';
import { begin, driveOf, found, planOf, settingsOf, type World } from './testing/rollouts.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const guarded = {
  guardrail: { kind: 'rolling', batchPercent: 10, waitSeconds: 60, timeoutSeconds: 3600 },
  alarms: [],
  limits: { maxErrorRate: 0.01 },
} as const;

/** How the candidate does. */
type Health = 'good' | 'errors' | 'down' | 'idle' | 'blind';

/** One driver and its process. Each of its calls waits until it is let through. */
class Driver {
  readonly process: Process;
  readonly host = new AbortController();
  isAsleep = false;
  driven: Driven | undefined;
  private letThrough: (() => void) | undefined;
  private isDead = false;

  constructor(world: World, first: Transition, onLook: (look: Look, state: RolloutState) => void) {
    this.process = new Process(
      world,
      () =>
        new Promise((resolve) => {
          this.letThrough = resolve;
        }),
    );
    const { target, clock } = this.process;
    const probe = { body: '{}', contentType: 'application/json' };
    const drive = driveOf(world, { target, clock, signal: this.host.signal, guarded, probe, onLook });
    void driveRollout(first, drive).then((driven) => {
      if (!this.isDead) this.driven = driven;
    });
  }

  get isRunning(): boolean {
    return !this.isDead && !this.isAsleep && this.driven === undefined;
  }

  get isOver(): boolean {
    return this.isDead || this.driven !== undefined;
  }

  kill(): void {
    this.isDead = true;
    this.process.kill();
  }

  turnOver(): void {
    this.isAsleep = !this.isAsleep;
    if (this.isAsleep) this.process.fallAsleep();
    else this.process.wake();
  }

  /** Works until its next call is through; false when it has ended. */
  async step({ clock }: World): Promise<boolean> {
    for (let turns = 0; this.isRunning; turns++) {
      if (turns > 1000) throw new Error('It stands still.');
      await turn();
      if (this.letThrough !== undefined) {
        const through = this.letThrough;
        this.letThrough = undefined;
        through();
        await turn();
        return true;
      }
      clock.tick();
    }
    return false;
  }
}

class Stage implements World {
  readonly clock = new VirtualClock('by-tick');
  readonly target: MemoryTarget;
  readonly settings: RolloutSettings;
  readonly drivers: Driver[] = [];
  breached = false;

  constructor(settings: RolloutSettings, stable: string, cloudRollsBack: boolean) {
    this.settings = settings;
    this.target = new MemoryTarget(this.clock, stable, settings.engine);
    this.target.cloudRollsBack = cloudRollsBack;
    this.add(begin(this, settings));
  }

  add(first: Transition): void {
    this.drivers.push(new Driver(this, first, (look, state) => this.heard(look, state)));
  }

  reconcile(): string {
    const settings = { ...this.settings, owner: `run ${this.drivers.length + 1}` };
    const next = reconcileRollout(settings, found(this), this.clock.time);
    if (next.kind !== 'begun') return next.kind === 'ended' ? next.outcome : next.kind;
    this.add(next);
    return 'begun';
  }

  async work(driver: Driver, fault: Fault, health: Health): Promise<boolean> {
    const { target } = this;
    target.requestsPerSecond = health === 'idle' ? 0 : 20;
    const errors = { good: 0.001, errors: 0.08, down: 0.9, idle: 0, blind: 0 }[health];
    target.behaviours.green = { errors, milliseconds: 100 };
    target.fault = (name) => (name === 'measure' && health === 'blind' ? 'refused' : fault);
    const worked = await driver.step(this);
    this.holds();
    return worked;
  }

  /** A breach that the driver knows of is one that any later driver goes back from; the cloud's goes on until the journal has it. */
  private heard({ verdict }: Look, { journal, settings }: RolloutState): void {
    if (verdict === 'fail' && settings.engine === 'shares' && journal.phase === 'rolling-back') this.breached = true;
  }

  /** Traffic between the two has an open journal that knows of it. */
  private holds(): void {
    const { target, settings } = this;
    const journal = target.journal();
    const share = target.shares[settings.candidate] ?? 0;
    if (share === 0) return;
    if (journal === undefined) expect(share).toBe(0);
    else if (!isOpen(journal)) expect(share).toBe(100);
    else if (settings.engine === 'shares') expect([...journal.shares, 0]).toContain(share);
  }

  /** Everything that may have been left undone is done by drivers without faults. */
  async settle(): Promise<void> {
    const { target } = this;
    for (let rounds = 0; ; rounds++) {
      for (const [, deployment] of target.deployments) deployment.healthy = true;
      for (const driver of this.drivers) {
        if (driver.isAsleep) driver.turnOver();
        while (await this.work(driver, 'none', 'good'));
      }
      const journal = target.journal();
      if (journal === undefined || !isOpen(journal)) return;
      expect(rounds).toBeLessThan(4);
      this.clock.pass(1_000_000);
      this.reconcile();
    }
  }
}

abstract class Act implements fc.AsyncCommand<object, Stage> {
  check = (): boolean => true;
  abstract run(model: object, stage: Stage): Promise<void>;
  abstract toString(): string;
}

/** Several calls of the newest driver that runs, of which the last meets the fault. */
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
  async run(_: object, stage: Stage): Promise<void> {
    const driver = stage.drivers.findLast(({ isRunning }) => isRunning);
    if (driver === undefined) return;
    for (let count = 1; count < this.times; count++) await stage.work(driver, 'none', this.health);
    await stage.work(driver, this.fault, this.health);
  }
  toString(): string {
    return `work(${this.times}, ${this.fault}, ${this.health})`;
  }
}

class Sudden extends Act {
  readonly name: string;
  readonly happens: (stage: Stage) => void;
  constructor(name: string, happens: (stage: Stage) => void) {
    super();
    this.name = name;
    this.happens = happens;
  }
  async run(_: object, stage: Stage): Promise<void> {
    this.happens(stage);
  }
  toString(): string {
    return this.name;
  }
}

function latest({ drivers }: Stage): Driver | undefined {
  return drivers.findLast(({ isOver }) => !isOver);
}

const suddenly = {
  kill: new Sudden('kill', (stage) => latest(stage)?.kill()),
  cancel: new Sudden('cancel', (stage) => latest(stage)?.host.abort(new Error('the host cancels'))),
  sleep: new Sudden('fall asleep or wake', (stage) => latest(stage)?.turnOver()),
  reconcile: new Sudden('reconcile', (stage) => void stage.reconcile()),
  time: new Sudden('time passes', ({ clock }) => clock.pass(1_000_000)),
  clock: new Sudden('the clock is set back', ({ clock }) => clock.set(-400_000)),
  stable: new Sudden('stable falters or recovers', ({ target }) => {
    const stable = target.deployments.get('blue');
    if (stable !== undefined) stable.healthy = !stable.healthy;
  }),
};

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fault>('none') },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fault>('refused', 'answer-lost', 'final', 'hangs', 'hangs-after', 'slow'),
  },
);
const health = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Health>('good') },
  { weight: 3, arbitrary: fc.constantFrom<Health>('errors', 'down', 'idle', 'blind') },
);
const work = fc.tuple(fc.integer({ min: 1, max: 9 }), fault, health).map((each) => new Work(...each));
/** Most of the time the driver works. */
const acts = [
  ...new Array<typeof work>(9).fill(work),
  fc.constantFrom<Act>(suddenly.kill, suddenly.stable, suddenly.cancel, suddenly.sleep),
  fc.constantFrom<Act>(suddenly.reconcile, suddenly.time, suddenly.clock),
];

const short = { bakeSeconds: 60, finalBakeSeconds: 60 };
const settings = fc
  .record({
    plan: fc.constantFrom(
      planOf({ ...short, steps: [10, 100] }),
      planOf({ ...short, strategy: 'all-at-once' }),
      planOf({
        ...short,
        strategy: 'shadow-then-canary',
        steps: [50, 100],
        shadowPercent: 10,
        shadowSeconds: 60,
      }),
      planOf({ ...short, strategy: 'rolling', granularity: { kind: 'units', units: 3 } }),
    ),
    onInconclusive: fc.constantFrom('rollback', 'pause', 'advance'),
    onNoTraffic: fc.constantFrom('probe', 'inconclusive', 'advance', 'rollback'),
    onError: fc.constantFrom('rollback', 'pause'),
    onCancel: fc.constantFrom('rollback', 'leave'),
    canProbe: fc.boolean(),
    deleteOld: fc.boolean(),
  })
  .map(({ plan, canProbe, deleteOld, ...choices }) => {
    const given = settingsOf({ plan, canProbe, deleteOld });
    return {
      ...given,
      rules: { ...given.rules, minRequests: 20 },
      choices: choices as RolloutSettings['choices'],
      times: { ...given.times, maxHoldSeconds: 180, pauseSeconds: 600 },
    };
  });

async function endsWhole(stage: Stage, stable: string): Promise<void> {
  await stage.settle();
  const { target } = stage;
  const [serving = ['', 0], ...others] = Object.entries(target.shares).filter(([, share]) => share > 0);
  expect(others).toEqual([]);
  if (stable !== '' || serving[0] !== '') expect(serving[1]).toBe(100);
  if (stage.breached) expect(serving[0]).toBe(stable);
  expect(target.mirror).toBe(0);
  const before = JSON.stringify([target.tags, target.shares, [...target.deployments]]);
  expect(stage.reconcile()).toBe('no-op');
  expect(JSON.stringify([target.tags, target.shares, [...target.deployments]])).toBe(before);
}

describe('whatever happens to a rollout, its drivers and their calls', () => {
  test('the traffic ends at stable or at the candidate, never at one that was seen to be bad', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.constantFrom('blue', ''),
        fc.commands(acts, { maxCommands: 40, size: 'max' }),
        async (given, stable, commands) => {
          const stage = new Stage(given, stable, false);
          await fc.asyncModelRun(() => ({ model: {}, real: stage }), commands);
          await endsWhole(stage, stable);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('the same holds when the cloud shifts the traffic and may roll back by itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.boolean(),
        fc.commands(acts, { maxCommands: 40, size: 'max' }),
        async (given, rollsBack, commands) => {
          const stage = new Stage({ ...given, engine: 'guarded' }, 'blue', rollsBack);
          await fc.asyncModelRun(() => ({ model: {}, real: stage }), commands);
          await endsWhole(stage, 'blue');
        },
      ),
      { numRuns: 100 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { isOpen, type RolloutSettings } from '@mlops-actions/core';
import { driveRollout } from './drive-rollout.ts';
import { type Fault, MemoryTarget } from './testing/memory-target.ts';
import { Process } from './testing/process.ts';
import { begin, driveOf, reconcile, rollOut, settingsOf, type World } from './testing/rollouts.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const guarded = {
  guardrail: { kind: 'rolling', batchPercent: 10, waitSeconds: 60, timeoutSeconds: 3600 },
  alarms: [],
  limits: { maxErrorRate: 0.01 },
} as const;

type Engine = RolloutSettings['engine'];

function worldOf(engine: Engine = 'shares'): World {
  const clock = new VirtualClock();
  return { clock, target: new MemoryTarget(clock, 'blue', engine) };
}

function isWhole({ target }: World): void {
  const serving = Object.values(target.shares).filter((share) => share > 0);
  expect(serving).toEqual([100]);
  expect(target.journal() === undefined || !isOpen(target.journal() as never)).toBe(true);
}

/** How many calls a rollout makes that meets no fault. */
async function callsOf(engine: Engine): Promise<number> {
  const world = worldOf(engine);
  await rollOut(world, { engine }, { guarded });
  return world.target.calls.length;
}

describe.each(['shares', 'guarded'] as const)('with the engine %s', (engine) => {
  test.each(['hangs', 'hangs-after', 'slow', 'refused', 'answer-lost', 'final'] as const)(
    'a rollout of which any one call %s ends, with the traffic whole',
    async (fault) => {
      const total = await callsOf(engine);
      for (let number = 0; number < total; number++) {
        const world = worldOf(engine);
        world.target.fault = (_, each) => (each === number ? fault : 'none');
        const driven = await rollOut(world, { engine }, { guarded });
        expect(['promoted', 'rolled-back', 'refused']).toContain(driven.outcome);
        if (driven.outcome === 'refused') continue;
        // What is left, if anything, is an entry to close.
        world.target.fault = () => 'none';
        world.clock.pass(10_000_000);
        await reconcile(world, settingsOf({ engine }));
        isWhole(world);
      }
    },
  );

  test('a driver that is killed at any call, before or after it acts, is finished by reconcile', async () => {
    const total = await callsOf(engine);
    for (let number = 0; number < total; number++) {
      for (const fault of ['hangs', 'hangs-after'] as Fault[]) {
        const world = worldOf(engine);
        const process = new Process(world);
        const killed = new Promise<void>((resolve) => {
          world.target.fault = (_, each) => (each === number ? fault : 'none');
          world.target.onCall = (_, each) => {
            if (each !== number) return;
            process.kill();
            resolve();
          };
        });
        void driveRollout(begin(world, settingsOf({ engine })), driveOf(world, { ...process, guarded }));
        await killed;
        await world.clock.sleep(1000);
        world.target.fault = () => 'none';
        world.clock.pass(10_000_000);
        await reconcile(world, settingsOf({ engine }));
        if (world.target.journal() !== undefined) isWhole(world);
        else expect(world.target.shares).toEqual({ blue: 100 });
        expect(await reconcile(world, settingsOf({ engine }))).toBeUndefined();
      }
    }
    expect(total).toBeGreaterThan(20);
  });
});

describe('a driver that slept while another took over', () => {
  /** The driver falls asleep as the call with this number begins, and wakes when reconcile of another run is through. */
  async function sleepingAt(number: number, fault: Fault) {
    const world = worldOf();
    const { target, clock } = world;
    const process = new Process(world);
    const asleep = new Promise<void>((resolve) => {
      target.onCall = (_, each) => {
        if (each !== number) return;
        process.fallAsleep();
        resolve();
      };
    });
    target.fault = (_, each) => (each === number ? fault : 'none');
    const driving = driveRollout(begin(world), driveOf(world, process));
    await Promise.race([asleep, driving]);
    target.onCall = () => {};
    await clock.sleep(1000);
    clock.pass(10_000_000);
    const other = await reconcile(world, settingsOf());
    const taken = { shares: { ...target.shares }, shifts: target.shifts.length, revision: target.journal()?.revision };
    process.wake();
    return { driven: await driving, other, taken, world };
  }

  test.each(['none', 'refused', 'answer-lost'] as const)('shifts no more (its call: %s)', async (fault) => {
    const total = await callsOf('shares');
    let takenOver = 0;
    for (let number = 0; number < total; number++) {
      const { driven, other, taken, world } = await sleepingAt(number, fault);
      if (other === undefined) continue;
      takenOver++;
      expect(world.target.shares).toEqual(taken.shares);
      expect(world.target.shifts.length).toBe(taken.shifts);
      expect(world.target.journal()?.revision).toBe(taken.revision);
      expect(['superseded', 'rolled-back', 'promoted', 'refused']).toContain(driven.outcome);
      if (driven.outcome === 'promoted') expect(other.outcome).toBe('promoted');
    }
    expect(takenOver).toBeGreaterThan(15);
  });

  test('between its entry and its shift is refused by the target', async () => {
    const world = worldOf();
    const { target, clock } = world;
    const process = new Process(world);
    const { writeJournal } = target;
    const asleep = new Promise<void>((resolve) => {
      target.writeJournal = async (journal, ...rest) => {
        const answer = await writeJournal(journal, ...rest);
        if (journal.phase === 'shifting' && journal.step === 1) {
          process.fallAsleep();
          resolve();
        }
        return answer;
      };
    });
    const driving = driveRollout(begin(world), driveOf(world, process));
    await asleep;
    target.writeJournal = writeJournal;
    clock.pass(10_000_000);
    expect(await reconcile(world, settingsOf())).toMatchObject({ outcome: 'rolled-back' });
    process.wake();
    const driven = await driving;
    expect(driven).toMatchObject({ outcome: 'superseded' });
    expect(driven.moments.find(({ kind, failure }) => kind === 'shift' && failure !== undefined)?.failure).toContain(
      'green has 0 %, not 10 or 100',
    );
    expect(target.shares).toEqual({ blue: 100, green: 0 });
  });

  test.each(['none', 'refused'] as const)('begins nothing in the cloud any more (its call: %s)', async (fault) => {
    const world = worldOf('guarded');
    const { target, clock } = world;
    const process = new Process(world);
    const { writeJournal } = target;
    const settings = settingsOf({ engine: 'guarded' });
    const asleep = new Promise<void>((resolve) => {
      target.writeJournal = async (journal, ...rest) => {
        const answer = await writeJournal(journal, ...rest);
        if (journal.phase === 'guarded') {
          process.fallAsleep();
          resolve();
        }
        return answer;
      };
    });
    const driving = driveRollout(begin(world, settings), driveOf(world, { ...process, guarded }));
    await asleep;
    target.writeJournal = writeJournal;
    target.fault = (name) => (name === 'start' ? fault : 'none');
    clock.pass(10_000_000);
    expect(await reconcile(world, settings)).toMatchObject({ outcome: 'rolled-back' });
    process.wake();
    expect(await driving).toMatchObject({ outcome: 'superseded' });
    expect(target.shares).toEqual({ blue: 100 });
  });
});

test('a driver that is alive has its lease, however slow its calls are', async () => {
  const world = worldOf();
  const { target, clock } = world;
  target.fault = (name) => (name === 'measure' || name === 'observe' ? 'slow' : 'none');
  const customChecks = async () => {
    await clock.sleep(110_000);
    return [];
  };
  let late = 0;
  target.onCall = () => {
    const journal = target.journal();
    if (journal !== undefined && isOpen(journal) && journal.leaseUntil * 1000 <= clock.time) late++;
  };
  expect(await rollOut(world, {}, { customChecks })).toMatchObject({ outcome: 'promoted' });
  expect(late).toBe(0);
});

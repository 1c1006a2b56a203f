import { describe, expect, test } from '@jest/globals';
import { defaultChoices, isOpen, type RolloutSettings } from '@mlops-actions/core';
import fc from 'fast-check';
import type { Driven } from './drive.ts';
import { cancelSeconds, driveRollout } from './drive-rollout.ts';
import { type Fault, faults, MemoryTarget } from './testing/memory-target.ts';
import { begin, driveOf, reconcile, rollOut, settingsOf, type World } from './testing/rollouts.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

interface Cancelled {
  readonly world: World;
  readonly driven: Driven;
  /** Milliseconds from the cancel to the end. */
  readonly took: number;
}

/** Cancels as the call with this number begins; undefined when the rollout ends before. */
async function cancelledAt(
  number: number,
  settings: RolloutSettings,
  {
    engine = 'shares',
    fault = 'none',
    later = 'none',
  }: { engine?: 'shares' | 'guarded'; fault?: Fault; later?: Fault } = {},
): Promise<Cancelled | undefined> {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock, 'blue', engine);
  const world = { clock, target };
  const host = new AbortController();
  let at: number | undefined;
  target.fault = (_, each) => (each === number ? fault : each > number ? later : 'none');
  target.onCall = (_, each) => {
    if (each !== number) return;
    at = clock.elapsed;
    host.abort(new Error('the host cancels'));
  };
  const driven = await driveRollout(begin(world, settings), driveOf(world, { signal: host.signal, guarded }));
  if (at === undefined) return undefined;
  target.fault = () => 'none';
  return { world, driven, took: clock.elapsed - at };
}

const guarded = {
  guardrail: { kind: 'rolling', batchPercent: 10, waitSeconds: 60, timeoutSeconds: 3600 },
  alarms: [],
  limits: { maxErrorRate: 0.01 },
} as const;

/** Whole, or an open journal says what is left to do. */
function isAccounted({ target }: World): boolean {
  const [serving] = Object.values(target.shares).filter((share) => share > 0);
  const journal = target.journal();
  return serving === 100 || (journal !== undefined && isOpen(journal));
}

async function eachMoment(
  settings: RolloutSettings,
  options: Parameters<typeof cancelledAt>[2],
  check: (cancelled: Cancelled, number: number) => Promise<void> | void,
): Promise<number> {
  for (let number = 0; ; number++) {
    const cancelled = await cancelledAt(number, settings, options);
    if (cancelled === undefined) return number;
    await check(cancelled, number);
  }
}

async function endsWhole({ world }: Cancelled, settings: RolloutSettings): Promise<void> {
  world.clock.pass(10_000_000);
  await reconcile(world, settings);
  const { target } = world;
  const serving = Object.entries(target.shares).filter(([, share]) => share > 0);
  expect(serving).toHaveLength(1);
  expect(serving[0]?.[1]).toBe(100);
  const journal = target.journal();
  if (journal !== undefined) expect(isOpen(journal)).toBe(false);
}

describe('a rollout that is cancelled at each call in turn', () => {
  test('turns back in seconds and has everything at stable', async () => {
    const settings = settingsOf();
    const calls = await eachMoment(settings, {}, async (cancelled) => {
      const { driven, took, world } = cancelled;
      const isDecided = driven.outcome === 'promoted';
      expect(['promoted', 'rolled-back']).toContain(driven.outcome);
      expect(took).toBeLessThanOrEqual(cancelSeconds * 1000);
      expect(world.target.shares[isDecided ? 'green' : 'blue']).toBe(100);
      expect(driven.moments.some(({ kind }) => kind === 'cancelled')).toBe(true);
      await endsWhole(cancelled, settings);
    });
    expect(calls).toBeGreaterThan(25);
  });

  test('pauses where it is to be left', async () => {
    const settings = settingsOf({ choices: { ...defaultChoices, onCancel: 'leave' } });
    await eachMoment(settings, {}, ({ driven, took, world }) => {
      expect(['promoted', 'paused']).toContain(driven.outcome);
      expect(took).toBeLessThanOrEqual(cancelSeconds * 1000);
      expect(world.target.shifts.filter(({ share }) => share === 0)).toEqual([]);
      if (driven.outcome === 'paused') expect(world.target.journal()?.phase).toBe('paused');
    });
  });

  test.each(faults.map((fault) => [fault]))('ends in time when every call from then on is %s', async (later) => {
    const settings = settingsOf();
    await eachMoment(settings, { fault: later, later }, async (cancelled) => {
      const { driven, took, world } = cancelled;
      expect(took).toBeLessThanOrEqual(cancelSeconds * 1000);
      expect(isAccounted(world)).toBe(true);
      if (driven.outcome === 'rollback-failed') expect(driven.reason).toContain('mode: reconcile');
      await endsWhole(cancelled, settings);
    });
  });

  test.each(['hangs', 'hangs-after', 'answer-lost'] as const)(
    'is home in time when the outstanding call %s',
    async (fault) => {
      await eachMoment(settingsOf(), { fault }, ({ driven, took, world }) => {
        expect(took).toBeLessThanOrEqual(cancelSeconds * 1000);
        const isDecided = driven.outcome === 'promoted';
        expect(world.target.shares[isDecided ? 'green' : 'blue']).toBe(100);
      });
    },
  );

  test('tells the cloud to turn back where the cloud drives, and reconcile sees it through', async () => {
    const settings = settingsOf({ engine: 'guarded' });
    await eachMoment(settings, { engine: 'guarded' }, async (cancelled) => {
      const { driven, took, world } = cancelled;
      expect(took).toBeLessThanOrEqual(cancelSeconds * 1000);
      const names = world.target.calls.map(({ name }) => name);
      if (names.includes('start') && driven.outcome !== 'promoted') expect(names).toContain('abort');
      await endsWhole(cancelled, settings);
    });
  });
});

test('a rollout that is cancelled at any time, whatever its calls then do, ends in time and leaves nothing unsaid', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 400_000 }),
      fc.array(fc.constantFrom(...faults), { maxLength: 8 }),
      async (milliseconds, later) => {
        const clock = new VirtualClock();
        const world = { clock, target: new MemoryTarget(clock) };
        const host = new AbortController();
        let cancelledAt = Number.POSITIVE_INFINITY;
        const cancelling = clock.sleep(milliseconds).then(() => {
          cancelledAt = clock.elapsed;
          host.abort();
        });
        let after = 0;
        world.target.fault = () => (host.signal.aborted ? (later[after++] ?? 'none') : 'none');
        const driven = await rollOut(world, {}, { signal: host.signal });
        expect(clock.elapsed - cancelledAt).toBeLessThanOrEqual(cancelSeconds * 1000);
        expect(isAccounted(world)).toBe(true);
        await cancelling;
        world.target.fault = () => 'none';
        await endsWhole({ world, driven, took: 0 }, settingsOf());
      },
    ),
    { numRuns: 200 },
  );
});

test('the outstanding call is given up at once, and the next ones are not', async () => {
  const cancelled = await cancelledAt(20, settingsOf(), { fault: 'hangs' });
  const { calls } = (cancelled as Cancelled).world.target;
  expect(calls[20]?.signal?.aborted).toBe(true);
  expect(calls[21]?.at).toBe(calls[20]?.at);
  expect(calls.slice(21).every(({ signal }) => signal?.aborted === false)).toBe(true);
  const failures = (cancelled as Cancelled).driven.moments.flatMap(({ failure }) => failure ?? []);
  expect(failures).toEqual(['it was given up']);
});

test('an entry that hangs leaves time for the shift', async () => {
  const clock = new VirtualClock();
  const target = new MemoryTarget(clock);
  const host = new AbortController();
  target.onCall = (name) => {
    if (name === 'measure') host.abort();
  };
  target.fault = (name) => (host.signal.aborted && name === 'writeJournal' ? 'hangs' : 'none');
  const driven = await rollOut({ clock, target }, {}, { signal: host.signal });
  expect(target.shares).toEqual({ blue: 100, green: 0 });
  expect(driven).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('mode: reconcile') });
});

test('one that is cancelled before it began does nothing', async () => {
  const clock = new VirtualClock();
  const world = { clock, target: new MemoryTarget(clock) };
  const first = begin(world);
  const signal = AbortSignal.abort(new Error('too late'));
  await expect(driveRollout(first, driveOf(world, { signal }))).rejects.toThrow('too late');
  expect(world.target.calls).toEqual([]);
});

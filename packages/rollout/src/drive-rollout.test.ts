import { describe, expect, test } from '@jest/globals';
import {
  defaultChoices,
  defaultTimes,
  type Look,
  observeRollout,
  planDefaults,
  promoteRollout,
} from '@mlops-actions/core';
import type { Moment } from './drive.ts';
import { driveRollout } from './drive-rollout.ts';
import { MemoryTarget } from './testing/memory-target.ts';
import {
  begin,
  begun,
  driveOf,
  found,
  planOf,
  reconcile,
  rollOut,
  settingsOf,
  type World,
} from './testing/rollouts.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

function worldOf(...[stable, engine]: [stable?: string, engine?: 'shares' | 'guarded']): World {
  const clock = new VirtualClock();
  return { clock, target: new MemoryTarget(clock, stable, engine) };
}

const down = { errors: 0.9, milliseconds: 100 };

describe('a candidate that does well', () => {
  test('gets everything, step by step, and the old one goes', async () => {
    const { target, clock } = worldOf();
    const driven = await rollOut({ target, clock }, { plan: planOf() });
    expect(driven).toMatchObject({ outcome: 'promoted' });
    expect(target.shifts.map(({ share }) => share)).toEqual([10, 25, 50, 100]);
    expect(target.shares).toEqual({ blue: 0, green: 100 });
    expect([...target.deployments.keys()]).toEqual(['green']);
    expect(target.journal()?.phase).toBe('promoted');
    const planned = 3 * planDefaults.bakeSeconds + planDefaults.finalBakeSeconds;
    expect(driven.endedAt - driven.begunAt).toBeGreaterThanOrEqual(planned * 1000);
    expect(driven.endedAt - driven.begunAt).toBeLessThan((planned + 300) * 1000);
  });

  test('of the first deployment gets everything in one step', async () => {
    const world = worldOf('');
    expect(await rollOut(world)).toMatchObject({ outcome: 'promoted' });
    expect(world.target.shares).toEqual({ green: 100 });
  });

  test('is told in words, in the order in which it happened', async () => {
    const world = worldOf();
    const heard: Moment[] = [];
    const plan = planOf({ steps: [25, 100], bakeSeconds: 60, finalBakeSeconds: 60 });
    const smoke = async (): Promise<undefined> => {};
    const driven = await rollOut(world, { plan }, { smoke, onMoment: (moment) => heard.push(moment) });
    expect(heard).toEqual(driven.moments);
    const texts = driven.moments.map(({ text }) => text);
    expect(texts.slice(0, 12)).toEqual([
      'journal: locked',
      'journal: provisioning',
      'green is ready',
      'journal: smoke',
      'smoke test of green',
      'journal: shifting, step 1 of 2',
      'green gets 25 %, blue 75 %',
      'looked: blue 75 %, green 25 %',
      'journal: baking, step 1 of 2',
      'looked: blue 75 %, green 25 %',
      expect.stringMatching(/^measured: green \d+ requests, blue \d+ requests$|^measured: no requests known$/),
      expect.stringMatching(/^(journal|looked): /),
    ]);
    expect(texts.slice(-4)).toEqual([
      'journal: draining, step 2 of 2',
      'removed blue',
      'journal: promoted, step 2 of 2',
      'promoted: green has all the traffic',
    ]);
    expect(driven.moments.every(({ failure }) => failure === undefined)).toBe(true);
    expect(driven.moments.find(({ kind }) => kind === 'shift')).toMatchObject({
      step: 0,
      phase: 'shifting',
      milliseconds: 200,
    });
    expect(driven.moments.find(({ kind }) => kind === 'observe')?.shares).toEqual({ blue: 75, green: 25 });
    const times = driven.moments.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('is judged with looks that are told once each', async () => {
    const world = worldOf();
    const heard: Look[] = [];
    const driven = await rollOut(world, {}, { onLook: (look) => heard.push(look) });
    expect(heard).toEqual(driven.looks);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.length).toBe(driven.moments.filter(({ kind }) => kind === 'measure').length);
    expect(heard.at(-1)).toMatchObject({ step: 1, verdict: 'pass' });
  });

  test('is promoted though the log cannot be written', async () => {
    const broken = (): never => {
      throw new Error('EPIPE');
    };
    expect(await rollOut(worldOf(), {}, { onMoment: broken, onLook: broken })).toMatchObject({ outcome: 'promoted' });
  });

  test('begins with a batch of replicas, and its capacity moves along, where replicas are replaced', async () => {
    const world = worldOf();
    const granularity = { kind: 'weights', replicas: 4 } as const;
    const plan = planOf({ strategy: 'rolling', granularity, batch: 2, bakeSeconds: 180, finalBakeSeconds: 180 });
    expect(await rollOut(world, { plan })).toMatchObject({ outcome: 'promoted' });
    expect(world.target.deployments.get('green')?.replicas).toBe(2);
    expect(world.target.shifts.map(({ share, byReplicas }) => [share, byReplicas])).toEqual([
      [50, true],
      [100, true],
    ]);
  });
});

describe('a candidate that does badly', () => {
  test('is taken back at its first step', async () => {
    const world = worldOf();
    world.target.behaviours.green = { errors: 0.08, milliseconds: 100 };
    const driven = await rollOut(world);
    expect(driven).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/^at 10 %: server errors .*, where 1 % is the limit$/),
    });
    expect(world.target.shares).toEqual({ blue: 100, green: 0 });
    expect([...world.target.deployments.keys()]).toEqual(['blue']);
    expect(driven.looks.at(-1)?.verdict).toBe('fail');
  });

  test('that fails its smoke test gets no traffic, and the sentence says what was wrong', async () => {
    const world = worldOf();
    const driven = await rollOut(world, {}, { smoke: async () => 'has status 500. It was: no' });
    expect(driven).toMatchObject({
      outcome: 'rolled-back',
      reason: 'smoke test: The answer has status 500. It was: no',
    });
    expect(world.target.shifts.every(({ share }) => share === 0)).toBe(true);
    expect(driven.moments.find(({ kind }) => kind === 'smoke')?.failure).toBe('The answer has status 500. It was: no');
  });

  test('that cannot be provisioned for a reason that stays is not tried again', async () => {
    const world = worldOf();
    world.target.fault = (name) => (name === 'provision' ? 'final' : 'none');
    expect(await rollOut(world)).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringContaining('forbidden'),
    });
    expect(world.target.calls.filter(({ name }) => name === 'provision')).toHaveLength(1);
  });
});

describe('without traffic', () => {
  test('probes are sent at the candidate, a few at a time, and what they are answered with is counted', async () => {
    const world = worldOf();
    world.target.requestsPerSecond = 0;
    world.target.behaviours.green = { errors: 0, milliseconds: 100 };
    const probe = { body: '{}', contentType: 'application/json' };
    const driven = await rollOut(world, { canProbe: true }, { probe });
    expect(driven).toMatchObject({ outcome: 'promoted' });
    const sent = world.target.calls.filter(({ name }) => name === 'probe');
    expect(sent).toHaveLength(200);
    const together = sent.filter(({ at }) => at === sent[0]?.at);
    expect(together).toHaveLength(4);
    expect(driven.moments.find(({ kind }) => kind === 'probe')).toMatchObject({ text: '100 probes at green' });
  });

  test('probes that nobody answers are told, and the others are sent', async () => {
    const world = worldOf();
    world.target.requestsPerSecond = 0;
    let count = 0;
    world.target.fault = (name) => (name === 'probe' && count++ % 10 === 0 ? 'refused' : 'none');
    const probe = { body: '{}', contentType: 'application/json' };
    const driven = await rollOut(world, { canProbe: true }, { probe });
    expect(driven.moments.find(({ kind }) => kind === 'probe')?.failure).toBe(
      '10 of 100 were not answered: the connection broke',
    );
  });

  test('and without probes it goes back', async () => {
    const world = worldOf();
    world.target.requestsPerSecond = 0;
    expect(await rollOut(world)).toMatchObject({ outcome: 'rolled-back' });
  });
});

describe('figures', () => {
  test('of stable are asked for while it has traffic', async () => {
    const world = worldOf();
    const asked: { stable: string; windowSeconds: number }[] = [];
    const { measure } = world.target;
    world.target.measure = (request, options) => {
      asked.push(request);
      return measure(request, options);
    };
    const driven = await rollOut(world, { times: { ...defaultTimes, intervalSeconds: 20 } });
    const stables = driven.looks.map(({ step, measured }) => [step, measured?.stable !== undefined]);
    expect(new Set(stables.map(String))).toEqual(new Set(['0,true', '1,false']));
    expect(asked[0]).toMatchObject({ stable: 'blue', windowSeconds: 20 });
    expect(asked.at(-1)).toMatchObject({ stable: '', windowSeconds: 20 });
  });

  test('are not lost when a custom check throws, which is an error among the checks', async () => {
    const world = worldOf();
    const driven = await rollOut(world, {}, { customChecks: async () => Promise.reject(new Error('no route')) });
    expect(driven.looks[2]?.measured?.candidate.windows.length).toBeGreaterThan(0);
    expect(driven.looks[2]?.checks.find(({ name }) => name === 'checks')).toMatchObject({
      verdict: 'error',
      reason: 'the checks were not made: no route',
    });
    expect(driven).toMatchObject({ outcome: 'rolled-back' });
  });

  test('are not lost when a custom check hangs either', async () => {
    const world = worldOf();
    const driven = await rollOut(world, {}, { customChecks: () => new Promise(() => {}) });
    expect(driven.looks[2]?.measured?.candidate.windows.length).toBeGreaterThan(0);
    expect(driven.looks[2]?.checks.find(({ name }) => name === 'checks')?.verdict).toBe('error');
  });

  test('that cannot be had end the custom checks of the look, too', async () => {
    const world = worldOf();
    world.target.fault = (name) => (name === 'measure' ? 'refused' : 'none');
    const signals: AbortSignal[] = [];
    await rollOut(
      world,
      {},
      {
        customChecks: (_, signal) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    );
    expect(signals.length).toBeGreaterThan(1);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('of custom checks are of the same time, and know the share', async () => {
    const world = worldOf();
    const windows: { from: number; to: number; share: number }[] = [];
    const driven = await rollOut(
      world,
      {},
      {
        customChecks: async (window) => {
          windows.push(window);
          return [{ name: 'business', verdict: 'pass', reason: 'it sells' }];
        },
      },
    );
    expect(new Set(windows.map(({ share }) => share))).toEqual(new Set([10, 100]));
    expect(windows.every(({ from, to }) => to - from > 0)).toBe(true);
    expect(driven.looks.every(({ checks }) => checks.some(({ name }) => name === 'business'))).toBe(true);
  });
});

describe('when others act', () => {
  test('who set the traffic by hand keep it', async () => {
    const world = worldOf();
    const { target } = world;
    target.onCall = (name) => {
      if (name === 'measure') target.setShares({ blue: 60, green: 40 });
    };
    const driven = await rollOut(world);
    expect(driven).toMatchObject({ outcome: 'superseded', reason: expect.stringContaining('green 40 %') });
    expect(target.shares).toEqual({ blue: 60, green: 40 });
    expect(target.journal()?.phase).toBe('superseded');
  });

  test('of two that begin at once exactly one goes on', async () => {
    for (const fault of ['none', 'answer-lost'] as const) {
      const world = worldOf();
      world.target.fault = (name, number) => (name === 'writeJournal' && number === 0 ? fault : 'none');
      const one = begin(world, settingsOf({ owner: 'run 1', rollout: 'r1' }));
      const other = begin(world, settingsOf({ owner: 'run 2', rollout: 'r2' }));
      const ends = await Promise.all([driveRollout(one, driveOf(world)), driveRollout(other, driveOf(world))]);
      expect(ends.map(({ outcome }) => outcome)).toEqual(['promoted', 'refused']);
      expect(ends[1]?.reason).toContain('run 1 has taken over');
      expect(world.target.shares).toEqual({ blue: 0, green: 100 });
    }
  });

  test('a journal that was damaged turns the traffic back, and the sentence says how to mend it', async () => {
    const world = worldOf();
    const { target } = world;
    target.onCall = (name) => {
      if (name === 'writeJournal' && target.shares.green === 10) target.tags = { 'mlops-rollout': 'garbage' };
    };
    const driven = await rollOut(world);
    expect(driven).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/journal could not be written: .*delete the tags/),
    });
    expect(target.shares).toEqual({ blue: 100, green: 0 });
  });

  test('a journal that is damaged from the start refuses the rollout', async () => {
    const world = worldOf();
    const first = begin(world);
    world.target.tags = { 'mlops-rollout': 'garbage' };
    expect(await driveRollout(first, driveOf(world))).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('delete the tags'),
    });
    expect(world.target.calls.some(({ name }) => name === 'provision')).toBe(false);
  });
});

describe('a clock that is set in the middle of a bake', () => {
  const hours = 3 * 3_600_000;
  const plan = planOf({ steps: [10, 100], bakeSeconds: 600, finalBakeSeconds: 600 });

  function jumping(by: number, settings: Parameters<typeof rollOut>[1] = {}) {
    const world = worldOf();
    let looks = 0;
    world.target.onCall = (name) => {
      if (name === 'measure' && ++looks === 3) world.clock.set(by);
    };
    return { world, driven: rollOut(world, { plan, ...settings }) };
  }

  test('back does not hold the rollout up, and nothing passes without figures', async () => {
    const { world, driven } = jumping(-hours);
    expect((await driven).outcome).toBe('rolled-back');
    // What the target knows of that time is from before the rollout: the candidate had no requests in it.
    expect((await driven).reason).toContain('could not be judged');
    expect(world.clock.elapsed).toBeLessThan(hours);
    expect(world.target.shares.blue).toBe(100);
  });

  test('forward past the timeout goes back', async () => {
    const { driven } = jumping(hours);
    expect(await driven).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('longer than') });
  });

  test('forward within the timeout promotes only on figures', async () => {
    const times = { ...defaultTimes, timeoutSeconds: 100_000 };
    const idle = jumping(hours, { times, choices: { ...defaultChoices, onNoTraffic: 'inconclusive' } });
    idle.world.target.requestsPerSecond = 0;
    expect((await idle.driven).outcome).toBe('rolled-back');
    expect((await jumping(hours, { times }).driven).outcome).toBe('promoted');
  });
});

describe('a rollout that the cloud drives', () => {
  const guarded = {
    guardrail: {
      kind: 'blue-green',
      routing: 'CANARY',
      sizePercent: 10,
      waitSeconds: 300,
      terminationWaitSeconds: 300,
      timeoutSeconds: 3600,
    },
    alarms: [],
    limits: { maxErrorRate: 0.01 },
  } as const;

  test('is promoted when the endpoint serves the candidate', async () => {
    const world = worldOf('blue', 'guarded');
    const driven = await rollOut(world, { engine: 'guarded' }, { guarded });
    expect(driven).toMatchObject({ outcome: 'promoted' });
    expect(world.target.shares).toEqual({ green: 100 });
    expect(driven.moments.map(({ text }) => text)).toContain('the cloud shifts the traffic to green');
  });

  test('and that the cloud rolls back is rolled back', async () => {
    const world = worldOf('blue', 'guarded');
    world.target.cloudRollsBack = true;
    expect(await rollOut(world, { engine: 'guarded' }, { guarded })).toMatchObject({
      outcome: 'rolled-back',
      reason: 'the cloud rolled back to blue by itself',
    });
  });

  test('is told to go back at a breach, and is waited for', async () => {
    const world = worldOf('blue', 'guarded');
    world.target.behaviours.green = down;
    const driven = await rollOut(world, { engine: 'guarded' }, { guarded });
    expect(driven).toMatchObject({ outcome: 'rolled-back' });
    expect(world.target.shares).toEqual({ blue: 100 });
    expect([...world.target.deployments.keys()]).toEqual(['blue']);
  });
});

describe('the other modes', () => {
  test('observe judges and changes nothing', async () => {
    const world = worldOf();
    world.target.deployments.set('green', { healthy: true });
    world.target.setShares({ blue: 90, green: 10 });
    const first = observeRollout(settingsOf(), world.target.look(), world.clock.time);
    expect(await driveRollout(first, driveOf(world))).toMatchObject({
      outcome: 'observed',
      reason: expect.stringMatching(/^pass/),
    });
    expect(new Set(world.target.calls.map(({ name }) => name))).toEqual(new Set(['observe', 'measure']));
  });

  test('promote gives a paused rollout everything', async () => {
    const world = worldOf();
    const choices = { ...defaultChoices, onNoTraffic: 'inconclusive', onInconclusive: 'pause' } as const;
    world.target.requestsPerSecond = 0;
    expect(await rollOut(world, { choices })).toMatchObject({ outcome: 'paused' });
    world.target.requestsPerSecond = 20;
    const { candidate: _, ...drive } = driveOf(world);
    const first = begun(promoteRollout(settingsOf(), found(world), world.clock.time));
    expect(await driveRollout(first, drive)).toMatchObject({ outcome: 'promoted' });
  });

  test('abort takes a paused rollout back', async () => {
    const world = worldOf();
    const choices = { ...defaultChoices, onNoTraffic: 'inconclusive', onInconclusive: 'pause' } as const;
    world.target.requestsPerSecond = 0;
    await rollOut(world, { choices });
    expect(await reconcile(world, settingsOf(), true)).toMatchObject({ outcome: 'rolled-back' });
    expect(world.target.shares.blue).toBe(100);
  });
});

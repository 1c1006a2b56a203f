import { describe, expect, test } from '@jest/globals';
import {
  beginRollout,
  defaultChoices,
  defaultTimes,
  type Measurement,
  planRollout,
  type RolloutObservation,
  type RolloutSettings,
  type Series,
  UserError,
} from '@mlops-actions/core';
import type { Drive, Driven } from './drive.ts';
import { driveRollout } from './drive-rollout.ts';
import { MemoryTarget } from './testing/memory-target.ts';
import { Process } from './testing/process.ts';
import { begin, driveOf, found, reconcile, rollOut, settingsOf, type World } from './testing/rollouts.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/**
 * What may happen to a rollout, a row each. The rows with a `run` are driven here, on an endpoint in memory; those with a `provider` are for
 * what only that provider has: `local` has them in its own tests (metrics.test.ts, under-load.test.ts), `sagemaker` those of figures and states
 * (faults.test.ts, endpoint-state.test.ts), and those of alarms and guardrails when it has these; the others when they are there.
 */
interface Row {
  readonly what: string;
  readonly run?: () => Promise<unknown>;
  readonly provider?: 'local' | 'sagemaker' | 'azureml' | 'kubernetes';
}

function worldOf(stable = 'blue', engine: RolloutSettings['engine'] = 'shares'): World {
  const clock = new VirtualClock();
  return { clock, target: new MemoryTarget(clock, stable, engine) };
}

interface Scene {
  readonly settings?: Partial<RolloutSettings>;
  readonly drive?: Partial<Drive>;
  readonly stable?: string;
  readonly engine?: RolloutSettings['engine'];
  /** What is the matter with the world. */
  readonly given?: (world: World) => void;
}

/** Rolls out in a world where something is the matter, and expects that outcome and, somewhere in the reason, those words. */
async function expectEnd(scene: Scene, outcome: Driven['outcome'], words: string | RegExp = ''): Promise<World> {
  const { engine = 'shares' } = scene;
  const world = worldOf(scene.stable, engine);
  scene.given?.(world);
  const { reason, ...driven } = await rollOut(world, { engine, ...scene.settings }, scene.drive);
  expect({ outcome: driven.outcome, reason }).toEqual({
    outcome,
    reason: typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words),
  });
  return world;
}

const atStable = { blue: 100, green: 0 };
const atCandidate = { blue: 0, green: 100 };

/** The figures pass through here. */
function figures(change: (series: Series, whose: 'candidate' | 'stable', at: number) => Series) {
  return ({ target, clock }: World): void => {
    const { measure } = target;
    target.measure = async (request, options) => {
      const { candidate, stable } = await measure(request, options);
      return {
        candidate: change(candidate, 'candidate', clock.elapsed),
        ...(stable === undefined ? {} : { stable: change(stable, 'stable', clock.elapsed) }),
      };
    };
  };
}

const windows = (change: (window: Measurement) => Measurement) => (series: Series) => ({
  windows: series.windows.map(change),
});

/** The endpoint as it is seen passes through here. */
function seen(change: (observation: RolloutObservation, world: World) => RolloutObservation) {
  return (world: World): void => {
    const { target } = world;
    const { observe } = target;
    target.observe = async (options) => change(await observe(options), world);
  };
}

const noTraffic = ({ target }: World): void => {
  target.requestsPerSecond = 0;
};

const guarded = {
  guardrail: { kind: 'rolling', batchPercent: 10, waitSeconds: 60, timeoutSeconds: 3600 },
  alarms: [],
  limits: { maxErrorRate: 0.01 },
} as const;

const choices = (changes: Partial<typeof defaultChoices>) => ({ choices: { ...defaultChoices, ...changes } });

/** Refused before anything is changed. */
function expectRefused(observation: Partial<RolloutObservation>, words: string): void {
  const world = worldOf();
  const refused = beginRollout(
    settingsOf(),
    { ...found(world), observation: { ...world.target.look(), ...observation } },
    world.clock.time,
  );
  expect(refused).toMatchObject({ kind: 'ended', outcome: 'refused', reason: expect.stringContaining(words) });
}

const traffic: readonly Row[] = [
  {
    what: 'zero traffic and nothing to probe with: not a pass',
    run: () => expectEnd({ given: noTraffic }, 'rolled-back', 'at 10 %'),
  },
  {
    what: 'zero traffic, on-no-traffic: probe',
    run: () =>
      expectEnd(
        {
          given: noTraffic,
          settings: { canProbe: true },
          drive: { probe: { body: '{}', contentType: 'application/json' } },
        },
        'promoted',
      ),
  },
  {
    what: 'zero traffic, on-no-traffic: advance',
    run: () => expectEnd({ given: noTraffic, settings: choices({ onNoTraffic: 'advance' }) }, 'promoted'),
  },
  {
    what: 'zero traffic, on-no-traffic: rollback',
    run: () => expectEnd({ given: noTraffic, settings: choices({ onNoTraffic: 'rollback' }) }, 'rolled-back', 'no '),
  },
  {
    what: 'zero traffic, on-no-traffic: inconclusive, and then on-inconclusive: pause',
    run: () =>
      expectEnd(
        { given: noTraffic, settings: choices({ onNoTraffic: 'inconclusive', onInconclusive: 'pause' }) },
        'paused',
      ),
  },
  {
    what: 'traffic stops in the middle of a step: what came before is too little, and it does not advance on it',
    run: () =>
      expectEnd(
        {
          given: ({ target }) => {
            target.requestsPerSecond = 4;
            target.onCall = (name) => {
              if (name === 'measure') target.requestsPerSecond = 0;
            };
          },
        },
        'rolled-back',
        'at 10 %',
      ),
  },
  {
    what: 'a burst: a hundred times the traffic for a moment changes nothing for a good candidate',
    run: () =>
      expectEnd(
        {
          given: figures(
            windows((window) => {
              const times = window.from % 180_000 === 0 ? 100 : 1;
              return {
                ...window,
                requests: (window.requests ?? 0) * times,
                serverErrors: (window.serverErrors ?? 0) * times,
              };
            }),
          ),
        },
        'promoted',
      ),
  },
];

const metrics: readonly Row[] = [
  {
    what: 'no figures of the candidate',
    run: () =>
      expectEnd(
        { given: figures((series, whose) => (whose === 'candidate' ? { windows: [] } : series)) },
        'rolled-back',
        'at 10 %',
      ),
  },
  {
    what: 'no figures of stable, which has traffic: there is nobody to compare with, and that is not a pass',
    run: () =>
      expectEnd(
        { given: figures((series, whose) => (whose === 'stable' ? { windows: [] } : series)) },
        'rolled-back',
        'nothing is known of its server errors',
      ),
  },
  {
    what: 'no figures of either',
    run: () => expectEnd({ given: figures(() => ({ windows: [] })) }, 'rolled-back', 'at 10 %'),
  },
  {
    what: 'requests are known and errors are not: they are not zero',
    run: () =>
      expectEnd(
        { given: figures(windows(({ serverErrors: _, ...window }) => window)) },
        'rolled-back',
        'server errors',
      ),
  },
  {
    what: 'metrics that come late: younger ones are not asked for, and the step waits for them',
    run: async () => {
      const lagSeconds = 120;
      const asked: number[] = [];
      await expectEnd(
        {
          settings: { times: { ...defaultTimes, lagSeconds } },
          given: ({ target, clock }) => {
            const { measure } = target;
            target.measure = (request, options) => {
              asked.push(clock.time - request.to);
              return measure(request, options);
            };
          },
        },
        'promoted',
      );
      // The first looks of a step reach back to its beginning and no further.
      expect(Math.max(...asked)).toBe(lagSeconds * 1000);
    },
  },
  { what: 'the newest bucket, while it is filling, is left out', provider: 'local' },
  { what: 'PartialData pages of CloudWatch are asked for again', provider: 'sagemaker' },
  {
    what: 'a metrics service that throttles now and then',
    run: () => {
      let asked = 0;
      return expectEnd(
        {
          given: ({ target }) => {
            target.fault = (name) => (name === 'measure' && asked++ % 2 === 0 ? 'refused' : 'none');
          },
        },
        'promoted',
      );
    },
  },
  {
    what: 'a metrics service that throttles for good: error-limit, then on-error',
    run: async () => {
      const given = ({ target }: World): void => {
        target.fault = (name) => (name === 'measure' ? 'refused' : 'none');
      };
      await expectEnd({ given }, 'rolled-back', 'the connection broke');
      await expectEnd({ given, settings: choices({ onError: 'pause' }) }, 'paused', 'the connection broke');
    },
  },
  {
    what: '403 on the metrics: what cannot be judged goes back',
    run: async () => {
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.fault = (name) => (name === 'measure' ? 'final' : 'none');
          },
        },
        'rolled-back',
        'forbidden',
      );
      expect(world.target.shares).toEqual(atStable);
    },
  },
];

const candidate: readonly Row[] = [
  {
    what: '403 on the deployment: no traffic was moved',
    run: async () => {
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.fault = (name) => (name === 'provision' ? 'final' : 'none');
          },
        },
        'rolled-back',
        'provisioning: It is forbidden',
      );
      expect(world.target.shifts).toEqual([]);
    },
  },
  {
    what: 'a candidate that never gets ready: given up after its time, no traffic was moved',
    run: async () => {
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.fault = (name) => (name === 'provision' ? 'hangs' : 'none');
          },
        },
        'rolled-back',
        'provisioning',
      );
      expect(world.target.shifts).toEqual([]);
    },
  },
  {
    what: 'a candidate that is killed for its memory again and again: restarts are a breach',
    run: () =>
      expectEnd(
        {
          given: figures((series, whose) =>
            whose === 'candidate' ? windows((window) => ({ ...window, restarts: 1 }))(series) : series,
          ),
        },
        'rolled-back',
        'restarted',
      ),
  },
  {
    what: 'no capacity to provision with (quota, InsufficientInstanceCapacity)',
    run: async () => {
      const world = worldOf();
      world.target.provision = async () => {
        throw new UserError(
          'There is no capacity for ml.g5.xlarge in eu-west-1. Ask for a quota or take another type.',
        );
      };
      expect(await rollOut(world)).toMatchObject({
        outcome: 'rolled-back',
        reason: expect.stringContaining('no capacity for ml.g5.xlarge'),
      });
      expect(world.target.shares).toEqual({ blue: 100 });
    },
  },
  {
    what: 'autoscaling changes the replicas during the bake: it waits for the ones that start, and then passes',
    run: () =>
      expectEnd(
        {
          given: figures((series, whose) =>
            whose === 'stable'
              ? series
              : {
                  windows: series.windows.map((window, index) => ({
                    ...window,
                    readyReplicas: index === 1 ? 1 : 2,
                    desiredReplicas: 2,
                  })),
                },
          ),
        },
        'promoted',
      ),
  },
  {
    what: 'the candidate loses its health after the shift',
    run: () =>
      expectEnd(
        {
          given: seen((each) => (each.shares.green === 10 ? { ...each, healthy: { blue: true, green: false } } : each)),
        },
        'rolled-back',
        'not healthy any more',
      ),
  },
];

const endpoint: readonly Row[] = [
  { what: 'the endpoint is updating already', run: async () => expectRefused({ status: 'updating' }, 'is updating') },
  { what: 'SystemUpdating counts as updating', provider: 'sagemaker' },
  { what: 'the endpoint has failed', run: async () => expectRefused({ status: 'failed' }, 'is failed') },
  {
    what: "the cloud's last rollback failed",
    run: async () => expectRefused({ status: 'rollback-failed' }, 'rollback-failed'),
  },
  {
    what: 'the traffic is divided already',
    run: async () => expectRefused({ shares: { blue: 60, red: 40 } }, 'blue 60 %, red 40 %'),
  },
  {
    what: 'a silent rollback: in service again, with the old one',
    run: () =>
      expectEnd(
        {
          engine: 'guarded',
          drive: { guarded },
          given: ({ target }) => {
            target.cloudRollsBack = true;
          },
        },
        'rolled-back',
        'the cloud rolled back to blue by itself',
      ),
  },
  {
    what: 'UpdateRollbackFailed: a mix of old and new serves, and a human is told what to do',
    run: () =>
      expectEnd(
        {
          engine: 'guarded',
          drive: { guarded },
          given: seen((each) => (each.status === 'updating' ? { ...each, status: 'rollback-failed' } : each)),
        },
        'rollback-failed',
        'by hand',
      ),
  },
  { what: 'an alarm that is in ALARM before anything begins', provider: 'sagemaker' },
  { what: 'an alarm with INSUFFICIENT_DATA is not OK', provider: 'sagemaker' },
  { what: 'a variant that would be renamed', provider: 'sagemaker' },
  { what: 'another instance type under a scalable target', provider: 'sagemaker' },
  {
    what: 'the old fleet fails too: compared with it the candidate is no worse, and the limit decides',
    run: () =>
      expectEnd(
        {
          given: ({ target }) => {
            target.behaviours.blue = { errors: 0.05, milliseconds: 100 };
            target.behaviours.green = { errors: 0.05, milliseconds: 100 };
          },
        },
        'rolled-back',
        'where 1 % is the limit',
      ),
  },
  {
    what: 'the old fleet is dead and the candidate is not: the traffic is not sent to the dead',
    run: async () => {
      const world = await expectEnd(
        {
          given: (world) => {
            world.target.behaviours.green = { errors: 0.08, milliseconds: 100 };
            seen((each) => (each.shares.green === 10 ? { ...each, healthy: { blue: false, green: true } } : each))(
              world,
            );
          },
        },
        'rollback-failed',
        'Mend blue',
      );
      expect(world.target.shares.green).toBe(10);
    },
  },
  {
    what: 'an endpoint of one instance: ten percent would be everything, which is refused',
    run: async () => {
      const request = { ...planRequest, granularity: { kind: 'units', units: 1 } } as const;
      expect(() => planRollout(request)).toThrow('really be 100 %');
    },
  },
  { what: 'Azure: the sum of the traffic is not 100', provider: 'azureml' },
  { what: 'Azure: more than 50 % of copies', provider: 'azureml' },
  { what: 'Azure: copies to a deployment with live traffic', provider: 'azureml' },
  { what: 'Azure: an older command line drops the copies', provider: 'azureml' },
  { what: 'Azure: 20 deployments are the most', provider: 'azureml' },
  { what: 'Azure: a fifth of the quota is held back for updates', provider: 'azureml' },
  { what: 'KServe ignores canaryTrafficPercent in a raw deployment', provider: 'kubernetes' },
];

const people: readonly Row[] = [
  {
    what: 'a second rollout starts',
    run: async () => {
      const world = worldOf();
      const other: Partial<Driven>[] = [];
      world.target.onCall = (name, number) => {
        if (name !== 'measure' || other.length > 0 || number < 10) return;
        const second = beginRollout(settingsOf({ owner: 'run 2', rollout: 'r2' }), found(world), world.clock.time);
        other.push(second as never);
      };
      expect(await rollOut(world)).toMatchObject({ outcome: 'promoted' });
      expect(other).toMatchObject([{ outcome: 'refused', reason: expect.stringContaining('belongs to run 1') }]);
    },
  },
  {
    what: 'somebody sets the traffic in the console in the middle of a step',
    run: async () => {
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.onCall = (name) => {
              if (name === 'measure') target.setShares({ blue: 30, green: 70 });
            };
          },
        },
        'superseded',
        'green 70 %',
      );
      expect(world.target.shares).toEqual({ blue: 30, green: 70 });
    },
  },
  {
    what: 'the same model again',
    run: async () => {
      const world = worldOf('green');
      expect(beginRollout(settingsOf(), found(world), world.clock.time)).toMatchObject({ outcome: 'no-op' });
    },
  },
  {
    what: 'steps that do not end in 100',
    run: async () => expect(() => planRollout({ ...planRequest, steps: [10, 50] })).toThrow('ends at 50'),
  },
  {
    what: 'percentages that replicas do not divide into are rounded, and told as they are',
    run: async () => {
      const plan = planRollout({ ...planRequest, steps: [25, 50, 100], granularity: { kind: 'units', units: 3 } });
      expect(plan.steps.map(({ share, achieved }) => [share, Math.round(achieved)])).toEqual([
        [25, 33],
        [50, 67],
        [100, 100],
      ]);
    },
  },
];

const survival: readonly Row[] = [
  {
    what: 'the runner is killed in each state: reconcile leaves the endpoint whole',
    run: async () => {
      const phases = new Set<string>();
      for (let number = 0; number < 60; number++) {
        const world = worldOf();
        const process = new Process(world);
        const driving = driveRollout(begin(world), driveOf(world, process));
        const killed = new Promise<void>((resolve) => {
          world.target.onCall = (_, each) => {
            if (each !== number) return;
            phases.add(world.target.journal()?.phase ?? 'none');
            process.kill();
            resolve();
          };
        });
        await Promise.race([killed, driving]);
        world.target.onCall = () => {};
        await world.clock.sleep(1000);
        world.clock.pass(10_000_000);
        await reconcile(world, settingsOf());
        expect([{ blue: 100 }, atStable, atCandidate]).toContainEqual(world.target.shares);
      }
      expect([...phases]).toEqual(
        expect.arrayContaining(['none', 'locked', 'provisioning', 'smoke', 'shifting', 'baking', 'draining']),
      );
    },
  },
  {
    what: 'the workflow is cancelled',
    run: async () => {
      const host = new AbortController();
      const world = await expectEnd(
        {
          drive: { signal: host.signal },
          given: ({ target }) => {
            target.onCall = (name, number) => {
              if (name === 'measure' && number > 12) host.abort(new Error('cancelled'));
            };
          },
        },
        'rolled-back',
        'it was cancelled',
      );
      expect(world.target.shares).toEqual(atStable);
    },
  },
  {
    what: 'it takes longer than `timeout`',
    run: () =>
      expectEnd({ settings: { times: { ...defaultTimes, timeoutSeconds: 200 } } }, 'rolled-back', 'longer than'),
  },
  {
    what: 'credentials expire in the middle of a bake: it fails closed and says how to go on; then reconcile finishes it',
    run: async () => {
      let expired = false;
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.fault = (name, number) => {
              expired ||= name === 'measure' && number > 12;
              return expired ? 'final' : 'none';
            };
          },
        },
        'rollback-failed',
        'mode: reconcile',
      );
      expect(world.target.shares.green).toBe(10);
      world.target.fault = () => 'none';
      world.clock.pass(10_000_000);
      await reconcile(world, settingsOf());
      expect(world.target.shares).toEqual(atStable);
    },
  },
  {
    what: 'the way back fails twice (5xx, throttled) and is tried again',
    run: async () => {
      let shifts = 0;
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.behaviours.green = { errors: 0.08, milliseconds: 100 };
            target.fault = (name) => (name === 'shift' && [1, 2].includes(shifts++) ? 'refused' : 'none');
          },
        },
        'rolled-back',
        'server errors',
      );
      expect([shifts, world.target.shares]).toEqual([4, atStable]);
    },
  },
  {
    what: 'stable was deleted meanwhile: there is nothing to go back to, and the traffic stays where it is served',
    run: async () => {
      const world = await expectEnd(
        {
          given: ({ target }) => {
            target.onCall = (name) => {
              if (name !== 'measure' || target.shares.green !== 100) return;
              target.deployments.delete('blue');
              target.behaviours.green = { errors: 0.08, milliseconds: 100 };
            };
          },
        },
        'rollback-failed',
        'blue',
      );
      expect(world.target.shares).toEqual(atCandidate);
    },
  },
  { what: 'requests in flight are answered before the old deployment ends', provider: 'local' },
  {
    what: 'the clock jumps back by hours',
    run: () => {
      let looks = 0;
      return expectEnd(
        {
          given: ({ target, clock }) => {
            target.onCall = (name) => {
              if (name === 'measure' && ++looks === 3) clock.set(-3 * 3_600_000);
            };
          },
        },
        'rolled-back',
      );
    },
  },
  {
    what: 'the clock jumps past the timeout',
    run: () => {
      let looks = 0;
      return expectEnd(
        {
          given: ({ target, clock }) => {
            target.onCall = (name) => {
              if (name === 'measure' && ++looks === 3) clock.set(3 * 3_600_000);
            };
          },
        },
        'rolled-back',
        'longer than',
      );
    },
  },
];

const planRequest = {
  strategy: 'canary',
  bakeSeconds: 60,
  finalBakeSeconds: 60,
  settleSeconds: 0,
  granularity: { kind: 'weights' },
  allowCoarse: false,
} as const;

const table = { traffic, metrics, candidate, endpoint, people, survival };

describe.each(Object.entries(table))('edge cases: %s', (_part, rows) => {
  const ours = rows.flatMap(({ what, run }) => (run === undefined ? [] : [[what, run] as const]));
  test.each(ours)('%s', async (_what, run) => {
    await run();
  });

  test('a row is run here, or names the provider whose tests run it', () => {
    for (const { what, run, provider } of rows)
      expect([what, (run === undefined) !== (provider === undefined)]).toEqual([what, true]);
  });
});

import { defaultChoices, type RolloutSettings } from '@mlops-actions/core';
import type { Drive } from '@mlops-actions/rollout';
import { MemoryTarget } from '../../../packages/rollout/src/testing/memory-target.ts';
import { green, planOf, rollOut, settingsOf, type World } from '../../../packages/rollout/src/testing/rollouts.ts';
import { VirtualClock } from '../../../packages/rollout/src/testing/virtual-clock.ts';
import { headlineOf } from '../ended.ts';
import type { RolloutResult } from '../rollout-result.ts';

interface Scene {
  readonly settings?: Partial<RolloutSettings>;
  readonly drive?: Partial<Drive>;
  readonly given?: (world: World) => void;
}

/** What a real rollout comes to on an endpoint in memory, in virtual time, where something is the matter. */
export async function resultOf({ settings = {}, drive = {}, given }: Scene): Promise<RolloutResult> {
  const clock = new VirtualClock();
  const world = { clock, target: new MemoryTarget(clock) };
  const begunAt = clock.time;
  given?.(world);
  const driven = await rollOut(world, { plan: planOf({ settleSeconds: 30 }), ...settings }, drive);
  return {
    mode: 'run',
    endpoint: 'shop',
    provider: 'local',
    outcome: driven.outcome,
    headline: headlineOf({ outcome: driven.outcome, reason: driven.reason, settings: driven.state.settings }),
    settings: driven.state.settings,
    models: { blue: 'shop@1', green: 'shop@2' },
    driven,
    finalShares: world.target.shares,
    warnings: [],
    begunAt,
    endedAt: clock.time,
  };
}

const paused = { choices: { ...defaultChoices, onNoTraffic: 'inconclusive', onInconclusive: 'pause' } } as const;
const hostile = '<img src=x onerror=alert(1)>|`__proto__`';

/** One result of each kind. */
export const scenes = {
  promoted: () => resultOf({}),
  errors: () =>
    resultOf({
      given: ({ target }) => {
        target.behaviours.green = { errors: 0.04, milliseconds: 100 };
        target.requestsPerSecond = 10;
      },
    }),
  latency: () =>
    resultOf({
      given: ({ target }) => {
        target.onCall = () => {
          const isLater = (target.shares.green ?? 0) > 10;
          target.behaviours.green = { errors: 0.001, milliseconds: isLater ? 190 : 104 };
        };
      },
    }),
  paused: () =>
    resultOf({
      settings: paused,
      given: ({ target }) => {
        target.requestsPerSecond = 0;
      },
    }),
  superseded: () =>
    resultOf({
      given: ({ target }) => {
        target.onCall = (name) => {
          if (name === 'measure') target.setShares({ blue: 60, green: 40 });
        };
      },
    }),
  'rollback-failed': () =>
    resultOf({
      given: ({ target }) => {
        target.behaviours.green = { errors: 0.08, milliseconds: 100 };
        target.fault = (name, number) => (name === 'shift' && number > 12 ? 'refused' : 'none');
      },
    }),
  shadow: () =>
    resultOf({
      settings: {
        plan: planOf({ strategy: 'shadow-then-canary', shadowPercent: 20, shadowSeconds: 300, settleSeconds: 0 }),
        choices: { ...defaultChoices, onNoTraffic: 'advance' },
      },
    }),
  refused: async (): Promise<RolloutResult> => {
    const { driven: _, ...result } = await resultOf({});
    const reason =
      'Rollout r0 is baking and belongs to run 7 until 2026-11-26T12:00:00.000Z. Wait for it, or run mode: abort.';
    const outcome = 'refused';
    return { ...result, outcome, headline: headlineOf({ outcome, reason, settings: settingsOf() }) };
  },
  hostile: () =>
    resultOf({
      settings: { candidate: hostile, owner: hostile, rollout: hostile },
      drive: { candidate: { ...green, deployment: hostile } },
      given: ({ target }) => {
        target.behaviours[hostile] = { errors: 0.6, milliseconds: 100 };
      },
    }),
} as const;

import { planDefaults, planRollout, type RolloutPlan } from '../plan.ts';
import { defaultSettings, type RolloutSettings } from '../state.ts';

export function canaryPlan(changes: Partial<Parameters<typeof planRollout>[0]> = {}): RolloutPlan {
  return planRollout({
    strategy: 'canary',
    granularity: { kind: 'weights' },
    allowCoarse: false,
    ...planDefaults,
    ...changes,
  });
}

export function rolloutSettings(changes: Partial<RolloutSettings> = {}): RolloutSettings {
  return {
    ...defaultSettings,
    rollout: 'r1',
    owner: 'https://ci.example/runs/1',
    stable: 'blue',
    candidate: 'green',
    plan: canaryPlan(),
    engine: 'shares',
    ...changes,
  };
}

import { defaultJudgeRules } from '../judgement.ts';
import { planDefaults, planRollout, type RolloutPlan } from '../plan.ts';
import { defaultChoices, defaultLimits, defaultTimes, type RolloutSettings } from '../state.ts';

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
    rollout: 'r1',
    owner: 'https://ci.example/runs/1',
    stable: 'blue',
    candidate: 'green',
    plan: canaryPlan(),
    engine: 'shares',
    rules: defaultJudgeRules,
    limits: defaultLimits,
    choices: defaultChoices,
    times: defaultTimes,
    canProbe: false,
    deleteOld: true,
    retries: 2,
    ...changes,
  };
}

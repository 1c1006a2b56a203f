import {
  defaultChoices,
  defaultJudgeRules,
  defaultSettings,
  defaultTimes,
  type Granularity,
  type JudgeRules,
  type Limits,
  ownCheckNames,
  type PlanRequest,
  plannedSeconds,
  planRollout,
  type RolloutPlan,
  type RolloutSettings,
  UserError,
} from '@mlops-actions/core';
import type { ProviderName, RolloutEngine } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import { defaultGuardedSteps } from './guardrail.ts';
import type { spec } from './spec.ts';

export type RolloutInputs = Inputs<typeof spec>;

/** How late and how cold a provider's figures are after a shift. */
const settleSeconds: Readonly<Record<ProviderName, number>> = { local: 10, sagemaker: 120 };

/** How long SageMaker may take to start instances and to go back: its guarded updates heed an alarm only while they bake. */
const guardedProgressSeconds = 1800;

/** What only this rollout has: the settings that no input says. */
export interface Particulars {
  readonly rollout: string;
  readonly owner: string;
  readonly candidate: string;
  readonly plan: RolloutPlan;
  readonly engine: RolloutEngine['kind'];
  readonly canProbe: boolean;
}

/**
 * The plan that the inputs ask for.
 *
 * @throws UserError when the endpoint cannot be divided so, or the rollout could not end before its `timeout`.
 */
export function planOf(inputs: RolloutInputs, granularity: Granularity): RolloutPlan {
  const { strategy, timeout } = inputs;
  const asked = shadowOf(inputs);
  const plan = planRollout({
    strategy,
    ...stepsOf(inputs, granularity),
    bakeSeconds: inputs.bake,
    finalBakeSeconds: inputs.finalBake,
    settleSeconds: inputs.settle ?? settleSeconds[inputs.provider],
    granularity,
    allowCoarse: inputs.allowCoarse,
    batch: inputs.batch,
    ...asked,
  });
  const least = plannedSeconds(plan);
  if (least < timeout) return plan;
  throw new UserError(
    `Input \`timeout\` is ${timeout} s, and the steps take ${least} s at least. Raise it, or shorten \`bake\` and \`final-bake\`.`,
  );
}

function stepsOf({ steps, engine, strategy }: RolloutInputs, granularity: Granularity): Pick<PlanRequest, 'steps'> {
  if (steps.length > 0) return { steps: steps.map(percentOf) };
  return engine === 'guardrail' && strategy === 'canary' ? { steps: defaultGuardedSteps(granularity) } : {};
}

/** A plan of one step that looks at what serves for the time of `bake` (mode `observe`). */
export function observedPlan(inputs: RolloutInputs, granularity: Granularity): RolloutPlan {
  const { bake, settle, provider } = inputs;
  return planRollout({
    strategy: 'all-at-once',
    bakeSeconds: bake,
    finalBakeSeconds: bake,
    settleSeconds: settle ?? settleSeconds[provider],
    granularity,
    allowCoarse: true,
  });
}

export function settingsOf(inputs: RolloutInputs, particulars: Particulars): RolloutSettings {
  return {
    ...defaultSettings,
    ...particulars,
    stable: '',
    rules: rulesOf(inputs),
    limits: limitsOf(inputs),
    choices: {
      ...defaultChoices,
      onInconclusive: inputs.onInconclusive,
      onNoTraffic: inputs.onNoTraffic,
      onError: inputs.onError,
      onCancel: inputs.onCancel,
    },
    times: {
      ...defaultTimes,
      intervalSeconds: inputs.interval,
      ...(particulars.engine === 'guarded' ? { progressSeconds: guardedProgressSeconds } : {}),
      maxHoldSeconds: inputs.maxHold,
      timeoutSeconds: inputs.timeout,
      pauseSeconds: inputs.pauseTimeout,
    },
    deleteOld: !inputs.keepOld,
  };
}

/** @throws UserError when `advisory` or `failure-limit` name a check that there is not. */
export function requireKnownChecks(inputs: RolloutInputs, custom: readonly string[]): void {
  const known: readonly string[] = [...ownCheckNames, ...custom];
  const asked = { advisory: inputs.advisory, 'failure-limit': Object.keys(inputs.failureLimit) };
  for (const [input, names] of Object.entries(asked)) {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    throw new UserError(`Input \`${input}\` names "${unknown}", which is no check. There are ${known.join(', ')}.`);
  }
}

function rulesOf(inputs: RolloutInputs): JudgeRules {
  const { maxLatencyMs, latencyStatistic } = inputs;
  return {
    ...defaultJudgeRules,
    minRequests: inputs.minRequests,
    errorMargin: inputs.errorMargin,
    maxErrorRate: inputs.maxErrorRate,
    latencyRatio: inputs.maxLatencyRatio,
    ...(latencyStatistic === undefined ? {} : { latencyStatistic }),
    ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }),
    maxRestarts: inputs.maxRestarts,
    advisory: inputs.advisory,
    mannWhitney: inputs.mannWhitney,
  };
}

function limitsOf({ failureLimit, errorLimit }: RolloutInputs): Limits {
  const failureLimits = Object.entries(failureLimit).map(([name, text]) => {
    const limit = Number(text);
    if (Number.isSafeInteger(limit) && limit >= 0) return [name, limit] as const;
    throw new UserError(`Input \`failure-limit\` says "${text}" for ${name}. Write a whole number from 0 on.`);
  });
  return { failureLimits: Object.fromEntries(failureLimits), errorLimit };
}

function shadowOf({ strategy, shadowPercent, shadowDuration }: RolloutInputs): Partial<PlanRequest> {
  if (strategy === 'shadow-then-canary') {
    return {
      ...(shadowPercent === undefined ? {} : { shadowPercent }),
      ...(shadowDuration === undefined ? {} : { shadowSeconds: shadowDuration }),
    };
  }
  if (shadowPercent === undefined && shadowDuration === undefined) return {};
  throw new UserError(
    `Inputs \`shadow-percent\` and \`shadow-duration\` are for \`strategy: shadow-then-canary\`, and this one is ${strategy}. Leave them out, or write that strategy.`,
  );
}

function percentOf(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (text.trim() !== '' && Number.isFinite(percent)) return percent;
  throw new UserError(`Input \`steps\` has "${text}", which is not a percentage. Write for example 10,25,50,100.`);
}

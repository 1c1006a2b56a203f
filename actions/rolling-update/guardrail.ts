import { type Granularity, guardrailOf, type RolloutJournal, type RolloutPlan, UserError } from '@mlops-actions/core';
import type { GuardedRequest, RolloutEngine } from '@mlops-actions/provider';
import type { RolloutInputs } from './settings.ts';

/** Who moves the traffic, as users write it. */
export const engineNames = ['weights', 'guardrail'] as const;

/** The engine of a rollout: an unfinished one goes on with its own, whatever the inputs say now. */
export function engineOf({ engine }: RolloutInputs, journal?: RolloutJournal): RolloutEngine['kind'] {
  if (journal !== undefined) return journal.engine ?? 'shares';
  return engine === 'guardrail' ? 'guarded' : 'shares';
}

/** @throws UserError when inputs say what a guarded rollout cannot do, or what only a guarded one does. */
export function requireGuardable(inputs: RolloutInputs): void {
  const { engine, provider, alarms, keepOld, smokeRequest, onCancel, onError } = inputs;
  if (engine === 'weights') {
    if (alarms.length === 0) return;
    throw new UserError('Input `alarms` is for `engine: guardrail`, and this one is weights. Leave it out.');
  }
  if (provider !== 'sagemaker') {
    throw new UserError(`\`engine: guardrail\` is SageMaker's, and the provider is ${provider}. Leave \`engine\` out.`);
  }
  if (smokeRequest !== undefined) {
    throw new UserError(
      'With `engine: guardrail` nobody can ask the new instances alone before they have traffic. Leave `smoke-request` out, or write `engine: weights`.',
    );
  }
  if (keepOld) {
    throw new UserError(
      'With `engine: guardrail` SageMaker ends the old instances itself. Leave `keep-old` out, or write `engine: weights`.',
    );
  }
  const left = onCancel === 'leave' ? '`on-cancel: leave`' : onError === 'pause' ? '`on-error: pause`' : undefined;
  if (left === undefined) return;
  throw new UserError(
    `With \`engine: guardrail\` SageMaker goes on by itself, so that nothing is paused by ${left}. Leave it out.`,
  );
}

/** The steps of a guarded canary when the inputs name none: 10 %, or one instance when that is more, and then everything. */
export function defaultGuardedSteps(granularity: Granularity): readonly number[] {
  const units = granularity.kind === 'units' ? granularity.units : 10;
  // Of one instance there is no part: 10 % of it is refused as coarse, with what to do.
  return [units === 1 ? 10 : Math.max(10, Math.ceil(100 / units)), 100];
}

/** @throws UserError with the nearest plan that SageMaker can do. */
export function guardedRequest(
  inputs: RolloutInputs,
  plan: RolloutPlan,
): Omit<GuardedRequest, 'candidate' | 'revision'> {
  const { alarms, createAlarms, maxErrorRate, maxLatencyMs, timeout } = inputs;
  const translated = guardrailOf(plan, timeout);
  if (translated.kind === 'illegal') throw new UserError(translated.reason);
  const limits = { maxErrorRate, ...(maxLatencyMs === undefined ? {} : { maxLatencyMs }) };
  return { guardrail: translated.guardrail, alarms, ...(createAlarms ? { limits } : {}) };
}

import { isLinear, type RolloutPlan, type RolloutStep } from './plan.ts';

/**
 * The update policies with which SageMaker drives a rollout by itself ("deployment guardrails"), in its own terms; the ranges are those of
 * the API model of 2026-08 (`sagemaker/2017-07-24`).
 */
export type Guardrail =
  | {
      readonly kind: 'blue-green';
      readonly routing: 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR';
      /** Percent of the capacity: the canary's size or the step's; absent for `ALL_AT_ONCE`. */
      readonly sizePercent?: number;
      /** `WaitIntervalInSeconds`: between two shifts. */
      readonly waitSeconds: number;
      /** `TerminationWaitInSeconds`: the bake at 100 %. */
      readonly terminationWaitSeconds: number;
      /** `MaximumExecutionTimeoutInSeconds`. */
      readonly timeoutSeconds: number;
    }
  | {
      readonly kind: 'rolling';
      readonly batchPercent: number;
      readonly waitSeconds: number;
      readonly timeoutSeconds: number;
    };

export type GuardrailTranslation =
  | { readonly kind: 'legal'; readonly guardrail: Guardrail }
  /** Why the service cannot do it, in a sentence that names the fix; `nearest` are the steps of the legal plan that is most like it. */
  | { readonly kind: 'illegal'; readonly reason: string; readonly nearest: readonly number[] };

const longestWait = 3600;
const timeouts = { least: 600, most: 28_800 };

/** Translates a plan into a guardrail. `timeoutSeconds` is for the whole deployment and must exceed all its waits. */
export function guardrailOf(plan: RolloutPlan, timeoutSeconds: number): GuardrailTranslation {
  const shares = plan.steps.map(({ share }) => share);
  if (plan.steps.some(({ mirror }) => mirror !== undefined)) {
    return illegal(plan, 'a deployment guardrail cannot send copies to the candidate first');
  }
  const fault = waitFault(plan.steps) ?? timeoutFault(plan.steps, timeoutSeconds);
  if (fault !== undefined) return illegal(plan, fault);
  const first = plan.steps[0] as RolloutStep;
  const last = plan.steps.at(-1) as RolloutStep;
  const waitSeconds = shares.length === 1 ? 0 : waitOf(first);
  if (plan.strategy === 'rolling') {
    const batchPercent = Math.round(first.share);
    return batchPercent >= 5 && batchPercent <= 50
      ? { kind: 'legal', guardrail: { kind: 'rolling', batchPercent, waitSeconds, timeoutSeconds } }
      : illegal(plan, `a batch is from 5 % to 50 % of the capacity, and this one is ${batchPercent} %`);
  }
  const routing = routingOf(shares);
  if (routing === undefined) {
    return illegal(
      plan,
      'a deployment guardrail takes one canary of 1 to 50 % and then everything, or equal steps of 10 to 50 %',
    );
  }
  return {
    kind: 'legal',
    guardrail: {
      kind: 'blue-green',
      routing,
      ...(routing === 'ALL_AT_ONCE' ? {} : { sizePercent: first.share }),
      waitSeconds,
      terminationWaitSeconds: waitOf(last),
      timeoutSeconds,
    },
  };
}

/**
 * The legal steps that are most like these: no more of them, and the least mean difference of the candidate's share over the rollout, both
 * stretched to the same length; of equals the ones that expose less at first.
 */
export function nearestLegalSteps(shares: readonly number[]): readonly number[] {
  let nearest: readonly number[] = [100];
  let least = Number.POSITIVE_INFINITY;
  for (const legal of legalSteps()) {
    if (legal.length > Math.max(2, shares.length)) continue;
    const distance = distanceOf(shares, legal);
    if (distance < least - 1e-9) [nearest, least] = [legal, distance];
  }
  return nearest;
}

function* legalSteps(): Generator<readonly number[]> {
  for (let size = 1; size <= 50; size++) {
    yield [size, 100];
    if (size >= 10)
      yield Array.from({ length: Math.ceil(100 / size) }, (_, index) => Math.min(100, size * (index + 1)));
  }
}

/** The mean of |difference| of two staircases over [0, 1): exact, on the common parts of both. */
function distanceOf(one: readonly number[], other: readonly number[]): number {
  const parts = one.length * other.length;
  let sum = 0;
  for (let part = 0; part < parts; part++) {
    const left = one[Math.floor(part / other.length)] as number;
    const right = other[Math.floor(part / one.length)] as number;
    sum += Math.abs(left - right);
  }
  return sum / parts;
}

function routingOf(shares: readonly number[]): 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR' | undefined {
  const size = shares[0] as number;
  if (shares.length === 1) return 'ALL_AT_ONCE';
  if (!Number.isInteger(size) || size > 50) return undefined;
  if (shares.length === 2) return 'CANARY';
  return isLinear(shares) && size >= 10 ? 'LINEAR' : undefined;
}

function waitFault(steps: readonly RolloutStep[]): string | undefined {
  const between = steps.slice(0, -1).map(waitOf);
  const long = steps.map(waitOf).find((wait) => wait > longestWait);
  if (long !== undefined) return `a wait is at most ${longestWait} s, and one here is ${long} s`;
  return new Set(between).size > 1 ? 'a deployment guardrail waits equally long after each shift' : undefined;
}

function timeoutFault(steps: readonly RolloutStep[], timeoutSeconds: number): string | undefined {
  if (timeoutSeconds < timeouts.least || timeoutSeconds > timeouts.most) {
    return `the timeout is from ${timeouts.least} to ${timeouts.most} s, and this one is ${timeoutSeconds} s`;
  }
  const waits = steps.reduce((sum, step) => sum + waitOf(step), 0);
  return timeoutSeconds > waits
    ? undefined
    : `the timeout of ${timeoutSeconds} s must exceed the waits, ${waits} s together`;
}

function waitOf({ settleSeconds, bakeSeconds }: RolloutStep): number {
  return settleSeconds + bakeSeconds;
}

function illegal({ steps }: RolloutPlan, why: string): GuardrailTranslation {
  const shares = steps.map(({ share }) => share).filter((share) => share > 0);
  const nearest = nearestLegalSteps(shares);
  const fix =
    nearest.join() === shares.join() ? '' : ` The nearest plan that it can do is steps: ${nearest.join(',')}.`;
  return { kind: 'illegal', nearest, reason: `SageMaker cannot do this plan by itself: ${why}.${fix}` };
}

import { UserError } from '../errors.ts';
import { formatNumber } from '../figures.ts';

export const rolloutStrategies = ['canary', 'linear', 'all-at-once', 'rolling', 'shadow-then-canary'] as const;
export type RolloutStrategy = (typeof rolloutStrategies)[number];

/** One shift of traffic and the time in which it is judged. */
export interface RolloutStep {
  /** Percent of the traffic that the candidate is to get; 0 while it only gets copies. */
  readonly share: number;
  /** What it really gets, where traffic is divided by whole replicas or instances. */
  readonly achieved: number;
  /** Percent of the requests that are copied to the candidate; its answers are thrown away. */
  readonly mirror?: number;
  /** After the shift so long latency is excused, and the step cannot pass. Errors count from the first request on: a cold model is slow, not wrong. */
  readonly settleSeconds: number;
  /** After settling so long the step is judged at least. */
  readonly bakeSeconds: number;
}

export interface RolloutPlan {
  readonly strategy: RolloutStrategy;
  /** Ascending shares; the last is 100. */
  readonly steps: readonly RolloutStep[];
  /** Of `rolling`: how many replicas are replaced at a time, and with how many the candidate begins. */
  readonly batch?: number;
}

/** How finely a target can divide its traffic. */
export type Granularity =
  /** By whole percents, whatever the number of replicas; `replicas`: how many serve now, where the target tells. */
  | { readonly kind: 'weights'; readonly replicas?: number }
  /** By whole replicas or instances: each serves the same share. */
  | { readonly kind: 'units'; readonly units: number };

export interface PlanRequest {
  readonly strategy: RolloutStrategy;
  /** Percents, ascending, the last 100; absent: the strategy's own. `rolling` and `all-at-once` have none. */
  readonly steps?: readonly number[];
  readonly bakeSeconds: number;
  /** Of the step at 100 %. */
  readonly finalBakeSeconds: number;
  readonly settleSeconds: number;
  readonly granularity: Granularity;
  /** Accept steps of which the achieved share is more than twice the requested one. */
  readonly allowCoarse: boolean;
  /** How many replicas `rolling` replaces at a time. */
  readonly batch?: number;
  /** For `shadow-then-canary`. */
  readonly shadowPercent?: number;
  readonly shadowSeconds?: number;
}

/** The plan's times when the user gives none. `settleSeconds` is an estimate of how late a cloud's metrics are, not a documented figure. */
export const planDefaults = { bakeSeconds: 300, finalBakeSeconds: 600, settleSeconds: 90 } as const;

const defaultSteps: Readonly<Record<RolloutStrategy, readonly number[]>> = {
  canary: [10, 25, 50, 100],
  linear: [25, 50, 75, 100],
  'all-at-once': [100],
  rolling: [],
  'shadow-then-canary': [10, 25, 50, 100],
};

/**
 * The steps of a rollout.
 *
 * @throws UserError naming the input when the steps are not ascending whole percents that end at 100, a linear plan is not one, or the
 * target cannot divide its traffic finely enough.
 */
export function planRollout(request: PlanRequest): RolloutPlan {
  const shares = sharesOf(request);
  const steps = shares.map((share) => ({
    share,
    achieved: achievedShare(share, request.granularity),
    settleSeconds: request.settleSeconds,
    bakeSeconds: share === 100 ? request.finalBakeSeconds : request.bakeSeconds,
  }));
  if (!request.allowCoarse) refuseCoarse(steps, request.granularity);
  return {
    strategy: request.strategy,
    steps: [...shadowSteps(request), ...mergeEqual(steps)],
    ...(request.strategy === 'rolling' ? { batch: request.batch ?? 1 } : {}),
  };
}

/** The share that a target gives when asked for `share` percent: whole units, at least one and, below 100 %, not all if it has two. */
export function achievedShare(share: number, granularity: Granularity): number {
  if (granularity.kind === 'weights' || share === 0 || share === 100) return share;
  const { units } = granularity;
  const wanted = Math.round((units * share) / 100);
  return (100 * Math.max(1, Math.min(wanted, Math.max(1, units - 1)))) / units;
}

/** How long a plan takes at least, in seconds. */
export function plannedSeconds({ steps }: RolloutPlan): number {
  return steps.reduce((sum, step) => sum + step.settleSeconds + step.bakeSeconds, 0);
}

function sharesOf(request: PlanRequest): readonly number[] {
  const { strategy, steps } = request;
  if (strategy === 'rolling') return rollingShares(request);
  if (steps === undefined || steps.length === 0) return defaultSteps[strategy];
  const written = steps.join(',');
  if (strategy === 'all-at-once' && written !== '100') {
    throw new UserError(
      `steps is "${written}", but strategy all-at-once has the one step 100. Leave steps empty, or write strategy: canary.`,
    );
  }
  const wrong = steps.find((share) => !Number.isInteger(share) || share < 1 || share > 100);
  if (wrong !== undefined) {
    throw new UserError(`steps has ${formatNumber(wrong)}, which is not a whole percentage from 1 to 100.`);
  }
  const unordered = steps.findIndex((share, index) => index > 0 && share <= (steps[index - 1] as number));
  if (unordered > 0) {
    throw new UserError(
      `steps has ${steps[unordered]} after ${steps[unordered - 1]}. Write ascending percentages, such as 10,25,50,100.`,
    );
  }
  if (steps.at(-1) !== 100) {
    throw new UserError(`steps ends at ${steps.at(-1)}. End it with 100, or the candidate never gets all the traffic.`);
  }
  if (strategy === 'linear' && !isLinear(steps)) {
    throw new UserError(
      `steps is "${written}", which does not rise evenly. Write equal steps such as 25,50,75,100, or strategy: canary.`,
    );
  }
  return steps;
}

/** Equal steps; the last may be the smaller rest. */
export function isLinear(shares: readonly number[]): boolean {
  const size = shares[0] as number;
  return shares.every((share, index) => share === Math.min(100, size * (index + 1)));
}

function rollingShares({ granularity, batch = 1, steps }: PlanRequest): readonly number[] {
  if (steps !== undefined && steps.length > 0) {
    throw new UserError(
      'strategy rolling replaces replica by replica and takes no steps. Leave steps empty, or write strategy: canary.',
    );
  }
  const replicas = granularity.kind === 'units' ? granularity.units : granularity.replicas;
  if (replicas === undefined) {
    throw new UserError(
      'strategy rolling needs the number of replicas, which this endpoint does not tell. Write strategy: linear.',
    );
  }
  if (!Number.isInteger(batch) || batch < 1) {
    throw new UserError(`batch is ${formatNumber(batch)}, which is not a whole number of replicas from 1 on.`);
  }
  return Array.from({ length: Math.ceil(replicas / batch) }, (_, index) => {
    const share = Math.min(100, (100 * batch * (index + 1)) / replicas);
    return granularity.kind === 'weights' ? Math.round(share) : share;
  });
}

function refuseCoarse(steps: readonly RolloutStep[], granularity: Granularity): void {
  const coarse = steps.find(({ share, achieved }) => achieved > 2 * share);
  if (coarse === undefined || granularity.kind === 'weights') return;
  const finest = Math.ceil(100 / granularity.units);
  throw new UserError(
    `The step of ${coarse.share} % would really be ${formatNumber(coarse.achieved)} %, because the endpoint divides its traffic by ${granularity.units} replicas. Begin steps with ${finest}, take more replicas, or write allow-coarse: true.`,
  );
}

/** Steps that come to the same achieved share are one, the last of them. */
function mergeEqual(steps: readonly RolloutStep[]): RolloutStep[] {
  return steps.filter((step, index) => step.share === 100 || step.achieved !== steps[index + 1]?.achieved);
}

function shadowSteps({ strategy, shadowPercent, shadowSeconds, settleSeconds }: PlanRequest): RolloutStep[] {
  if (strategy !== 'shadow-then-canary') return [];
  if (shadowPercent === undefined || !(shadowPercent >= 1 && shadowPercent <= 100)) {
    throw new UserError(
      `shadow-percent is ${shadowPercent ?? 'empty'}. Write from 1 to 100 for strategy shadow-then-canary, or write strategy: canary.`,
    );
  }
  if (shadowSeconds === undefined || !(shadowSeconds > 0)) {
    throw new UserError(
      'shadow-duration is empty. Write how long the candidate gets copies, such as 10m, or strategy: canary.',
    );
  }
  return [{ share: 0, achieved: 0, mirror: shadowPercent, settleSeconds, bakeSeconds: shadowSeconds }];
}

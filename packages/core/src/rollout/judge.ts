import { overallVerdict, type Verdict } from '../check.ts';
import { clientErrorCheck, fastFailCheck, percent, serverErrorCheck } from './error-check.ts';
import type { CustomResult, Evidence, JudgeRules, RolloutCheck } from './judgement.ts';
import { latencyCheck, rankCheck } from './latency-check.ts';
import type { Measurement } from './measurement.ts';

/** All the checks of a step, on everything measured since its shift. */
export function judgeStep(evidence: Evidence, rules: JudgeRules): RolloutCheck[] {
  return [
    fastFailCheck(evidence, rules),
    readyCheck(evidence),
    serverErrorCheck(evidence, rules),
    clientErrorCheck(evidence, rules),
    latencyCheck(evidence, rules),
    rules.mannWhitney ? rankCheck(evidence, rules) : undefined,
    capacityCheck(evidence, rules),
    saturationCheck(evidence, rules),
    ...(evidence.custom ?? []).map(customCheck),
  ]
    .filter((check) => check !== undefined)
    .map((check) => (rules.advisory.includes(check.name) ? { ...check, advisory: true } : check));
}

/** The names of the checks that are made without being asked for. */
export const ownCheckNames = [
  'fast-fail',
  'ready',
  'server-errors',
  'client-errors',
  'latency',
  'latency-ranks',
  'capacity',
  'saturation',
] as const;

/** How often a check may fail or err before it counts; kept over a whole rollout. */
export interface Limits {
  /**
   * By the check's name; others have 0. A check that failed more often than this in the whole rollout is a breach. 0 suits what is judged
   * on the whole step; 1 suits a plain threshold on the newest window alone.
   */
  readonly failureLimits: Readonly<Record<string, number>>;
  /** A check may err so often in a row. */
  readonly errorLimit: number;
}

/** How often each check failed so far, and how often it erred in a row. */
export type Tally = Readonly<Record<string, { readonly failures: number; readonly errors: number }>>;

export interface Ruling {
  readonly tally: Tally;
  /** `fail`: a breach; `error`: errors beyond the limit; `pass`: every check that counts passes now; `inconclusive`: anything else. */
  readonly verdict: Verdict;
  /** The check that decided; absent when all pass. */
  readonly decisive?: RolloutCheck;
}

/** Adds one look to the tally and rules on it. A failure within its limit does not roll back, and does not pass either. */
export function ruleOn(checks: readonly RolloutCheck[], tally: Tally, limits: Limits): Ruling {
  // A check that is not in this look did not err in it.
  const counted: Record<string, { failures: number; errors: number }> = Object.fromEntries(
    Object.entries(tally).map(([name, { failures }]) => [name, { failures, errors: 0 }]),
  );
  for (const { name, verdict } of checks) {
    const { failures, errors } = tally[name] ?? { failures: 0, errors: 0 };
    counted[name] = {
      failures: failures + (verdict === 'fail' ? 1 : 0),
      errors: verdict === 'error' ? errors + 1 : 0,
    };
  }
  const binding = checks.filter(({ advisory }) => !advisory);
  const breach = binding.find(
    ({ name, verdict, fast }) =>
      verdict === 'fail' && (fast || (counted[name]?.failures ?? 0) > (limits.failureLimits[name] ?? 0)),
  );
  if (breach !== undefined) return { tally: counted, verdict: 'fail', decisive: breach };
  const erring = binding.find(({ name }) => (counted[name]?.errors ?? 0) > limits.errorLimit);
  if (erring !== undefined) return { tally: counted, verdict: 'error', decisive: erring };
  if (overallVerdict(checks) === 'pass') return { tally: counted, verdict: 'pass' };
  const doubtful = binding.find(({ verdict }) => verdict !== 'pass');
  return { tally: counted, verdict: 'inconclusive', ...(doubtful === undefined ? {} : { decisive: doubtful }) };
}

function readyCheck({ ready }: Evidence): RolloutCheck | undefined {
  if (ready === undefined) return undefined;
  return {
    name: 'ready',
    verdict: ready ? 'pass' : 'fail',
    advisory: false,
    reason: ready ? 'the candidate is healthy' : 'the candidate is not healthy any more',
  };
}

/** Restarts are a breach; fewer replicas than wanted make a step wait. Absent when the provider says nothing of either. */
function capacityCheck({ candidate: { windows } }: Evidence, { maxRestarts }: JudgeRules): RolloutCheck | undefined {
  const restarts = windows.reduce((sum, window) => sum + (window.restarts ?? 0), 0);
  const last = windows.findLast(
    ({ readyReplicas, desiredReplicas }) => readyReplicas !== undefined && desiredReplicas !== undefined,
  );
  const known = last !== undefined || windows.some((window) => window.restarts !== undefined);
  if (!known) return undefined;
  const shown = { name: 'capacity', advisory: false, value: restarts, threshold: maxRestarts };
  if (restarts > maxRestarts) {
    return { ...shown, verdict: 'fail', reason: `replicas restarted ${restarts} times, more than ${maxRestarts}` };
  }
  const [ready, desired] = [last?.readyReplicas ?? 0, last?.desiredReplicas ?? 0];
  if (ready < desired) {
    return { ...shown, verdict: 'inconclusive', reason: `${ready} of ${desired} replicas are ready` };
  }
  return { ...shown, verdict: 'pass', reason: `replicas restarted ${restarts} times` };
}

function saturationCheck({ candidate }: Evidence, { maxSaturation }: JudgeRules): RolloutCheck | undefined {
  const known = (window: Measurement): boolean => window.saturation !== undefined;
  const value = candidate.windows.findLast(known)?.saturation;
  if (value === undefined) return undefined;
  return {
    name: 'saturation',
    verdict: value > maxSaturation ? 'fail' : 'pass',
    advisory: true,
    value,
    threshold: maxSaturation,
    reason: `${percent(value)} of the scarcest resource is in use`,
  };
}

function customCheck({ advisory = false, ...result }: CustomResult): RolloutCheck {
  return { ...result, advisory };
}

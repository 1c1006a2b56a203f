import type { Verdict } from '../check.ts';
import { judgeStep, type Ruling, ruleOn } from './judge.ts';
import type { RolloutCheck } from './judgement.ts';
import { requestsOf } from './measurement.ts';
import { ask, end, isAsIntended, isLate, isSuperseded, later, supersede, write } from './moves.ts';
import type { RolloutStep } from './plan.ts';
import { rollBack } from './rollback.ts';
import type { Measured, RolloutObservation, RolloutState, RolloutTask, Transition } from './state.ts';

/** Announces the next step's share in the journal and shifts to it; after the last one, promotes. */
export function nextStep(state: RolloutState, at: number): Transition {
  const index = state.journal.step + 1;
  const step = state.settings.plan.steps[index];
  return step === undefined ? promote(state, at) : enterStep(state, index, at);
}

function promote(state: RolloutState, at: number): Transition {
  return write(state, { phase: 'draining', shares: [100], mirror: 0 }, at);
}

export function enterStep(state: RolloutState, index: number, at: number): Transition {
  const step = stepOf(state, index);
  const shares = [...new Set([...state.journal.shares.slice(-1), step.achieved])];
  const task: RolloutTask = { kind: 'shift', share: step.achieved, mirror: step.mirror ?? 0 };
  return write(state, { phase: 'shifting', step: index, shares, mirror: step.mirror ?? 0 }, at, task);
}

/** The target was looked at after a shift. */
export function onShiftView(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  const fault = faultOf(observation);
  if (fault !== undefined) return rollBack(state, fault, at);
  if (isSuperseded(state, observation)) return supersede(state, at);
  const target = state.journal.shares.at(-1) as number;
  if (isAsIntended(state, observation)) {
    return write({ ...state, probed: 0 }, { phase: 'baking', shares: [target] }, at);
  }
  if (isLate(state, at)) {
    return rollBack(state, `the traffic did not reach ${target} % in ${state.settings.times.progressSeconds} s`, at);
  }
  const lost = state.failures > 0 && observation.status === 'in-service';
  return later(state, at, lost ? { kind: 'shift', share: target, mirror: state.journal.mirror } : { kind: 'observe' });
}

/** The next look at a step: its time, with a renewed lease and, where traffic is short, with probes before. */
export function nextLook(state: RolloutState, at: number): Transition {
  const { times } = state.settings;
  const until = at + times.intervalSeconds * 1000;
  const probes = probesDue(state, at);
  const probe: RolloutTask[] = probes > 0 ? [{ kind: 'probe', count: probes }] : [];
  const looking = { ...state, probed: state.probed + probes };
  const isLeaseShort = state.journal.leaseUntil * 1000 - until < (times.leaseSeconds * 1000) / 2;
  if (isLeaseShort && !state.observing) return write(looking, {}, at, ...probe, { kind: 'wait', until });
  const [first = { kind: 'wait', until } as const, ...rest] = [...probe, { kind: 'wait', until } as const];
  return ask(looking, first, ...rest);
}

/** The target was looked at while a step bakes. */
export function onBakeView(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  if (!state.observing) {
    const fault = faultOf(observation);
    if (fault !== undefined) return rollBack(state, fault, at);
    if (isSuperseded(state, observation)) return supersede(state, at);
  }
  const to = at - state.settings.times.lagSeconds * 1000;
  return ask(state, { kind: 'measure', from: state.phaseAt, to: Math.max(state.phaseAt, to) });
}

/** What was measured is judged, and the step goes on, ends, waits or turns back. */
export function onMeasured(state: RolloutState, measured: Measured, at: number): Transition {
  const step = stepOf(state, state.journal.step);
  const ready = state.observation?.healthy[state.journal.candidate];
  const checks = judgeStep(
    {
      candidate: measured.candidate,
      ...(measured.stable === undefined ? {} : { stable: measured.stable }),
      before: state.before,
      settledAt: state.phaseAt + step.settleSeconds * 1000,
      ...(ready === undefined ? {} : { ready }),
      custom: measured.custom,
    },
    state.settings.rules,
  );
  const before = measured.stable?.windows.some(({ latency }) => latency !== undefined)
    ? measured.stable.windows
    : state.before;
  return decide({ ...state, before }, checks, at, measured);
}

/** The figures could not be had: an error of the look, not of the candidate. */
export function onUnmeasured(state: RolloutState, reason: string, at: number): Transition {
  const check: RolloutCheck = { name: 'metrics', verdict: 'error', advisory: false, reason: `no figures: ${reason}` };
  return decide(state, [check], at);
}

function decide(state: RolloutState, checks: readonly RolloutCheck[], at: number, measured?: Measured): Transition {
  const ruling = ruleOn(checks, state.tally, state.settings.limits);
  const { verdict, decisive } = ruling;
  const look = { at, step: state.journal.step, checks, verdict, ...(measured === undefined ? {} : { measured }) };
  const seen: RolloutState = { ...state, tally: ruling.tally, look, failures: 0 };
  if (state.observing) return observed(seen, ruling, at);
  const reason = decisive?.reason ?? 'all checks pass';
  if (verdict === 'fail') return rollBack(seen, breachText(seen, decisive), at);
  if (verdict === 'error') return giveUp(seen, state.settings.choices.onError, reason, at);
  if (at - state.begunAt > state.settings.times.timeoutSeconds * 1000) {
    return rollBack(seen, `the rollout took longer than ${state.settings.times.timeoutSeconds} s`, at);
  }
  // Without a breach the cloud decides, which watches its alarms.
  if (state.journal.phase === 'guarded') return isAtCandidate(seen) ? promote(seen, at) : nextLook(seen, at);
  if (at < bakeEnd(state)) return nextLook(seen, at);
  if (verdict === 'pass') return nextStep(seen, at);
  return withoutEvidence(seen, reason, measured, at);
}

function withoutEvidence(state: RolloutState, reason: string, measured: Measured | undefined, at: number): Transition {
  const { choices, times } = state.settings;
  const isIdle = measured !== undefined && requestsOf(measured.candidate.windows) === 0;
  if (isIdle && choices.onNoTraffic === 'rollback') return rollBack(state, 'the candidate had no traffic', at);
  const othersPass = (state.look?.checks ?? []).every(
    ({ name, verdict, advisory }) => advisory || verdict === 'pass' || name === 'server-errors' || name === 'latency',
  );
  if (isIdle && choices.onNoTraffic === 'advance' && othersPass) return nextStep(state, at);
  if (at < bakeEnd(state) + times.maxHoldSeconds * 1000) return nextLook(state, at);
  return giveUp(state, choices.onInconclusive, reason, at);
}

function giveUp(state: RolloutState, choice: 'rollback' | 'pause' | 'advance', reason: string, at: number): Transition {
  const cause = `the step at ${shareText(state)} could not be judged: ${reason}`;
  if (choice === 'rollback') return rollBack(state, cause, at);
  // A failure within its limit is not missing evidence: nobody chose to advance on that.
  const failing = state.look?.checks.some(({ verdict, advisory }) => verdict === 'fail' && !advisory) ?? false;
  if (choice === 'advance' && !failing) return nextStep(state, at);
  return pause(state, cause, at);
}

/** Leaves the traffic as it is for a human; after `pauseSeconds`, `reconcile` rolls back. */
export function pause(state: RolloutState, cause: string, at: number): Transition {
  return write(state, { phase: 'paused', cause }, at);
}

function observed(state: RolloutState, { verdict, decisive }: Ruling, at: number): Transition {
  const over =
    at >= bakeEnd(state) && (verdict === 'pass' || at >= bakeEnd(state) + state.settings.times.maxHoldSeconds * 1000);
  const final: readonly Verdict[] = ['fail', 'error'];
  if (!over && !final.includes(verdict)) return nextLook(state, at);
  return end(state, 'observed', `${verdict}: ${decisive?.reason ?? 'all checks pass'}`);
}

/**
 * How many requests of our own it takes for the step to have its least number by its end, if the others go on coming as they did. They are
 * sent at once: what is wrong shows the sooner.
 */
function probesDue(state: RolloutState, at: number): number {
  const { settings, look, phaseAt, journal, probed } = state;
  const step = settings.plan.steps[journal.step];
  const isWanted = settings.canProbe && settings.choices.onNoTraffic === 'probe' && journal.phase === 'baking';
  if (!isWanted || state.observing || step === undefined || step.mirror !== undefined) return 0;
  if (look?.measured === undefined || look.step !== journal.step) return 0;
  const seen = requestsOf(look.measured.candidate.windows) ?? 0;
  const planned = (step.settleSeconds + step.bakeSeconds) * 1000;
  const expected = Math.max(0, seen - probed) * Math.max(1, planned / Math.max(1, at - phaseAt));
  return Math.max(0, Math.ceil(settings.rules.minRequests - expected - probed));
}

/** Whether the cloud, which drives, has finished with everything at the candidate: its own steps end when it says so. */
export function isAtCandidate({ observation, journal }: RolloutState): boolean {
  return observation?.status === 'in-service' && (observation.shares[journal.candidate] ?? 0) >= 99.5;
}

function bakeEnd(state: RolloutState): number {
  const { settleSeconds, bakeSeconds } = stepOf(state, state.journal.step);
  return state.phaseAt + (settleSeconds + bakeSeconds) * 1000;
}

function stepOf({ settings }: RolloutState, index: number): RolloutStep {
  return settings.plan.steps[index] ?? (settings.plan.steps.at(-1) as RolloutStep);
}

function shareText(state: RolloutState): string {
  return `${stepOf(state, state.journal.step).share} %`;
}

function breachText(state: RolloutState, check: RolloutCheck | undefined): string {
  return `at ${shareText(state)}: ${check?.reason ?? 'a check failed'}`;
}

function faultOf({ status }: RolloutObservation): string | undefined {
  if (status === 'missing') return 'the endpoint does not exist any more';
  if (status === 'failed') return 'the endpoint has failed';
  return status === 'rollback-failed' ? "the cloud's own rollback failed" : undefined;
}

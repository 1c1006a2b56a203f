import type { RolloutJournal } from './journal.ts';
import { again, ask, askNext, end, isAsIntended, isLate, isSuperseded, later, supersede, write } from './moves.ts';
import type { RolloutObservation, RolloutOutcome, RolloutState, RolloutTask, Transition } from './state.ts';

/**
 * Turns to the way back: everything to stable. It looks first whether stable is fit to take it; when there is no time for that (`urgent`:
 * the host kills the process in seconds) it tells the target at once.
 */
export function rollBack(state: RolloutState, cause: string, at: number, urgent = false): Transition {
  const { shares, mirror } = state.journal;
  // Before its first shift the candidate has nothing that could be taken back.
  const isBlind = urgent && (mirror > 0 || shares.some((share) => share > 0));
  const turned = write(state, homeward(state.journal, cause), at, isBlind ? wayBack(state) : { kind: 'observe' });
  return isBlind ? { ...turned, state: { ...turned.state, attempted: true } } : turned;
}

/** What the journal says on the way back. */
export function homeward(journal: RolloutJournal, cause: string): Partial<RolloutJournal> {
  const shares = [...journal.shares.filter((share) => share !== 0), 0];
  return { phase: 'rolling-back', shares, mirror: 0, cause };
}

/** The target was looked at on the way back. */
export function onHomewardView(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  const { stable, candidate, shares } = state.journal;
  if (observation.status === 'missing') return end(state, 'rollback-failed', 'The endpoint does not exist any more.');
  if (observation.status === 'rollback-failed') {
    return end(
      state,
      'rollback-failed',
      "The cloud's own rollback failed: a mix of the old and the new configuration serves. Update the endpoint to the old one by hand.",
    );
  }
  if (isSuperseded(state, observation)) return supersede(state, at);
  if (isAsIntended(state, observation)) {
    return write(state, { shares: [0] }, at, { kind: 'retire', deployment: candidate });
  }
  const carriesTraffic = (observation.shares[candidate] ?? 0) > 0 || shares.length > 1;
  if (carriesTraffic && observation.healthy[stable] === false && observation.healthy[candidate] === true) {
    return end(
      state,
      'rollback-failed',
      `${stable} is not healthy and ${candidate} is, so the traffic stays where it is. Mend ${stable} and run mode: abort, or run mode: reconcile later.`,
    );
  }
  return turnBack(state, observation, at);
}

function turnBack(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  if (state.attempted && isLate(state, at)) {
    return end(
      state,
      'rollback-failed',
      `The traffic did not return to ${state.journal.stable} in ${state.settings.times.progressSeconds} s. Set it by hand, or run mode: reconcile.`,
    );
  }
  // Told already, and at work: a second call would be refused.
  if (state.attempted && state.failures === 0 && observation.status === 'updating') {
    return later(state, at, { kind: 'observe' });
  }
  const task = wayBack(state);
  return state.attempted ? later(state, at, task) : ask({ ...state, attempted: true }, task);
}

/** A look that failed must not keep the traffic at a bad candidate. */
export function onHomewardBlind(state: RolloutState, at: number): Transition {
  if (!state.attempted) return ask({ ...state, attempted: true, failures: 0 }, wayBack(state));
  if (!isLate(state, at)) return later(state, at, { kind: 'observe' });
  return end(
    state,
    'rollback-failed',
    `The endpoint could not be read for ${state.settings.times.progressSeconds} s, so it is unknown where the traffic is. Run mode: reconcile.`,
  );
}

/** The candidate could not be removed: the traffic is whole, and the open journal lets `reconcile` remove it. */
export function onRetireFailed(state: RolloutState, deployment: string, reason: string, at: number): Transition {
  const retried = again(state, at, { kind: 'retire', deployment });
  if (retried !== undefined) return retried;
  const outcome = state.journal.phase === 'draining' ? 'promoted' : 'rolled-back';
  return end(state, outcome, `${state.journal.cause} (${deployment} is still there: ${reason})`.trim());
}

function wayBack({ settings }: RolloutState): RolloutTask {
  return settings.engine === 'guarded' ? { kind: 'abort-guarded' } : { kind: 'shift', share: 0, mirror: 0 };
}

/**
 * The host kills the process in seconds: on the way back nothing is waited for, and what the target is not known to have accepted it is told
 * at once.
 */
export function hurryHome(state: RolloutState): Transition {
  const { expects } = state;
  const isUntold = !isHome(state.journal) && (!state.attempted || state.failures > 0);
  if (expects.kind === 'write-journal' && isUntold) {
    return { state: { ...state, attempted: true, queue: [wayBack(state)] }, commands: [] };
  }
  if (expects.kind !== 'wait' && expects.kind !== 'observe') return { state, commands: [] };
  if (isUntold) return ask({ ...state, attempted: true }, wayBack(state));
  if (expects.kind === 'observe') return { state, commands: [] };
  return askNext(state) ?? ask(state, { kind: 'observe' });
}

/**
 * How a rollout stands that was cancelled and whose driver has no time left: by what is known, not by what was begun. `reconcile` does the
 * rest.
 */
export function lastWord({ journal, expects, attempted, failures }: RolloutState): {
  readonly outcome: RolloutOutcome;
  readonly reason: string;
} {
  const rest = 'in the time that was left; mode: reconcile finishes it';
  switch (journal.phase) {
    case 'draining':
    case 'promoted':
      return { outcome: 'promoted', reason: `it was cancelled after the promotion, and was not cleaned up ${rest}` };
    case 'paused':
      return {
        outcome: 'paused',
        reason: `${journal.cause}, and the journal may not say so: mode: reconcile may take it back`,
      };
    case 'rolled-back':
    case 'superseded':
      return { outcome: journal.phase, reason: `${journal.cause}, and the journal was not closed ${rest}` };
    default:
  }
  const { stable, candidate, cause } = journal;
  const why = cause === '' || cause === 'it was cancelled' ? 'it was cancelled' : `it was cancelled, after ${cause}`;
  const where = stable === '' ? 'nobody' : stable;
  const isTold = attempted && failures === 0 && (expects.kind === 'observe' || expects.kind === 'wait');
  if (isHome(journal)) {
    return {
      outcome: 'rolled-back',
      reason: `${why}, the traffic is at ${where}, and ${candidate} was not removed ${rest}`,
    };
  }
  if (isTold) {
    return {
      outcome: 'rolled-back',
      reason: `${why}, the target was told to send everything to ${where}, and was not seen to do it ${rest}`,
    };
  }
  return { outcome: 'rollback-failed', reason: `${why}, and it is not known that the traffic is at ${where} ${rest}` };
}

/** Whether the candidate has no traffic for certain. */
function isHome({ shares }: RolloutJournal): boolean {
  return shares.every((share) => share === 0);
}

import { onGuardedView, startGuarded } from './guarded.ts';
import { isOpen } from './journal.ts';
import { again, ask, askNext, end, isLate, later, setBack, write } from './moves.ts';
import { hurryHome, onHomewardBlind, onHomewardView, onRetireFailed, rollBack } from './rollback.ts';
import type { RolloutEvent, RolloutObservation, RolloutState, Transition } from './state.ts';
import { nextLook, nextStep, onBakeView, onMeasured, onShiftView, onUnmeasured, pause } from './step.ts';

type Failed = Extract<RolloutEvent, { kind: 'failed' }>;
type Conflict = Extract<RolloutEvent, { kind: 'conflict' }>;

/**
 * The rollout's next move: a pure function of what it knows and what happened. Answers to commands that were given up are ignored. Each
 * change of the target is announced in the journal before it is asked for, and what the journal says is confirmed only by looking.
 *
 * Time may jump. A clock that is set back makes nothing last longer: ages are kept. One that is set forward, or a machine that slept, lets
 * the step's time pass; what is missing then is evidence, without which no step passes, and past the timeout the rollout goes back.
 */
export function advance(state: RolloutState, event: RolloutEvent): Transition {
  if (state.ended !== undefined) return { state, commands: [] };
  if (event.kind !== 'cancelled' && event.of !== state.expects.id) return { state, commands: [] };
  const current = event.at < state.at ? setBack(state, state.at - event.at) : state;
  return onEvent({ ...current, at: event.at }, event);
}

function onEvent(state: RolloutState, event: RolloutEvent): Transition {
  switch (event.kind) {
    case 'cancelled':
      return onCancelled(state, event.at);
    case 'done':
      // Waiting is no success.
      return onDone(state.expects.kind === 'wait' ? state : { ...state, failures: 0 }, event.at);
    case 'failed':
      return onFailed(state, event);
    case 'conflict':
      return onConflict(state, event);
    case 'observed':
      return onObserved({ ...state, observation: event.observation }, event.observation, event.at);
    case 'measured':
      return onMeasured(state, event.measured, event.at);
  }
}

function onDone(state: RolloutState, at: number): Transition {
  switch (state.expects.kind) {
    case 'write-journal':
      return onWritten({ ...state, written: state.journal.revision }, at);
    case 'wait':
      return askNext(state) ?? ask(state, { kind: 'observe' });
    case 'provision':
      return write(state, { phase: 'smoke' }, at, { kind: 'smoke' });
    case 'smoke':
      return state.settings.engine === 'guarded' ? startGuarded(state, at) : nextStep(state, at);
    case 'shift':
    case 'abort-guarded':
      return ask({ ...state, attempted: true }, { kind: 'observe' });
    case 'start-guarded':
      return nextLook({ ...state, attempted: true }, at);
    case 'probe':
      return askNext(state) ?? ask(state, { kind: 'observe' });
    case 'retire':
      return close(state, at);
    default:
      return { state, commands: [] };
  }
}

/** The journal is in the target: now for what it announced. */
function onWritten(state: RolloutState, at: number): Transition {
  const announced = askNext(state);
  if (announced !== undefined) return announced;
  const { journal } = state;
  switch (journal.phase) {
    case 'locked':
      return write(state, { phase: 'provisioning' }, at, { kind: 'provision' });
    case 'baking':
      return nextLook(state, at);
    case 'draining':
      return drain(state, at);
    case 'promoted':
      return end(state, 'promoted', `${journal.candidate} has all the traffic`);
    case 'paused':
    case 'rolled-back':
    case 'superseded':
      return end(state, journal.phase, journal.cause);
    default:
      return ask(state, { kind: 'observe' });
  }
}

/** After the promotion the old deployment stays a while, for those who want it back, and then goes. */
function drain(state: RolloutState, at: number): Transition {
  const { settings, journal } = state;
  if (!settings.deleteOld || journal.stable === '') return close(state, at);
  const until = at + settings.times.keepOldSeconds * 1000;
  return ask(state, { kind: 'wait', until }, { kind: 'retire', deployment: journal.stable });
}

/** Nothing is left to do. */
function close(state: RolloutState, at: number): Transition {
  return write(state, { phase: state.journal.phase === 'draining' ? 'promoted' : 'rolled-back' }, at);
}

function onObserved(state: RolloutState, observation: RolloutObservation, at: number): Transition {
  switch (state.journal.phase) {
    case 'shifting':
      return onShiftView(state, observation, at);
    case 'guarded':
      return onGuardedView(state, observation, at);
    case 'rolling-back':
      return onHomewardView(state, observation, at);
    default:
      return onBakeView(state, observation, at);
  }
}

function onFailed(state: RolloutState, { at, reason, final }: Failed): Transition {
  const { expects, journal } = state;
  const failed = { ...state, failures: state.failures + 1 };
  switch (expects.kind) {
    case 'write-journal':
      return onUnwritten(state, reason, at, final);
    case 'observe':
      return onUnseen(state, reason, at);
    case 'measure':
      return onUnmeasured(state, reason, at);
    case 'provision':
    case 'smoke': {
      // What a smoke test found counts, and provisioning has its time as a phase, however often it is tried.
      const isOver = final || expects.kind === 'smoke' || isLate(state, at);
      const retried = isOver ? undefined : again(state, at, { kind: expects.kind });
      return retried ?? rollBack(state, `${expects.kind === 'smoke' ? 'smoke test' : 'provisioning'}: ${reason}`, at);
    }
    case 'shift':
    case 'start-guarded':
    case 'abort-guarded':
      if (final && journal.phase !== 'rolling-back')
        return rollBack(state, `the target refused the shift: ${reason}`, at);
      // Its answer may be what was lost: look before doing it again.
      return later({ ...failed, attempted: true }, at, { kind: 'observe' });
    case 'retire':
      return onRetireFailed(state, expects.deployment, reason, at);
    case 'probe':
      return askNext(state) ?? ask(state, { kind: 'observe' });
    default:
      return ask(state, { kind: 'observe' });
  }
}

/** The journal could not be written. On the way back the traffic comes first: the entry before says enough to `reconcile`. */
function onUnwritten(state: RolloutState, reason: string, at: number, final = false): Transition {
  const { journal, expects } = state;
  const announced = journal.phase === 'rolling-back' ? askNext(state) : undefined;
  if (announced !== undefined) return announced;
  if (!final && state.failures < state.settings.retries && expects.kind === 'write-journal') {
    const { kind, replaces } = expects;
    return later({ ...state, failures: state.failures + 1 }, at, { kind, journal, replaces }, ...state.queue);
  }
  switch (journal.phase) {
    case 'rolling-back':
      return ask(state, { kind: 'observe' });
    case 'draining':
    case 'promoted':
      return end(state, 'promoted', `the journal could not be closed: ${reason}`);
    case 'rolled-back':
      return end(state, 'rolled-back', journal.cause);
    case 'superseded':
      return end(state, 'superseded', journal.cause);
    case 'locked':
      return end(state, 'refused', `The endpoint could not be locked: ${reason}`);
    default:
      return rollBack({ ...state, failures: 0 }, `the journal could not be written: ${reason}`, at);
  }
}

/** Another has written meanwhile, unless what is there is an entry of our own, whose confirmation was lost. */
function onConflict(state: RolloutState, { found, at }: Conflict): Transition {
  const { journal } = state;
  if (found?.rollout === journal.rollout && found.owner === journal.owner && isOpen(found)) {
    const isThisEntry = found.revision === journal.revision && found.phase === journal.phase;
    if (isThisEntry) return onWritten({ ...state, written: found.revision, failures: 0 }, at);
    // Neither the way back nor a cancel waits for entries: the one before this was written, and its confirmation lost.
    if (journal.phase === 'rolling-back' || journal.phase === 'rolled-back' || journal.phase === 'paused') {
      return write({ ...state, written: found.revision }, {}, at, ...state.queue);
    }
  }
  if (found !== undefined && found.rollout === journal.rollout && found.phase === journal.phase && !isOpen(found)) {
    return onWritten({ ...state, written: found.revision, failures: 0 }, at);
  }
  const who = found === undefined ? 'someone removed its journal' : `${found.owner} has taken over`;
  if (journal.phase === 'locked') return end(state, 'refused', `The endpoint is taken: ${who}.`);
  return end(state, 'superseded', `This rollout is not ours any more: ${who}.`);
}

function onUnseen(state: RolloutState, reason: string, at: number): Transition {
  if (state.journal.phase === 'rolling-back') return onHomewardBlind(state, at);
  const retried = again(state, at, { kind: 'observe' });
  if (retried !== undefined) return retried;
  return state.observing
    ? end(state, 'observed', `error: ${reason}`)
    : rollBack(state, `the endpoint could not be read: ${reason}`, at);
}

function onCancelled(state: RolloutState, at: number): Transition {
  if (state.observing) return end(state, 'observed', 'inconclusive: it was cancelled');
  switch (state.journal.phase) {
    case 'draining':
      return end(state, 'promoted', 'it was cancelled after the promotion; mode: reconcile removes the old deployment');
    case 'rolling-back':
      return hurryHome(state);
    case 'promoted':
    case 'rolled-back':
    case 'superseded':
    case 'paused':
      return { state, commands: [] };
    default:
      return state.settings.choices.onCancel === 'leave'
        ? pause(state, 'it was cancelled', at)
        : rollBack(state, 'it was cancelled', at, true);
  }
}

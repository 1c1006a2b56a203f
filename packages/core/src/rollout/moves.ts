import type { RolloutJournal, RolloutPhase } from './journal.ts';
import type {
  RolloutObservation,
  RolloutOutcome,
  RolloutSettings,
  RolloutState,
  RolloutTask,
  Transition,
} from './state.ts';

/** The machine asks for one thing and waits for its answer; `queue` is what follows when it is done. */
export function ask(state: RolloutState, task: RolloutTask, ...queue: readonly RolloutTask[]): Transition {
  const command = { ...task, id: state.nextId };
  return { state: { ...state, nextId: state.nextId + 1, expects: command, queue }, commands: [command] };
}

/** Asks for the next thing in the queue; undefined when there is none. */
export function askNext(state: RolloutState): Transition | undefined {
  const [next, ...rest] = state.queue;
  return next === undefined ? undefined : ask(state, next, ...rest);
}

/** Writes the journal with `changes`; then does what is in the queue, or goes on with the phase. */
export function write(
  state: RolloutState,
  changes: Partial<RolloutJournal>,
  at: number,
  ...queue: readonly RolloutTask[]
): Transition {
  const entersPhase = changes.phase !== undefined && changes.phase !== state.journal.phase;
  const seconds = Math.floor(at / 1000);
  const journal: RolloutJournal = {
    ...state.journal,
    owner: state.settings.owner,
    leaseUntil: seconds + leaseOf(state.settings, changes.phase ?? state.journal.phase),
    ...(entersPhase ? { since: seconds } : {}),
    ...changes,
    revision: state.written + 1,
  };
  const next = { ...state, journal, failures: 0 };
  const begun = entersPhase ? { ...next, phaseAt: at, attempted: false } : next;
  return ask(begun, { kind: 'write-journal', journal, replaces: state.written }, ...queue);
}

/** How long nobody else need expect a sign of life: the lease, and what the phase may take until its next entry. */
function leaseOf({ times }: RolloutSettings, phase: RolloutPhase): number {
  switch (phase) {
    case 'paused':
      return times.pauseSeconds;
    case 'baking':
    case 'guarded':
      return times.leaseSeconds + times.intervalSeconds;
    case 'draining':
      return times.leaseSeconds + times.progressSeconds + times.keepOldSeconds;
    default:
      return times.leaseSeconds + times.progressSeconds;
  }
}

/** The clock was set back: what has begun keeps its age, or a step would last until the clock is again where it was. */
export function setBack(state: RolloutState, milliseconds: number): RolloutState {
  return {
    ...state,
    begunAt: state.begunAt - milliseconds,
    phaseAt: state.phaseAt - milliseconds,
    queue: state.queue.map((task) => (task.kind === 'wait' ? { ...task, until: task.until - milliseconds } : task)),
  };
}

/** Waits a moment; then does what is in the queue. */
export function later(state: RolloutState, at: number, ...queue: readonly RolloutTask[]): Transition {
  return ask(state, { kind: 'wait', until: at + state.settings.times.retrySeconds * 1000 }, ...queue);
}

export function end(state: RolloutState, outcome: RolloutOutcome, reason: string): Transition {
  return ask({ ...state, ended: outcome }, { kind: 'end', outcome, reason });
}

/** Does a failed thing again a moment later, unless it failed too often: then undefined. */
export function again(state: RolloutState, at: number, task: RolloutTask): Transition | undefined {
  if (state.failures >= state.settings.retries) return undefined;
  return later({ ...state, failures: state.failures + 1 }, at, task);
}

/** Whether the phase has lasted longer than the target may take. */
export function isLate(state: RolloutState, at: number): boolean {
  return at - state.phaseAt > state.settings.times.progressSeconds * 1000;
}

/** Shares are whole percents or whole replicas; what differs by less is the same, rounded otherwise. */
const tolerance = 0.1;

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

/** Whether the target shows what the journal says it is to be. */
export function isAsIntended({ journal }: RolloutState, observation: RolloutObservation): boolean {
  const intended = journal.shares.at(-1) as number;
  return (
    observation.status === 'in-service' &&
    near(observation.shares[journal.candidate] ?? 0, intended) &&
    near(observation.shares[journal.stable] ?? 0, journal.stable === '' ? 0 : 100 - intended) &&
    near(observation.mirror ?? 0, journal.mirror)
  );
}

/**
 * Whether somebody else has set the traffic: the shares are none that the journal announced. While the target is updating they may lie
 * between them, and the guarded engine's move by themselves.
 */
export function isSuperseded({ journal, settings }: RolloutState, { status, shares }: RolloutObservation): boolean {
  if (status === 'missing') return false;
  const own = shares[journal.candidate] ?? 0;
  const others = Object.entries(shares).filter(([name]) => name !== journal.candidate && name !== journal.stable);
  if (others.some(([, share]) => share > tolerance)) return true;
  if (settings.engine === 'guarded') return false;
  const [low, high] = [Math.min(...journal.shares), Math.max(...journal.shares)];
  if (status === 'updating') return own < low - tolerance || own > high + tolerance;
  return !journal.shares.some((share) => near(share, own));
}

/** Ours no longer: the journal is closed, and the traffic stays as it is. */
export function supersede(state: RolloutState, at: number): Transition {
  const { shares } = state.observation ?? { shares: {} };
  const shown = Object.entries(shares).map(([name, share]) => `${name} ${share} %`);
  const cause = `the traffic is ${shown.join(', ') || 'nowhere'}, which this rollout did not set`;
  return write(state, { phase: 'superseded', cause }, at);
}

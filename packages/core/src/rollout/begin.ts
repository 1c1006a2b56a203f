import { isOpen, leasedToOther, type RolloutJournal } from './journal.ts';
import { ask, isAsIntended, supersede, write } from './moves.ts';
import { homeward } from './rollback.ts';
import type { RolloutObservation, RolloutSettings, RolloutState, Transition } from './state.ts';
import { enterStep } from './step.ts';

/** What is in the target when a driver comes. */
export interface Found {
  readonly observation: RolloutObservation;
  readonly journal: RolloutJournal | undefined;
  /** Deployments that were promoted before, newest first, as far as `rollback-window` reaches. */
  readonly promoted?: readonly string[];
}

export type Begin =
  | ({ readonly kind: 'begun' } & Transition)
  /** Nothing to do, or nothing that may be done. */
  | { readonly kind: 'ended'; readonly outcome: 'no-op' | 'refused'; readonly reason: string }
  /** A rollout was left unfinished: `reconcileRollout` first, then again. */
  | { readonly kind: 'unfinished'; readonly journal: RolloutJournal };

/**
 * Begins a rollout of `settings.candidate` (mode `run`). Who is stable is what the target shows, whatever `settings.stable` says. The
 * first deployment, and one that goes back to a revision of the rollback window, have the last step alone.
 */
export function beginRollout(settings: RolloutSettings, found: Found, at: number): Begin {
  const { observation, journal, promoted = [] } = found;
  if (journal !== undefined && leasedToOther(journal, settings.owner, at)) return refused(takenText(journal));
  if (journal !== undefined && isOpen(journal)) return { kind: 'unfinished', journal };
  const serving = Object.entries(observation.shares).filter(([, share]) => share > 0);
  if (observation.status !== 'in-service' && observation.status !== 'missing') {
    return refused(`The endpoint is ${observation.status}. Wait until it is in service, and run the step again.`);
  }
  if (serving.length > 1) {
    const shown = serving.map(([name, share]) => `${name} ${share} %`).join(', ');
    return refused(
      `The endpoint's traffic is divided (${shown}). Give one deployment everything, and run the step again.`,
    );
  }
  const stable = serving[0]?.[0] ?? '';
  if (stable === settings.candidate) {
    return { kind: 'ended', outcome: 'no-op', reason: `${stable} has all the traffic already.` };
  }
  const isShort = stable === '' || promoted.includes(settings.candidate);
  const plan = isShort ? { ...settings.plan, steps: settings.plan.steps.slice(-1) } : settings.plan;
  const locked = firstState({ ...settings, stable, plan }, freshJournal(settings, stable, journal), at);
  return { kind: 'begun', ...write({ ...locked, observation }, { phase: 'locked' }, at) };
}

/**
 * Finishes what a dead driver left (mode `reconcile`): what was promoted stays so and is cleaned up, what the cloud drives is watched to its
 * end, everything else goes back to stable. A half-baked step is not taken up again: the judgements so far died with the driver, and going
 * back is safe without them. Does nothing when nothing is unfinished; a paused rollout is left alone as long as its pause
 * stands. `force` (mode `abort`) ends pauses and takes over from a driver that may be alive.
 */
export function reconcileRollout(settings: RolloutSettings, found: Found, at: number, force = false): Begin {
  const { journal, observation } = found;
  if (journal === undefined || !isOpen(journal)) {
    return { kind: 'ended', outcome: 'no-op', reason: 'No rollout is unfinished.' };
  }
  const isPaused = journal.phase === 'paused' && journal.leaseUntil * 1000 > at;
  if (!force && (isPaused || leasedToOther(journal, settings.owner, at))) return refused(takenText(journal));
  const state = resumed(settings, journal, observation, at);
  if (journal.phase === 'draining') {
    return { kind: 'begun', ...(isAsIntended(state, observation) ? write(state, {}, at) : supersede(state, at)) };
  }
  if (journal.phase === 'guarded' && !force) {
    return { kind: 'begun', ...write({ ...state, attempted: true }, {}, at) };
  }
  const cause = journal.cause === '' ? `its driver ended while ${journal.phase}` : journal.cause;
  return { kind: 'begun', ...write(state, homeward(journal, cause), at, { kind: 'observe' }) };
}

/** Gives a paused rollout all the traffic, by the word of a human (mode `promote`): the last step is judged all the same. */
export function promoteRollout(settings: RolloutSettings, found: Found, at: number): Begin {
  const { journal, observation } = found;
  if (journal?.phase !== 'paused') {
    return refused('No rollout is paused, so there is none to promote. See the journal with mode: plan.');
  }
  const state = resumed(settings, journal, observation, at);
  const last = Math.max(0, settings.plan.steps.length - 1);
  return { kind: 'begun', ...enterStep({ ...state, journal: { ...journal, cause: '' } }, last, at) };
}

/** Judges the candidate for as long as the plan's last step takes and changes nothing (mode `observe`). */
export function observeRollout(settings: RolloutSettings, observation: RolloutObservation, at: number): Transition {
  const journal = { ...freshJournal(settings, settings.stable, undefined), phase: 'baking' as const };
  const step = settings.plan.steps.length - 1;
  const state = firstState(settings, { ...journal, step }, at);
  const until = at + settings.times.intervalSeconds * 1000;
  return ask({ ...state, observation, observing: true }, { kind: 'wait', until });
}

function resumed(
  settings: RolloutSettings,
  journal: RolloutJournal,
  observation: RolloutObservation,
  at: number,
): RolloutState {
  const { stable, candidate, rollout } = journal;
  const state = firstState({ ...settings, stable, candidate, rollout }, journal, at);
  return { ...state, observation, written: journal.revision };
}

function freshJournal(settings: RolloutSettings, stable: string, before: RolloutJournal | undefined): RolloutJournal {
  return {
    revision: before?.revision ?? 0,
    rollout: settings.rollout,
    phase: 'locked',
    step: -1,
    stable,
    candidate: settings.candidate,
    shares: [0],
    mirror: 0,
    owner: settings.owner,
    leaseUntil: 0,
    since: 0,
    cause: '',
    ...(settings.engine === 'guarded' ? { engine: settings.engine } : {}),
  };
}

function firstState(settings: RolloutSettings, journal: RolloutJournal, at: number): RolloutState {
  return {
    settings,
    journal,
    written: journal.revision,
    nextId: 1,
    expects: { id: 0, kind: 'observe' },
    queue: [],
    failures: 0,
    attempted: false,
    at,
    begunAt: at,
    phaseAt: at,
    tally: {},
    before: [],
    probed: 0,
    observing: false,
  };
}

function takenText({ owner, phase, leaseUntil, rollout }: RolloutJournal): string {
  const until = new Date(leaseUntil * 1000).toISOString();
  return `Rollout ${rollout} is ${phase} and belongs to ${owner} until ${until}. Wait for it, or run mode: abort.`;
}

function refused(reason: string): Begin {
  return { kind: 'ended', outcome: 'refused', reason };
}

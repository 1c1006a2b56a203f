import { advance, lastWord, type RolloutOutcome, type RolloutState, type Transition } from '@mlops-actions/core';
import type { Drive, Driven } from './drive.ts';
import { type Answer, type Performed, perform } from './perform.ts';
import { timelineOf } from './timeline.ts';

/**
 * So long a cancelled rollout may take to turn back. GitHub sends SIGTERM 7.5 s after its first signal, at which the process ends at once;
 * the rest is for the report.
 */
export const cancelSeconds = 7;

/**
 * Performs what the machine asks for, one call at a time, until it ends. A call that fails, hangs or loses its answer is the machine's to
 * deal with, so this rejects only when `drive.signal` was aborted before anything was done.
 *
 * When the host cancels, the outstanding call is given up at once, and what the machine then asks for (the journal, and one idempotent shift
 * to stable) has `cancelSeconds` in all. When they are over, the rollout ends by what is known (`lastWord`), with an open journal for
 * `mode: reconcile`.
 */
export async function driveRollout(begun: Transition, drive: Drive): Promise<Driven> {
  drive.signal.throwIfAborted();
  const now = (): number => drive.clock.now().getTime();
  const begunAt = now();
  const timeline = timelineOf(drive);
  const host = attend(drive);
  let { state } = begun;
  let [command] = begun.commands;
  let calling: Calling | undefined;
  let isHurried = false;

  function finish(outcome: RolloutOutcome, reason: string): Driven {
    timeline.ended(state, outcome, reason);
    const { moments, looks } = timeline;
    return { outcome, reason, state, moments, looks, begunAt, endedAt: now() };
  }

  function giveUp({ command: given, controller, startedAt }: Calling, reason: string): void {
    controller.abort(new Error(reason));
    timeline.answered(given, state, { kind: 'failed', reason }, now() - startedAt);
  }

  try {
    for (;;) {
      if (command?.kind === 'end') return finish(command.outcome, command.reason);
      if (command !== undefined) calling = start(command, state, drive, isHurried);
      if (calling === undefined) throw new Error('The machine asks for nothing and has not ended.');
      const answer = await Promise.race([calling.answer, isHurried ? host.outOfTime : host.cancelled]);
      const at = now();
      if (answer === 'out-of-time') {
        giveUp(calling, 'no time was left for it');
        const { outcome, reason } = lastWord(state);
        return finish(outcome, reason);
      }
      if (answer === 'cancelled') {
        isHurried = true;
        timeline.cancelled(state);
      } else timeline.answered(calling.command, state, answer, at - calling.startedAt);
      const event = answer === 'cancelled' ? { kind: answer, at } : { ...answer, of: calling.command.id, at };
      const next = advance(state, event);
      [command] = next.commands;
      if (answer === 'cancelled' && command !== undefined) giveUp(calling, 'it was given up');
      timeline.judged(next.state, state);
      state = next.state;
    }
  } finally {
    host.leave();
  }
}

/** A command that is being performed. */
interface Calling {
  readonly command: Performed;
  readonly answer: Promise<Answer>;
  readonly controller: AbortController;
  readonly startedAt: number;
}

function start(command: Performed, state: RolloutState, drive: Drive, isHurried: boolean): Calling {
  const controller = new AbortController();
  const startedAt = drive.clock.now().getTime();
  return { command, controller, startedAt, answer: perform(command, state, drive, controller.signal, isHurried) };
}

/** The host's patience: it may cancel, and ends the process some time after. */
function attend({ signal, clock }: Drive): {
  readonly cancelled: Promise<'cancelled'>;
  readonly outOfTime: Promise<'out-of-time'>;
  leave(): void;
} {
  const left = new AbortController();
  const cancelled = new Promise<'cancelled'>((resolve) => {
    signal.addEventListener('abort', () => resolve('cancelled'), { signal: left.signal });
  });
  const outOfTime = new Promise<'out-of-time'>((resolve) => {
    cancelled
      .then(() => clock.sleep(cancelSeconds * 1000, left.signal))
      .then(
        () => resolve('out-of-time'),
        () => {},
      );
  });
  return { cancelled, outOfTime, leave: () => left.abort() };
}

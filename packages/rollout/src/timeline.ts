import type { Look, RolloutOutcome, RolloutState } from '@mlops-actions/core';
import type { Drive, Moment } from './drive.ts';
import { tell } from './moment-text.ts';
import type { Answer, Performed } from './perform.ts';

/** Everything that happened, told as it comes and kept. */
export interface Timeline {
  readonly moments: readonly Moment[];
  readonly looks: readonly Look[];
  /** A command was answered, or given up, after so many milliseconds. */
  answered(command: Performed, state: RolloutState, answer: Answer, milliseconds: number): void;
  cancelled(state: RolloutState): void;
  /** Keeps the judgement of `state` unless `before` had it. */
  judged(state: RolloutState, before: RolloutState): void;
  ended(state: RolloutState, outcome: RolloutOutcome, reason: string): void;
}

export function timelineOf({ clock, onMoment, onLook, smoke }: Drive): Timeline {
  const moments: Moment[] = [];
  const looks: Look[] = [];

  function add(state: RolloutState, moment: Omit<Moment, 'at' | 'phase' | 'step'>): void {
    const { phase, step } = state.journal;
    const full = { at: clock.now().getTime(), phase, step, ...moment };
    moments.push(full);
    quietly(() => onMoment?.(full, state));
  }

  return {
    moments,
    looks,
    answered: (command, state, answer, milliseconds) => {
      if (command.kind === 'smoke' && smoke === undefined) return;
      const told = tell(command, state, answer);
      if (told !== undefined) add(state, { ...told, milliseconds: Math.max(0, milliseconds) });
    },
    cancelled: (state) => add(state, { kind: 'cancelled', text: 'the run was cancelled' }),
    judged: (state, before) => {
      const { look } = state;
      if (look === undefined || look === before.look) return;
      looks.push(look);
      quietly(() => onLook?.(look, state));
    },
    ended: (state, outcome, reason) => add(state, { kind: 'end', text: `${outcome}: ${reason.replace(/\.$/, '')}` }),
  };
}

/** A listener that fails must not end a rollout in the middle. */
function quietly(listen: () => void): void {
  try {
    listen();
  } catch {
    // What it would have said is in the timeline all the same.
  }
}

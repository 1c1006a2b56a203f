import type { RolloutJournal, RolloutOutcome, RolloutSettings } from '@mlops-actions/core';
import type { Driven } from '@mlops-actions/rollout';

/** What a mode came to. */
export interface Ended {
  /** With stable and candidate as they came out. */
  readonly settings: RolloutSettings;
  readonly outcome: RolloutOutcome;
  readonly reason: string;
  /** Absent when nothing was driven. */
  readonly driven?: Driven;
  /** `name@version` by deployment, as far as they were known before it began: who is gone at the end cannot be asked. */
  readonly models?: Readonly<Record<string, string>>;
  /** The journal that was there before. */
  readonly found?: RolloutJournal | undefined;
}

/** The cause first, in one sentence. */
export function headlineOf({ outcome, reason, settings }: Pick<Ended, 'outcome' | 'reason' | 'settings'>): string {
  const cause = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  switch (outcome) {
    case 'promoted':
      return cause.startsWith(`${settings.candidate} has all`) ? `Promoted: ${cause}` : `Promoted, though ${cause}`;
    case 'rolled-back':
      return cause.startsWith('at ') ? `Rolled back ${cause}` : `Rolled back: ${cause}`;
    case 'rollback-failed':
      return `The rollback failed: ${cause}`;
    case 'paused':
      return `Paused: ${cause}`;
    case 'superseded':
      return `Superseded: ${cause}`;
    case 'observed':
      return `Observed: ${cause}`;
    case 'no-op':
      return `Nothing to do: ${cause}`;
    case 'refused':
      return `Refused: ${cause}`;
  }
}

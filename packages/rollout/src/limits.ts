import type { RolloutCommand, RolloutState } from '@mlops-actions/core';
import type { Drive } from './drive.ts';

/**
 * The longest that a custom check may take. A look is made with at least half of the lease left, which a slow check must not use up: another
 * driver would take over.
 */
export const longestCheckSeconds = 120;

/** More than a call takes that only asks or tells: one that hangs for so long has lost its connection. */
export const plainSeconds = 60;

/** On the way back of a cancelled rollout the entry comes first, and must leave time for the shift. */
const hurriedEntrySeconds = 2.5;

/**
 * How long a call may take until its answer counts as lost. The machine then looks at what became of it, so the limit is generous to
 * what may take long (replicas that start, requests in flight) and short for the rest: a call made again is how a lost connection is
 * overcome.
 */
export function limitSeconds(
  command: RolloutCommand,
  { settings, phaseAt, at }: RolloutState,
  { candidate }: Drive,
  isHurried: boolean,
): number {
  const { progressSeconds } = settings.times;
  const starting = Math.max(progressSeconds, candidate?.startupTimeoutSeconds ?? 0);
  const answering = Math.max(plainSeconds, candidate?.requestTimeoutSeconds ?? 0);
  switch (command.kind) {
    case 'write-journal':
      return isHurried ? hurriedEntrySeconds : plainSeconds;
    case 'provision':
      // The phase has its time as a whole, which is what the lease reckons with.
      return Math.max(plainSeconds, starting - (at - phaseAt) / 1000);
    case 'shift':
      return settings.plan.strategy === 'rolling' ? starting + answering : plainSeconds;
    case 'retire':
      return Math.max(progressSeconds, answering);
    case 'smoke':
      return answering + plainSeconds;
    case 'probe':
      return longestCheckSeconds;
    default:
      return plainSeconds;
  }
}

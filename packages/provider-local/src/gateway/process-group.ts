import { identify, isAlive, type ProcessIdentity } from '@mlops-actions/files';

/** Sends a signal to a whole process group. A group that is gone already is fine. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Kills the group that `leader` led, also when only its children are left. Nothing is killed when the number belongs to another
 * process by now: a system gives no number again while a group of that number exists.
 */
export function killAbandonedGroup(leader: ProcessIdentity): void {
  const taken = identify(leader.pid) !== undefined && !isAlive(leader);
  if (!taken) signalGroup(leader.pid, 'SIGKILL');
}

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { type Clock, systemClock } from '@mlops-actions/core';
import { identify, type ProcessIdentity } from '@mlops-actions/files';

/** The variable that marks every process of a job. */
export const tokenVariable = 'MLOPS_JOB_TOKEN';

/** Everything that one job started. `leader` is absent while it is not known yet. */
export interface ProcessGroup {
  readonly leader?: ProcessIdentity;
  readonly token: string;
}

/**
 * Ends every process of the group: SIGTERM, then SIGKILL to what is left after `graceMilliseconds`. Resolves once none runs. Processes
 * are found by the group and, on Linux, also by the token in their environment, which a process keeps that left the group (`setsid`).
 */
export async function endProcessGroup(
  group: ProcessGroup,
  graceMilliseconds: number,
  clock: Clock = systemClock,
): Promise<void> {
  const killAt = clock.now().getTime() + graceMilliseconds;
  if (graceMilliseconds > 0) signalAll(survivors(group), 'SIGTERM');
  for (let left = survivors(group); left.length > 0; left = survivors(group)) {
    if (clock.now().getTime() >= killAt) signalAll(left, 'SIGKILL');
    await clock.sleep(20);
  }
}

/** The ids of the group's processes that run. */
export function survivors(group: ProcessGroup): number[] {
  return process.platform === 'linux' ? survivorsOnLinux(group) : survivorsByPs(group);
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function survivorsOnLinux(group: ProcessGroup): number[] {
  const groupId = trustedGroupId(group);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRunningMember(pid, groupId, group.token));
}

/** proc_pid_stat(5): after the command name, the state is the 1st field and the process group the 3rd. */
function isRunningMember(pid: number, groupId: number | undefined, token: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return false;
    if (groupId !== undefined && Number(processGroup) === groupId) return true;
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${tokenVariable}=${token}`);
  } catch {
    return false;
  }
}

/**
 * The group's id while it is surely still this group's. A process id is not given again while a group of that id exists, so the group is
 * foreign only when another process now has the leader's id.
 */
function trustedGroupId({ leader }: ProcessGroup): number | undefined {
  if (leader === undefined) return undefined;
  const now = identify(leader.pid);
  return now === undefined || now.started === leader.started ? leader.pid : undefined;
}

function survivorsByPs(group: ProcessGroup): number[] {
  const groupId = trustedGroupId(group);
  if (groupId === undefined) return [];
  const table = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, processGroup, state = '']) => Number(processGroup) === groupId && !state.startsWith('Z'))
    .map(([pid]) => Number(pid));
}

import { readdirSync, readlinkSync } from 'node:fs';
import { systemClock } from '@mlops-actions/core';

/** Ids of the processes that work below `folder`, as Linux tells; without any of the code under test. */
export function processesBelow(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** Resolves once `condition` holds; a test that waits in vain runs into its time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(10);
}

import { hostname } from 'node:os';
import type { RunInfo } from '@mlops-actions/core';

/**
 * Who drives, as the journal names them: the same for all the steps of one workflow run, so that a later one may finish at once what an
 * earlier one left. In a terminal it is the shell that the steps are started from.
 */
export function ownerOf({ system, runUrl, runId, attempt = 1 }: RunInfo): string {
  if (runUrl !== undefined) return attempt > 1 && !runUrl.includes('/attempts/') ? `${runUrl}#${attempt}` : runUrl;
  if (runId !== undefined) return `${system} run ${runId}#${attempt}`;
  return `${system} ${process.ppid} on ${hostname()}`;
}

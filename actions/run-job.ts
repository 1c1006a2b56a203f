import { type Log, UserError } from '@mlops-actions/core';
import { isFinal, type JobRequest, type JobService, type JobState } from '@mlops-actions/provider';
import type { Context } from './action.ts';

/** A job that ended well. */
export interface Trained {
  readonly job: JobState;
  readonly attached: boolean;
}

/** How many of a failed job's last lines its error shows. */
const shownLines = 20;

/** The part of a context that running a job needs. */
export type JobContext = Pick<Context, 'log' | 'signal' | 'mask'>;

/** Whoever watches a job. */
export interface JobObserver {
  onSubmitted?(job: JobState, attached: boolean): void;
  onLine?(line: string): void;
}

/**
 * Submits a job and follows it to its end. When the step is cancelled or the job is lost, nothing of it is left
 * running. A job that does not complete is a `UserError` with its reason and last lines.
 */
export async function runJob(
  jobs: JobService,
  request: JobRequest,
  { signal, mask }: JobContext,
  observer: JobObserver = {},
): Promise<Trained> {
  const last: string[] = [];
  try {
    const { job, attached } = await jobs.submit(request, { signal });
    observer.onSubmitted?.(job, attached);
    for await (const line of jobs.follow(job.name, { signal })) {
      observer.onLine?.(line);
      last.push(mask(line));
      if (last.length > shownLines) last.shift();
    }
    const ended = await jobs.describe(job.name);
    if (ended?.status === 'Completed') return { job: ended, attached };
    throw new UserError(failure(ended ?? job, last));
  } catch (error) {
    await jobs.stop(request.name, signal.aborted ? 'The step was cancelled.' : 'The step failed.');
    throw error;
  }
}

/** Submits a job and leaves it to itself. */
export async function startJob(
  jobs: JobService,
  request: JobRequest,
  { signal, log }: Pick<Context, 'log' | 'signal'>,
): Promise<{ readonly job: JobState; readonly attached: boolean }> {
  try {
    const started = await jobs.submit(request, { signal });
    signal.throwIfAborted();
    describeAttachment(log, started.job, started.attached);
    return started;
  } catch (error) {
    await jobs.stop(request.name, 'The step was cancelled.');
    throw error;
  }
}

export function describeAttachment(log: Log, job: JobState, attached: boolean): void {
  if (!attached) {
    log.log('info', `Started job ${job.name}.`);
    return;
  }
  const how = isFinal(job.status) ? 'has done this work already' : 'is at this work already';
  log.log('notice', `Job ${job.name} ${how}; nothing new is started.`);
}

/** The reason, with the exception of a Python traceback first: that line is what helps. */
function failure(job: JobState, last: readonly string[]): string {
  const reason = job.reason ?? `The job ended as ${job.status}.`;
  const exception = exceptionIn(last);
  const head = exception === undefined ? reason : `${exception}\n${reason}`;
  const lines =
    last.length === 0 ? 'It printed nothing.' : `Last lines of its log:\n${last.map((line) => `  ${line}`).join('\n')}`;
  return `${head}\nJob ${job.name}. ${lines}`;
}

function exceptionIn(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => /^[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Exit|Warning)\b/.test(line));
}

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { UserError } from '@mlops-actions/core';
import { kernelModule } from '../kernels/kernel.ts';
import { type ProfiledTable, profileColumns } from '../profile/profile-columns.ts';
import type { SourceAddress } from '../source.ts';
import { profileInParts } from './join-parts.ts';
import type { WorkerReply, WorkerTask } from './message.ts';
import { type Part, partsOf } from './parts.ts';
import type { ProfileTask } from './profile-task.ts';

/** A worker is ready after some 50 ms; in that time this thread has read so many bytes. */
const worthwhileBytes = 30 << 20;

/** Smaller parts of a table are not worth a thread. */
const leastPartBytes = 16 << 20;

export interface ThreadOptions {
  /** A program that calls `runScanWorker`; absent: everything is read in this thread. */
  readonly worker?: URL | undefined;
  /** Default: the processors that this process may use. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * Profiles tables side by side, each in a thread of its own where that is worth it: when they are over 30 MB together, `worker` is given, and
 * the source has an address. With more threads than tables, a table that can be divided is read by several.
 *
 * Throws the first `UserError` of any table, as if there were no threads, and the signal's reason as soon as it aborts; the others' threads
 * end at once.
 */
export async function profileTables(
  tasks: readonly ProfileTask[],
  options: ThreadOptions = {},
): Promise<readonly ProfiledTable[]> {
  const { worker, signal, threads = availableParallelism() } = options;
  signal?.throwIfAborted();
  const bytes = tasks.reduce((sum, { source }) => sum + (source.size ?? 0), 0);
  const perTable = Math.max(1, Math.floor(threads / Math.max(tasks.length, 1)));
  const others = new AbortController();
  const anySignal = signal === undefined ? others.signal : AbortSignal.any([signal, others.signal]);
  try {
    return await Promise.all(
      tasks.map((task) => {
        const { address } = task.source;
        if (worker === undefined || address === undefined || bytes < worthwhileBytes || threads < 2) {
          return profileColumns(task.scanner, task.wanted, { ...task.profile, signal: anySignal });
        }
        return profileInWorkers(task, address, perTable, worker, anySignal);
      }),
    );
  } catch (thrown) {
    others.abort(thrown);
    throw thrown;
  }
}

async function profileInWorkers(
  { source, scanner, wanted, open = {}, profile = {} }: ProfileTask,
  address: SourceAddress,
  threads: number,
  worker: URL,
  signal: AbortSignal,
): Promise<ProfiledTable> {
  const task = { module: kernelModule(), address, open, wanted, profile };
  const run = (part: Part) => runWorker(worker, { ...task, part }, signal);
  const count = Math.min(threads, Math.floor((source.size ?? 0) / leastPartBytes));
  const parts = partsOf(scanner, count);
  if (parts.length === 1) return run({ kind: 'whole' });
  // Only who reads the whole table can say in which line something is wrong.
  return (await profileInParts(parts, run, signal)) ?? run({ kind: 'whole' });
}

/** Starts a worker and waits for its reply; ends it in any case. */
async function runWorker(program: URL, task: WorkerTask, signal: AbortSignal): Promise<ProfiledTable> {
  const worker = new Worker(program, { workerData: task, execArgv: [] });
  try {
    return tableOf(await replyOf(worker, signal));
  } finally {
    await worker.terminate();
  }
}

async function replyOf(worker: Worker, signal: AbortSignal): Promise<WorkerReply> {
  const stopped = new AbortController();
  try {
    return await Promise.race([
      // Rejects on the worker's `error`, too.
      once(worker, 'message', stopped).then(([reply]) => reply as WorkerReply),
      once(worker, 'exit', stopped).then(([code]) => {
        throw new Error(`A thread that read a table ended with ${code} and said nothing.`);
      }),
      once(signal, 'abort', stopped).then(() => {
        throw signal.reason;
      }),
    ]);
  } finally {
    stopped.abort();
  }
}

function tableOf(reply: WorkerReply): ProfiledTable {
  switch (reply.kind) {
    case 'profiled':
      return reply.table;
    case 'user-error':
      throw new UserError(reply.message);
    case 'failure': {
      const failure = new Error(reply.message);
      if (reply.stack !== undefined) failure.stack = reply.stack;
      throw failure;
    }
  }
}

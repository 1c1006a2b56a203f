import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { errorCode, identify, isAlive, workingFolders } from '@mlops-actions/files';
import {
  checkRequest,
  isFinal,
  type JobRequest,
  type JobService,
  type JobState,
  jobFolders,
  type ProviderEffects,
} from '@mlops-actions/provider';
import { localDatasets } from '../datasets.ts';
import type { Store } from '../store/store.ts';
import {
  isAttended,
  type JobDocument,
  readJob,
  readStopRequest,
  stateOf,
  writeJob,
  writeStopRequest,
} from './document.ts';
import { followLog, logSegments } from './log-file.ts';
import { copyFolder } from './prepare.ts';
import { endProcessGroup } from './process-group.ts';
import { graceMilliseconds } from './run-script.ts';
import type { Handshake } from './supervisor.ts';

export interface LocalJobsOptions {
  /** How to start this package's background processes: program and first arguments. */
  readonly daemonCommand: readonly string[];
  readonly effects: Pick<ProviderEffects, 'clock' | 'environment'>;
}

/** How often a job's log and document are looked at. */
const lookMilliseconds = 100;

/** How much longer than the script a supervisor gets to end. */
const supervisorGraceMilliseconds = graceMilliseconds + 1000;

const lost = 'The supervisor was lost: the machine went down, or somebody ended the process.';

/** Jobs as processes of this machine. Each has a supervisor, a process that goes on when the step is gone. */
export function localJobs(store: Store, options: LocalJobsOptions): JobService {
  const { clock } = options.effects;

  const describe = async (name: string): Promise<JobState | undefined> => {
    const job = await readJob(store, name);
    if (job === undefined || isFinal(job.status)) return job && stateOf(store, job);
    if (isAttended(job)) {
      const stopping = (await readStopRequest(store, job)) !== undefined;
      return { ...stateOf(store, job), ...(stopping ? { status: 'Stopping' as const } : {}) };
    }
    // It may have ended between the two looks.
    const again = await readJob(store, name);
    if (again === undefined || isFinal(again.status) || isAttended(again)) return again && stateOf(store, again);
    return { ...stateOf(store, again), status: 'Failed', reason: lost };
  };

  const submitLocked = async (request: JobRequest, signal?: AbortSignal) => {
    const known = await readJob(store, request.name);
    if (known !== undefined && (known.status === 'Completed' || isAttended(known))) {
      return { job: stateOf(store, known), attached: true };
    }
    if (known !== undefined) await endLeftovers(store, known, clock);
    const job = newDocument(request, known, clock.now());
    const folder = await emptyFolder(store, job, known?.attempt);
    await writeJob(store, job);
    try {
      await copyFolder(request.sourceDir, jobFolders(folder).code, store.root, { without: workingFolders, signal });
      return { job: stateOf(store, await launch(store, job, request.environment, options)), attached: false };
    } catch (error) {
      const status = signal?.aborted ? 'Stopped' : 'Failed';
      const reason = signal?.aborted ? 'Stopped before it began.' : (error as Error).message;
      await writeJob(store, { ...job, status, reason, ended: clock.now().toISOString() });
      throw error;
    }
  };

  const stopLocked = async (name: string, reason: string): Promise<void> => {
    const job = await readJob(store, name);
    if (job === undefined) return;
    if (isAttended(job) && job.supervisor !== undefined) {
      await writeStopRequest(store, name, { attempt: job.attempt, reason });
      signalProcess(job.supervisor.pid, 'SIGTERM');
    }
    await endLeftovers(store, job, clock);
    const last = (await readJob(store, name)) ?? job;
    if (isFinal(last.status)) return;
    await writeJob(store, { ...last, status: 'Stopped', reason, ended: clock.now().toISOString() });
  };

  return {
    submit: async (request, { signal } = {}) => {
      await checkRequest(localDatasets(store, clock), request);
      return store.lock('jobs', request.name, () => submitLocked(request, signal), signal);
    },
    describe,
    follow: (name, { signal } = {}) => {
      const isOver = async (): Promise<boolean> => {
        signal?.throwIfAborted();
        const job = await describe(name);
        return job === undefined || isFinal(job.status);
      };
      return followLog(store.path('jobs', name), isOver, () => clock.sleep(lookMilliseconds, signal));
    },
    stop: (name, reason) => store.lock('jobs', name, () => stopLocked(name, reason)),
  };
}

function newDocument(request: JobRequest, known: JobDocument | undefined, now: Date): JobDocument {
  const { command, hyperparameters, channels, metricDefinitions, maxRuntimeSeconds, gpus } = request;
  const submitter = identify(process.pid);
  if (submitter === undefined) throw new Error('This process cannot see itself.');
  return {
    name: request.name,
    attempt: (known?.attempt ?? 0) + 1,
    status: 'Pending',
    created: now.toISOString(),
    metrics: {},
    tags: request.tags,
    work: { command, hyperparameters, channels, metricDefinitions, maxRuntimeSeconds, gpus },
    submitter,
    token: randomUUID(),
  };
}

/** The job's folder without what an earlier attempt left, but for its log, which stays as `log.<attempt>.txt`. */
async function emptyFolder(store: Store, job: JobDocument, earlier: number | undefined): Promise<string> {
  const folder = store.path('jobs', job.name);
  const folders = jobFolders(folder);
  await mkdir(folder, { recursive: true });
  for (const leftover of [folders.code, folders.model, folders.output, folders.input]) {
    await rm(leftover, { recursive: true, force: true });
  }
  for (const number of await logSegments(folder)) {
    const from = join(folder, number === 0 ? 'log.txt' : `log.txt.${number}`);
    if (number === 0 && earlier !== undefined) await rename(from, join(folder, `log.${earlier}.txt`));
    else await rm(from, { force: true });
  }
  return folder;
}

/**
 * Starts the supervisor. Its document names it before it may begin, so that a step that dies at any moment leaves either a job that can be
 * found or none.
 */
async function launch(
  store: Store,
  job: JobDocument,
  environment: JobRequest['environment'],
  { daemonCommand, effects }: LocalJobsOptions,
): Promise<JobDocument> {
  const folder = store.path('jobs', job.name);
  const output = await open(join(folder, 'supervisor.log'), 'w');
  try {
    const [program = '', ...args] = daemonCommand;
    const child = spawn(program, [...args, 'job', store.root, job.name], {
      cwd: folder,
      env: { ...effects.environment },
      detached: true,
      stdio: ['pipe', output.fd, output.fd],
    });
    await once(child, 'spawn');
    child.unref();
    const supervisor = child.pid === undefined ? undefined : identify(child.pid);
    if (supervisor === undefined || child.stdin === null)
      throw new Error(`The job's supervisor did not start; see ${folder}/supervisor.log.`);
    const launched = { ...job, supervisor };
    // An end of its input without a handshake ends it.
    await writeJob(store, launched).catch((error: unknown) => {
      child.stdin?.destroy();
      throw error;
    });
    const handshake: Handshake = {
      attempt: job.attempt,
      environment: { ...effects.environment, ...environment },
    };
    child.stdin.end(JSON.stringify(handshake));
    await once(child.stdin, 'close');
    return launched;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new UserError(`The program ${daemonCommand[0]} was not found; the job's supervisor cannot start.`);
  } finally {
    await output.close();
  }
}

/** Waits for the supervisor to end in order, which it does at its job's end or on SIGTERM, and ends it and its script when it does not. */
async function endLeftovers(store: Store, job: JobDocument, clock: ProviderEffects['clock']): Promise<void> {
  const { supervisor } = job;
  const killAt = clock.now().getTime() + supervisorGraceMilliseconds;
  while (supervisor !== undefined && isAlive(supervisor)) {
    if (clock.now().getTime() > killAt) signalProcess(supervisor.pid, 'SIGKILL');
    await clock.sleep(20);
  }
  // Its last words may name a leader that was not there before.
  await endProcessGroup((await readJob(store, job.name)) ?? job, graceMilliseconds, clock);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

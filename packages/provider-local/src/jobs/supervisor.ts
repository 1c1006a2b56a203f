import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { endingOf, type Json, systemClock, UserError } from '@mlops-actions/core';
import { listFiles } from '@mlops-actions/files';
import {
  isObject,
  type JobFolders,
  jobFolders,
  type Metrics,
  metricsFromLog,
  type StoredArtifact,
  scriptArguments,
} from '@mlops-actions/provider';
import { putArtifact } from '../store/artifacts.ts';
import { type Store, storeAt } from '../store/store.ts';
import { type JobDocument, readJob, readStopRequest, writeJob } from './document.ts';
import { openLog } from './log-file.ts';
import { readMetricsFile } from './metrics-file.ts';
import { fillChannels } from './prepare.ts';
import { runScript, type ScriptEnd } from './run-script.ts';
import { configFiles, localEnvironment } from './script-environment.ts';

/** What the submitting step tells the supervisor once the job's document names it. It never touches a disk: it may hold secrets. */
export interface Handshake {
  readonly attempt: number;
  readonly environment: Readonly<Record<string, string>>;
}

type Outcome = Pick<JobDocument, 'status' | 'reason' | 'exitCode' | 'metrics' | 'model' | 'output'>;

/**
 * Runs one job from its document to its end; `argv` is the store's root and the job's name. It is the job's "cloud": it outlives the step
 * that started it, limits the runtime, and leaves nothing running. SIGTERM and SIGINT stop the job.
 */
export async function supervise(argv: readonly string[]): Promise<void> {
  const [root = '', name = ''] = argv;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const handshake = await readHandshake(process.stdin);
  // Without it the step died before the document named this process: nobody would find the job.
  if (handshake === undefined) return;
  const store = storeAt(root);
  const job = await readJob(store, name);
  if (job?.attempt === handshake.attempt) await runJob(store, job, handshake.environment, stop.signal);
}

async function readHandshake(input: Readable): Promise<Handshake | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk as Uint8Array);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return isObject(value) ? (value as unknown as Handshake) : undefined;
  } catch {
    return undefined;
  }
}

async function runJob(
  store: Store,
  job: JobDocument,
  environment: Handshake['environment'],
  signal: AbortSignal,
): Promise<void> {
  let current = job;
  const record = async (change: Partial<JobDocument>): Promise<void> => {
    current = { ...current, ...change };
    await writeJob(store, current);
  };
  const folders = jobFolders(store.path('jobs', job.name));
  const outcome = await outcomeOf(store, job, folders, environment, record, signal).catch(
    (error: unknown): Outcome => ({ status: 'Failed', reason: reasonOf(error), metrics: {} }),
  );
  const stopped: Outcome = { status: 'Stopped', metrics: outcome.metrics };
  const last = signal.aborted ? { ...stopped, reason: await stopReason(store, job) } : outcome;
  const ended = systemClock.now().toISOString();
  try {
    await record({ ...last, ended });
    await clean(folders, last.status === 'Completed');
  } catch (error) {
    // On a full disk, what the script left makes room for saying so.
    await clean(folders, true);
    await record({ status: 'Failed', reason: reasonOf(error), ended });
  }
}

async function outcomeOf(
  store: Store,
  job: JobDocument,
  folders: JobFolders,
  environment: Handshake['environment'],
  record: (change: Partial<JobDocument>) => Promise<void>,
  signal: AbortSignal,
): Promise<Outcome> {
  await makeFolders(folders, job);
  await fillChannels(store, job.work.channels, folders.inputData, signal, systemClock);
  const watch = metricsFromLog(job.work.metricDefinitions);
  const log = openLog(folders.root);
  let end: ScriptEnd;
  try {
    end = await runScript(
      {
        command: [...job.work.command, ...scriptArguments(job.work.hyperparameters)],
        folder: folders.code,
        environment: { ...environment, ...localEnvironment(job.work, folders, job.token) },
        token: job.token,
        maxRuntimeSeconds: job.work.maxRuntimeSeconds,
        onStart: (leader) => record({ status: 'InProgress', started: systemClock.now().toISOString(), leader }),
        onLines: (lines) => {
          for (const line of lines) watch.see(line);
          log.write(lines);
        },
      },
      signal,
      systemClock,
    );
  } finally {
    log.close();
  }
  if (end.kind !== 'exit' || end.code !== 0) return failed(end, job, watch.metrics());
  return collect(store, folders, watch.metrics(), signal);
}

async function makeFolders(folders: JobFolders, job: JobDocument): Promise<void> {
  for (const folder of [folders.model, folders.outputData, folders.inputConfig]) {
    await mkdir(folder, { recursive: true });
  }
  for (const [file, content] of Object.entries<Json>(configFiles(job.work))) {
    await writeFile(join(folders.inputConfig, file), JSON.stringify(content));
  }
}

function failed(end: ScriptEnd, job: JobDocument, metrics: Metrics): Outcome {
  const script = basename(job.work.command.at(-1) ?? '');
  switch (end.kind) {
    case 'exit':
      return { status: 'Failed', reason: `${script} ended with exit code ${end.code}.`, exitCode: end.code, metrics };
    case 'signal': {
      const hint = end.signal === 'SIGKILL' ? ' The machine may have run out of memory.' : '';
      return {
        status: 'Failed',
        reason: `${script} was ended by ${end.signal}.${hint}`,
        exitCode: end.code,
        metrics,
      };
    }
    case 'too-long':
      return {
        status: 'Failed',
        reason: `${script} ran longer than max-runtime (${job.work.maxRuntimeSeconds} s) and was ended. Raise max-runtime or give it less to do.`,
        metrics,
      };
    case 'stopped':
      return { status: 'Stopped', metrics };
  }
}

async function collect(store: Store, folders: JobFolders, fromLog: Metrics, signal: AbortSignal): Promise<Outcome> {
  const metrics = { ...fromLog, ...(await readMetricsFile(join(folders.outputData, 'metrics.json'))) };
  const model = await keep(store, folders.model, signal);
  const output = await keep(store, folders.outputData, signal);
  return {
    status: 'Completed',
    exitCode: 0,
    metrics,
    ...(model === undefined ? {} : { model }),
    ...(output === undefined ? {} : { output }),
  };
}

/** Puts what the script left in `folder` into the store; undefined when it left nothing. */
async function keep(store: Store, folder: string, signal: AbortSignal): Promise<StoredArtifact | undefined> {
  if ((await listFiles(folder)).length === 0) return undefined;
  const { digest, files, bytes } = await putArtifact(store, folder, signal);
  return { digest, files, bytes };
}

function reasonOf(error: unknown): string {
  const ending = endingOf(error);
  const message = 'message' in ending ? ending.message : '';
  return error instanceof UserError ? message : `The job could not be run: ${message}`;
}

async function stopReason(store: Store, job: JobDocument): Promise<string> {
  const request = await readStopRequest(store, job);
  return request?.reason ?? 'Its supervisor was told to end.';
}

/** The channels are copies. What a completed job made is in the store; what another made stays for a look at it. */
async function clean(folders: JobFolders, completed: boolean): Promise<void> {
  const leftovers = completed ? [folders.input, folders.code, folders.model, folders.output] : [folders.input];
  for (const folder of leftovers) await rm(folder, { recursive: true, force: true }).catch(() => {});
}

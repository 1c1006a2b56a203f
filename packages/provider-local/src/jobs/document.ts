import type { ProcessIdentity } from '@mlops-actions/files';
import { isAlive } from '@mlops-actions/files';
import { isDigest, isFinal, isObject, type JobState, type JobWork, type StoredArtifact } from '@mlops-actions/provider';
import { artifactUri } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';

/** `jobs/<name>/job.json`. Written by the submitting step until `supervisor` is set, then by the supervisor alone until that is dead. */
export interface JobDocument extends Omit<JobState, 'model' | 'output'> {
  /** Counts from 1; a failed or stopped job is started anew under the same name. */
  readonly attempt: number;
  readonly work: JobWork;
  readonly model?: StoredArtifact;
  readonly output?: StoredArtifact;
  readonly submitter: ProcessIdentity;
  readonly supervisor?: ProcessIdentity;
  /** The leader of the script's process group. */
  readonly leader?: ProcessIdentity;
  /** In the environment of everything that the job starts, so that it can be found. */
  readonly token: string;
}

/** `jobs/<name>/stop.json`: somebody wants this attempt to end. */
export interface StopRequest {
  readonly attempt: number;
  readonly reason: string;
}

const storedStatuses: readonly unknown[] = ['Pending', 'InProgress', 'Completed', 'Failed', 'Stopped'];

export function isJobDocument(value: unknown): value is JobDocument {
  return (
    isObject(value) &&
    typeof value.name === 'string' &&
    Number.isSafeInteger(value.attempt) &&
    storedStatuses.includes(value.status) &&
    typeof value.created === 'string' &&
    typeof value.token === 'string' &&
    isObject(value.metrics) &&
    isObject(value.tags) &&
    isWork(value.work) &&
    isIdentity(value.submitter) &&
    [value.supervisor, value.leader].every((identity) => identity === undefined || isIdentity(identity)) &&
    [value.model, value.output].every((artifact) => artifact === undefined || isStored(artifact))
  );
}

function isWork(value: unknown): boolean {
  return (
    isObject(value) &&
    Array.isArray(value.command) &&
    isObject(value.hyperparameters) &&
    isObject(value.channels) &&
    Array.isArray(value.metricDefinitions) &&
    Array.isArray(value.gpus) &&
    typeof value.maxRuntimeSeconds === 'number'
  );
}

function isStored(value: unknown): boolean {
  return isObject(value) && isDigest(value.digest);
}

function isIdentity(value: unknown): boolean {
  return isObject(value) && Number.isSafeInteger(value.pid) && typeof value.started === 'string';
}

export function readJob(store: Store, name: string): Promise<JobDocument | undefined> {
  return store.read(['jobs', name, 'job.json'], isJobDocument);
}

export function writeJob(store: Store, document: JobDocument): Promise<void> {
  return store.write(['jobs', document.name, 'job.json'], document);
}

export async function readStopRequest(store: Store, job: JobDocument): Promise<StopRequest | undefined> {
  const request = await store.read(['jobs', job.name, 'stop.json'], isStopRequest);
  return request?.attempt === job.attempt ? request : undefined;
}

export function writeStopRequest(store: Store, name: string, request: StopRequest): Promise<void> {
  return store.write(['jobs', name, 'stop.json'], request);
}

function isStopRequest(value: unknown): value is StopRequest {
  return isObject(value) && typeof value.attempt === 'number' && typeof value.reason === 'string';
}

/** Whether somebody is at work on it: the step that submits it or the supervisor. */
export function isAttended(job: JobDocument): boolean {
  return !isFinal(job.status) && isAlive(job.supervisor ?? job.submitter);
}

/** The document as the world sees it. */
export function stateOf(store: Store, job: JobDocument): JobState {
  const { attempt: _, work: _work, submitter: _submitter, supervisor: _supervisor, ...rest } = job;
  const { leader: _leader, token: _token, model, output, ...state } = rest;
  return {
    ...state,
    ...(model === undefined ? {} : { model: { ...model, uri: artifactUri(store, model.digest) } }),
    ...(output === undefined ? {} : { output: { ...output, uri: artifactUri(store, output.digest) } }),
  };
}

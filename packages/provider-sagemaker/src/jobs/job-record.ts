import { derivedName } from '@mlops-actions/core';
import { isObject, isStoredArtifact, type JobState, type JobWork } from '@mlops-actions/provider';
import type { S3Store } from '../store/s3-store.ts';

/**
 * `jobs/<name>/<attempt>.json`: what the store keeps of an attempt at a job. The job itself is SageMaker's, whose names can never be used
 * again; so a failed or stopped job is started anew under another.
 */
export interface JobRecord {
  readonly attempt: number;
  /** The name of the training job. */
  readonly trainingJob: string;
  readonly work: JobWork;
  readonly tags: Readonly<Record<string, string>>;
}

/** `jobs/<name>/results/<attempt>.json`: what a completed attempt gave; found out once. `reason`: why it counts as failed after all. */
export type JobResult = Pick<JobState, 'metrics' | 'model' | 'output' | 'reason'>;

/** `jobs/<name>/stops/<attempt>.json`: why somebody stopped it. */
export interface StopRecord {
  readonly reason: string;
}

export function trainingJobName(name: string, attempt: number): string {
  return attempt === 1 ? name : derivedName(`${name}-${attempt}`, [name, attempt]);
}

/** The newest attempt; undefined when there was none. */
export async function newestAttempt(store: S3Store, name: string): Promise<JobRecord | undefined> {
  const attempts = (await store.list(`jobs/${name}`)).map(Number).filter((number) => Number.isSafeInteger(number));
  const newest = attempts.sort((a, b) => a - b).at(-1);
  return newest === undefined ? undefined : store.read(attemptPath(name, newest), isJobRecord);
}

export function attemptPath(name: string, attempt: number): string {
  return `jobs/${name}/${attempt}`;
}

export function resultPath(name: string, attempt: number): string {
  return `jobs/${name}/results/${attempt}`;
}

export function stopPath(name: string, attempt: number): string {
  return `jobs/${name}/stops/${attempt}`;
}

export function isJobRecord(value: unknown): value is JobRecord {
  return (
    isObject(value) &&
    Number.isSafeInteger(value.attempt) &&
    typeof value.trainingJob === 'string' &&
    isObject(value.work) &&
    Array.isArray(value.work.command) &&
    Array.isArray(value.work.metricDefinitions) &&
    typeof value.work.maxRuntimeSeconds === 'number' &&
    isObject(value.tags)
  );
}

export function isJobResult(value: unknown): value is JobResult {
  return (
    isObject(value) &&
    isObject(value.metrics) &&
    [value.model, value.output].every((artifact) => artifact === undefined || isStoredArtifact(artifact)) &&
    (value.reason === undefined || typeof value.reason === 'string')
  );
}

export function isStopRecord(value: unknown): value is StopRecord {
  return isObject(value) && typeof value.reason === 'string';
}

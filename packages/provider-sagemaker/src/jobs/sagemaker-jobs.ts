import { Readable } from 'node:stream';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { UserError } from '@mlops-actions/core';
import { listFiles, workingFolders } from '@mlops-actions/files';
import {
  type CallOptions,
  checkRequest,
  type DatasetStore,
  isFinal,
  type JobRequest,
  type JobService,
  type JobState,
  type ProviderEffects,
  resolveChannel,
} from '@mlops-actions/provider';
import { explained, told, unlessMissing } from '../aws-errors.ts';
import type { Clients } from '../clients.ts';
import type { SageMakerSettings } from '../settings.ts';
import { artifactUri, putArtifact } from '../store/artifacts.ts';
import type { S3Store } from '../store/s3-store.ts';
import { packTarball } from '../store/tarball.ts';
import { costOf } from './job-cost.ts';
import { jobLog } from './job-log.ts';
import {
  attemptPath,
  isJobResult,
  isStopRecord,
  type JobRecord,
  type JobResult,
  newestAttempt,
  resultPath,
  stopPath,
  trainingJobName,
} from './job-record.ts';
import { jobResult } from './job-result.ts';
import { jobScript } from './job-script.ts';
import { jobState, statusOf } from './job-state.ts';
import { type JobPlaces, trainingRequest } from './training-request.ts';

export interface SageMakerJobsOptions {
  readonly clients: Pick<Clients, 'sagemaker' | 'logs'>;
  readonly store: S3Store;
  readonly datasets: DatasetStore;
  readonly settings: SageMakerSettings;
  readonly effects: Pick<ProviderEffects, 'clock' | 'log'>;
}

/** An attempt and what SageMaker says of it. */
interface Attempt {
  readonly record: JobRecord;
  readonly job: DescribeTrainingJobResponse;
}

/** Jobs as SageMaker training jobs, which go on when the step is gone. */
export function sagemakerJobs({ clients, store, datasets, settings, effects }: SageMakerJobsOptions): JobService {
  const { sagemaker, logs } = clients;
  const { clock, log } = effects;

  const describeTraining = async (TrainingJobName: string): Promise<DescribeTrainingJobResponse | undefined> =>
    told(unlessMissing(sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))), `Job ${TrainingJobName}`);

  /** The newest attempt that SageMaker knows of. */
  const findAttempt = async (name: string): Promise<Attempt | undefined> => {
    const record = await newestAttempt(store, name);
    const job = record && (await describeTraining(record.trainingJob));
    return record === undefined || job === undefined ? undefined : { record, job };
  };

  const stateOf = async (name: string, { record, job }: Attempt): Promise<JobState> => {
    const isCompleted = job.TrainingJobStatus === 'Completed';
    const result = isCompleted ? await resultOf(name, record) : undefined;
    const stopped =
      job.TrainingJobStatus === 'Stopped' ? await store.read(stopPath(name, record.attempt), isStopRecord) : undefined;
    return jobState(name, record, job, result, stopped?.reason);
  };

  const resultOf = async (name: string, record: JobRecord): Promise<JobResult> => {
    const path = resultPath(name, record.attempt);
    const known = await store.read(path, isJobResult);
    if (known !== undefined) return known;
    const folder = `${outputPath(name, record.attempt)}/${record.trainingJob}/output`;
    const found = await jobResult(store, folder, record, followAttempt(record));
    await store.write(path, found);
    return found;
  };

  async function* followAttempt({ trainingJob }: JobRecord, { signal }: CallOptions = {}): AsyncIterable<string> {
    const { first, most } = settings.polling;
    const output = jobLog(logs, trainingJob, settings.training.instanceCount);
    const began = clock.now().getTime();
    let endedAt: number | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const job = await describeTraining(trainingJob);
      if (job === undefined) return;
      const lines = await output.next();
      yield* lines;
      const now = clock.now().getTime();
      if (isFinal(statusOf(job))) {
        endedAt = lines.length > 0 ? now : (endedAt ?? now);
        if (output.isOver() || job.TrainingStartTime === undefined || now - endedAt > settings.logGrace) return;
        await clock.sleep(first, signal);
      } else {
        // A twelfth of the time that it has taken so far: soon in the beginning, and cheap for hours.
        await clock.sleep(Math.min(most, Math.max(first, (now - began) / 12)), signal);
      }
    }
  }

  /** Sends what the job needs, and writes its record. Done twice, it is the same. */
  const prepare = async (request: JobRequest, record: JobRecord, signal?: AbortSignal): Promise<JobPlaces> => {
    const channels: Record<string, string> = {};
    for (const [channel, text] of Object.entries(request.channels)) {
      const source = await resolveChannel(datasets, channel, text);
      const artifact =
        source.kind === 'dataset' ? source.dataset.artifact : await putArtifact(store, source.path, signal);
      const split = source.kind === 'dataset' && source.split !== undefined ? `${source.split}/` : '';
      channels[channel] = `${artifactUri(store, artifact.digest)}${split}`;
    }
    const code = `jobs/${request.name}/code/${record.attempt}`;
    const paths = await listFiles(request.sourceDir, workingFolders);
    await store.upload(`${code}/sourcedir.tar.gz`, packTarball({ folder: request.sourceDir, paths }), signal);
    await store.upload(`${code}/run.sh`, Readable.from([Buffer.from(jobScript(record.work))]), signal);
    signal?.throwIfAborted();
    await store.write(attemptPath(request.name, record.attempt), record);
    return { channels, code: `${store.uri(code)}/`, output: store.uri(outputPath(request.name, record.attempt)) };
  };

  /** Resolves with whether there was none of that name: of several that create it at once, one does. */
  const create = async (request: JobRequest, record: JobRecord, places: JobPlaces): Promise<boolean> => {
    const input = trainingRequest(request, record.trainingJob, places, settings);
    try {
      await sagemaker.send(new CreateTrainingJobCommand(input));
      return true;
    } catch (error) {
      if ((error as Error).name === 'ResourceInUse') return false;
      throw explained(error, `Job ${record.trainingJob}`);
    }
  };

  const stop = async (name: string, reason: string): Promise<void> => {
    const attempt = await findAttempt(name);
    if (attempt === undefined || isFinal(statusOf(attempt.job))) return;
    const { trainingJob: TrainingJobName, attempt: number } = attempt.record;
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })).catch((error: unknown) => {
      // It is stopping already, or over.
      if (!/in status|not found/i.test((error as Error).message)) throw explained(error, `Job ${TrainingJobName}`);
    });
    await store.create(stopPath(name, number), { reason });
    for (;;) {
      const job = await describeTraining(TrainingJobName);
      if (job === undefined || isFinal(statusOf(job))) return;
      await clock.sleep(settings.polling.first);
    }
  };

  return {
    submit: async (request, { signal } = {}) => {
      await checkRequest(datasets, request);
      if (request.gpus.length > 0) {
        throw new UserError(
          'Input `gpus` is for this machine. Choose an instance type that has GPUs: `instance-type`.',
        );
      }
      signal?.throwIfAborted();
      const known = await newestAttempt(store, request.name);
      const job = known && (await describeTraining(known.trainingJob));
      if (known !== undefined && job !== undefined) {
        const state = await stateOf(request.name, { record: known, job });
        if (state.status !== 'Failed' && state.status !== 'Stopped') return { job: state, attached: true };
      }
      // An attempt that SageMaker does not know of was never begun: its step died before.
      const attempt = job === undefined ? (known?.attempt ?? 1) : (known?.attempt ?? 0) + 1;
      const { command, hyperparameters, channels, metricDefinitions, maxRuntimeSeconds, gpus, tags } = request;
      const work = { command, hyperparameters, channels, metricDefinitions, maxRuntimeSeconds, gpus };
      const record: JobRecord = { attempt, trainingJob: trainingJobName(request.name, attempt), work, tags };
      const places = await prepare(request, record, signal);
      const cost = costOf(request, settings.training);
      if (cost !== undefined) log.log('info', cost);
      const isNew = await create(request, record, places);
      if (signal?.aborted) {
        await stop(request.name, 'Cancelled as it began.');
        signal.throwIfAborted();
      }
      const begun = await describeTraining(record.trainingJob);
      if (begun === undefined) throw new Error(`SageMaker took job ${record.trainingJob} and does not know it.`);
      return { job: await stateOf(request.name, { record, job: begun }), attached: !isNew };
    },
    describe: async (name) => {
      const attempt = await findAttempt(name);
      return attempt && stateOf(name, attempt);
    },
    follow: async function* (name, options) {
      const record = await newestAttempt(store, name);
      if (record !== undefined) yield* followAttempt(record, options);
    },
    stop,
  };
}

function outputPath(name: string, attempt: number): string {
  return `jobs/${name}/output/${attempt}`;
}

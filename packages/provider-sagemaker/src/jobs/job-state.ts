import { constants } from 'node:os';
import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import type { JobState, JobStatus } from '@mlops-actions/provider';
import type { JobRecord, JobResult } from './job-record.ts';

/** Phases before the script runs, of `SecondaryStatus` in SageMaker's API. */
const beforeTraining: readonly unknown[] = [
  'Starting',
  'Pending',
  'LaunchingMLInstances',
  'PreparingTrainingStack',
  'Downloading',
  'DownloadingTrainingImage',
];

/** A job as SageMaker describes it. `result` is what a completed one gave, `stopReason` why somebody stopped it. */
export function jobState(
  name: string,
  { work, tags }: JobRecord,
  job: DescribeTrainingJobResponse,
  result: JobResult | undefined,
  stopReason: string | undefined,
): JobState {
  const status = statusOf(job, result);
  const exitCode = status === 'Completed' || result !== undefined ? 0 : exitCodeOf(job);
  const reason =
    status === 'Completed'
      ? undefined
      : (result?.reason ?? reasonOf(job, work.command, work.maxRuntimeSeconds, stopReason));
  const { reason: _, model, output, metrics = {} } = result ?? {};
  return {
    name,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(exitCode === undefined ? {} : { exitCode }),
    created: (job.CreationTime ?? new Date(0)).toISOString(),
    ...(job.TrainingStartTime === undefined ? {} : { started: job.TrainingStartTime.toISOString() }),
    ...(job.TrainingEndTime === undefined ? {} : { ended: job.TrainingEndTime.toISOString() }),
    metrics,
    ...(model === undefined || status !== 'Completed' ? {} : { model }),
    ...(output === undefined || status !== 'Completed' ? {} : { output }),
    tags,
  };
}

/** A status that is not known is one of a job that goes on: its `max-runtime` bounds the wait. */
export function statusOf(job: DescribeTrainingJobResponse, result?: JobResult): JobStatus {
  switch (job.TrainingJobStatus) {
    case 'Completed':
      return result?.reason === undefined ? 'Completed' : 'Failed';
    case 'Failed':
      return 'Failed';
    case 'Stopped':
      return limitOf(job) === undefined ? 'Stopped' : 'Failed';
    case 'Deleting':
      return 'Stopped';
    case 'Stopping':
      return 'Stopping';
    default:
      return beforeTraining.includes(job.SecondaryStatus) ? 'Pending' : 'InProgress';
  }
}

/** SageMaker says that a job was stopped when its time was over. */
function limitOf({ SecondaryStatus, SecondaryStatusTransitions = [] }: DescribeTrainingJobResponse) {
  const phases: readonly unknown[] = [SecondaryStatus, ...SecondaryStatusTransitions.map(({ Status }) => Status)];
  if (phases.includes('MaxRuntimeExceeded')) return 'max-runtime';
  return phases.includes('MaxWaitTimeExceeded') ? 'spot-max-wait' : undefined;
}

function reasonOf(
  job: DescribeTrainingJobResponse,
  command: readonly string[],
  maxRuntimeSeconds: number,
  stopReason: string | undefined,
): string | undefined {
  const script = (command.at(-1) ?? '').replace(/^.*\//, '');
  const limit = limitOf(job);
  if (limit === 'max-runtime') {
    return `${script} ran longer than max-runtime (${maxRuntimeSeconds} s) and was ended. Raise max-runtime or give it less to do.`;
  }
  if (limit !== undefined)
    return `The job waited for spot instances longer than ${limit}. Raise it, or take other instances.`;
  if (job.TrainingJobStatus === 'Stopped') return stopReason ?? 'Somebody stopped it in SageMaker.';
  if (job.TrainingJobStatus !== 'Failed') return undefined;
  return failureOf(job.FailureReason ?? '', script);
}

/** SageMaker says `AlgorithmError: <what the script wrote into output/failure>, exit code: 3`. */
function failureOf(said: string, script: string): string {
  const match = /^AlgorithmError: *([\s\S]*?),? *exit code: (\d+)$/.exec(said);
  if (match === null) return said === '' ? 'SageMaker gives no reason.' : said.replace(/\.?$/, '.');
  const [, own = '', code = ''] = match;
  if (own !== '') return own;
  const signal = signalOf(Number(code));
  if (signal === undefined) return `${script} ended with exit code ${code}.`;
  const hint = signal === 'SIGKILL' ? ' The machine may have run out of memory: take a larger instance type.' : '';
  return `${script} was ended by ${signal}.${hint}`;
}

function exitCodeOf({ FailureReason = '' }: DescribeTrainingJobResponse): number | undefined {
  const code = /exit code: (\d+)$/.exec(FailureReason)?.[1];
  return code === undefined ? undefined : Number(code);
}

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0];
}

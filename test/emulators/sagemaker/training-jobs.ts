import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AwsError, invalid } from './aws-error.ts';
import { download, upload } from './bucket.ts';
import { type LogStream, openStream } from './cloudwatch-logs.ts';
import { type Container, runContainer } from './container.ts';
import type { Moto } from './moto.ts';
import { arn, type Body, type Part, seconds } from './part.ts';

/** How long a job waits for its machine. */
const launchMilliseconds = 20;

/** How long a container has between SIGTERM and SIGKILL; SageMaker gives 120 s. */
const graceMilliseconds = 1500;

interface Job {
  readonly request: Body;
  readonly created: Date;
  status: 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';
  secondary: string;
  readonly transitions: { Status: string; StartTime: number; EndTime?: number }[];
  reason?: string;
  started?: Date;
  ended?: Date;
  container?: Container;
  isStopped: boolean;
}

export interface TrainingJobs extends Part {
  /** The names of the jobs that are not over. */
  running(): string[];
  /** The next spot job loses its machine once while it trains. */
  interruptNext(): void;
}

export function trainingJobs(moto: Moto): TrainingJobs {
  const jobs = new Map<string, Job>();
  const working = new Set<Promise<void>>();
  const interruption = { isDue: false };
  const named = (name: string): Job => {
    const job = jobs.get(name);
    if (job === undefined) throw invalid('Requested resource not found.');
    return job;
  };
  return {
    running: () => [...jobs].filter(([, { ended }]) => ended === undefined).map(([name]) => name),
    interruptNext: () => {
      interruption.isDue = true;
    },
    handlers: {
      CreateTrainingJob: (request: Body) => {
        const name: string = request.TrainingJobName;
        checkRequest(request);
        if (jobs.has(name)) {
          throw new AwsError(
            'ResourceInUse',
            `Job name must be unique within an AWS account and region, and a training job with this name already exists (${arn('training-job', name)})`,
          );
        }
        const job: Job = {
          request,
          created: new Date(),
          status: 'InProgress',
          secondary: '',
          transitions: [],
          isStopped: false,
        };
        enter(job, 'Starting');
        jobs.set(name, job);
        const work = run(moto, job, interruption)
          .catch((error: unknown) => finish(job, 'Failed', 'Failed', `InternalServerError: ${String(error)}`))
          .finally(() => working.delete(work));
        working.add(work);
        return { TrainingJobArn: arn('training-job', name) };
      },
      DescribeTrainingJob: ({ TrainingJobName }: Body) => described(named(TrainingJobName)),
      StopTrainingJob: ({ TrainingJobName }: Body) => {
        const job = named(TrainingJobName);
        if (job.status !== 'InProgress') {
          throw invalid(`The request was rejected because the training job is in status ${job.status}.`);
        }
        job.isStopped = true;
        job.status = 'Stopping';
        enter(job, 'Stopping');
        if (job.container !== undefined) end(job.container);
        return {};
      },
    },
    reset: async () => {
      for (const job of jobs.values()) {
        job.isStopped = true;
        job.container?.signal('SIGKILL');
      }
      await Promise.all(working);
      jobs.clear();
    },
  };
}

/** What AWS's models cannot say and AWS refuses. */
function checkRequest({
  AlgorithmSpecification,
  ResourceConfig,
  StoppingCondition,
  EnableManagedSpotTraining,
}: Body): void {
  if (AlgorithmSpecification === undefined) throw invalid('AlgorithmSpecification is required.');
  if ((AlgorithmSpecification.TrainingImage === undefined) === (AlgorithmSpecification.AlgorithmName === undefined)) {
    throw invalid('Exactly one of TrainingImage and AlgorithmName must be given.');
  }
  if (ResourceConfig?.InstanceType === undefined) throw invalid('ResourceConfig is required.');
  if (StoppingCondition === undefined) throw invalid('StoppingCondition is required.');
  if (EnableManagedSpotTraining === true && StoppingCondition.MaxWaitTimeInSeconds === undefined) {
    throw invalid('MaxWaitTimeInSeconds must be present when EnableManagedSpotTraining is true.');
  }
}

function enter(job: Job, secondary: string): void {
  const now = seconds(new Date());
  const last = job.transitions.at(-1);
  if (last !== undefined) last.EndTime = now;
  job.transitions.push({ Status: secondary, StartTime: now });
  job.secondary = secondary;
}

function finish(job: Job, status: Job['status'], secondary: string, reason?: string): void {
  job.ended = new Date();
  enter(job, secondary);
  job.status = status;
  if (reason !== undefined) job.reason = reason.slice(0, 1024);
}

async function run(moto: Moto, job: Job, interruption: { isDue: boolean }): Promise<void> {
  const { request } = job;
  await new Promise((resolve) => setTimeout(resolve, launchMilliseconds));
  if (job.isStopped) return finish(job, 'Stopped', 'Stopped');
  const root = await mkdtemp(join(tmpdir(), 'opt-ml-'));
  try {
    enter(job, 'Downloading');
    const fault = await fill(moto, root, request);
    if (fault !== undefined) return finish(job, 'Failed', 'Failed', fault);
    if (job.isStopped) return finish(job, 'Stopped', 'Stopped');
    await train(moto, job, root, interruption);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Fills `/opt/ml`. Returns what SageMaker would fail with. */
async function fill(moto: Moto, root: string, request: Body): Promise<string | undefined> {
  for (const folder of ['input/config', 'input/data', 'model', 'output/data', 'checkpoints']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  const config = {
    'hyperparameters.json': request.HyperParameters ?? {},
    'resourceconfig.json': { current_host: 'algo-1', current_instance_type: 'ml.m5.large', hosts: ['algo-1'] },
    'inputdataconfig.json': Object.fromEntries(
      (request.InputDataConfig ?? []).map((channel: Body) => [channel.ChannelName, { TrainingInputMode: 'File' }]),
    ),
  };
  for (const [name, value] of Object.entries(config)) {
    await writeFile(join(root, 'input/config', name), JSON.stringify(value));
  }
  for (const { ChannelName, DataSource } of request.InputDataConfig ?? []) {
    const uri: string = DataSource.S3DataSource.S3Uri;
    const folder = join(root, 'input/data', ChannelName);
    if ((await download(moto, uri, folder)) === 0) {
      return `ClientError: Data download failed:Failed to download data. No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region, that objects exist under that S3 prefix, and that the role has "s3:ListBucket" permissions on the bucket.`;
    }
  }
  return undefined;
}

async function train(moto: Moto, job: Job, root: string, interruption: { isDue: boolean }): Promise<void> {
  const { request } = job;
  const stream = `${request.TrainingJobName}/algo-1-${Math.floor(Date.now() / 1000)}`;
  const log = openStream(moto, '/aws/sagemaker/TrainingJobs', stream);
  job.started = new Date();
  enter(job, 'Training');
  if (request.EnableManagedSpotTraining === true && interruption.isDue) {
    interruption.isDue = false;
    await interrupted(job, root, log);
  }
  const container = startContainer(request, root, log);
  job.container = container;
  let isTooLong = false;
  const limit = setTimeout(() => {
    isTooLong = true;
    end(container);
  }, request.StoppingCondition.MaxRuntimeInSeconds * 1000);
  const code = await container.ended;
  clearTimeout(limit);
  const isEnded = job.isStopped || isTooLong;
  enter(job, 'Uploading');
  await keep(moto, root, request, isEnded || code === 0);
  if (isTooLong) finish(job, 'Stopped', 'MaxRuntimeExceeded');
  else if (job.isStopped) finish(job, 'Stopped', 'Stopped');
  else if (code === 0) finish(job, 'Completed', 'Completed');
  else finish(job, 'Failed', 'Failed', await algorithmError(root, code));
  // Lines arrive after the status, as in CloudWatch.
  await log.end();
}

function startContainer(request: Body, root: string, log: LogStream): Container {
  const { ContainerEntrypoint = [], ContainerArguments = [] } = request.AlgorithmSpecification;
  return runContainer({
    entrypoint: [...ContainerEntrypoint, ...ContainerArguments],
    environment: { TRAINING_JOB_NAME: request.TrainingJobName, ...request.Environment },
    root,
    onLine: log.add,
  });
}

/** The machine goes, and the job begins again on another: of its files only the checkpoints are still there. */
async function interrupted(job: Job, root: string, log: LogStream): Promise<void> {
  const container = startContainer(job.request, root, log);
  await new Promise((resolve) => setTimeout(resolve, 500));
  container.signal('SIGKILL');
  await container.ended;
  enter(job, 'Interrupted');
  const lost = ['code', 'model', 'output', ...(job.request.CheckpointConfig === undefined ? ['checkpoints'] : [])];
  for (const folder of lost) await rm(join(root, folder), { recursive: true, force: true });
  await mkdir(join(root, 'output/data'), { recursive: true });
  enter(job, 'Restarting');
  enter(job, 'Training');
}

function end(container: Container): void {
  container.signal('SIGTERM');
  setTimeout(() => container.signal('SIGKILL'), graceMilliseconds).unref();
}

async function algorithmError(root: string, code: number): Promise<string> {
  const said = await readFile(join(root, 'output/failure'), 'utf8').catch(() => '');
  return `AlgorithmError: ${said.slice(0, 900)}, exit code: ${code}`;
}

async function keep(moto: Moto, root: string, request: Body, hasModel: boolean): Promise<void> {
  const place = outputPlace(request);
  if (hasModel) await pack(moto, join(root, 'model'), join(root, 'model.tar.gz'), `${place}/model.tar.gz`);
  if ((await readdir(join(root, 'output/data'))).length > 0) {
    await pack(moto, join(root, 'output/data'), join(root, 'output.tar.gz'), `${place}/output.tar.gz`);
  }
}

async function pack(moto: Moto, folder: string, file: string, uri: string): Promise<void> {
  await promisify(execFile)('tar', ['-czf', file, '-C', folder, '.']);
  await upload(moto, file, uri);
}

function outputPlace({ OutputDataConfig, TrainingJobName }: Body): string {
  return `${OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${TrainingJobName}/output`;
}

function described({ request, ...job }: Job): Body {
  const { Tags: _, ...asked } = request;
  return {
    ...asked,
    TrainingJobArn: arn('training-job', request.TrainingJobName),
    ModelArtifacts: { S3ModelArtifacts: `${outputPlace(request)}/model.tar.gz` },
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondary,
    SecondaryStatusTransitions: job.transitions,
    CreationTime: seconds(job.created),
    LastModifiedTime: seconds(job.ended ?? job.created),
    ...(job.started === undefined ? {} : { TrainingStartTime: seconds(job.started) }),
    ...(job.ended === undefined ? {} : { TrainingEndTime: seconds(job.ended) }),
    ...(job.reason === undefined ? {} : { FailureReason: job.reason }),
  };
}

import type { Channel, CreateTrainingJobCommandInput, Tag, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import { UserError } from '@mlops-actions/core';
import type { JobRequest } from '@mlops-actions/provider';
import { awsText } from '../aws-text.ts';
import { requiredInput, type SageMakerSettings } from '../settings.ts';
import { codeChannel, entrypoint } from './job-script.ts';

/** What SageMaker takes at most (its API's model of 2017-07-24). */
const limits = {
  hyperparameters: 100,
  hyperparameterValue: 2500,
  environment: 100,
  environmentValue: 512,
  metrics: 40,
  metricPattern: 500,
  tags: 50,
  tagKey: 128,
  tagValue: 256,
  channels: 20,
} as const;

/** Where a job's files are: an S3 prefix for each channel, the one of the code, and where its results go. */
export interface JobPlaces {
  readonly channels: Readonly<Record<string, string>>;
  readonly code: string;
  readonly output: string;
}

/** The training job for a request. A `UserError` for what SageMaker would refuse. */
export function trainingRequest(
  request: JobRequest,
  trainingJob: string,
  places: JobPlaces,
  settings: SageMakerSettings,
): CreateTrainingJobCommandInput {
  const { training, kmsKey } = settings;
  const { image, instanceType, instanceCount, volumeGb, subnets, securityGroups, spotMaxWaitSeconds } = training;
  const spot = spotMaxWaitSeconds === undefined ? undefined : spotOf(training, request.maxRuntimeSeconds);
  return {
    TrainingJobName: trainingJob,
    AlgorithmSpecification: {
      TrainingImage: requiredInput(image, 'training-image', 'the container image that the script runs in'),
      TrainingInputMode: 'File',
      ContainerEntrypoint: entrypoint,
      ...metricsOf(request),
    },
    RoleArn: requiredInput(settings.executionRole, 'execution-role', 'the ARN of the role that the job runs as'),
    HyperParameters: shownHyperparameters(request),
    InputDataConfig: channelsOf(places),
    OutputDataConfig: { S3OutputPath: places.output, ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }) },
    ResourceConfig: {
      InstanceType: instanceType as TrainingInstanceType,
      InstanceCount: instanceCount,
      VolumeSizeInGB: volumeGb,
      ...(kmsKey === undefined ? {} : { VolumeKmsKeyId: kmsKey }),
      ...(training.warmPoolSeconds === 0 ? {} : { KeepAlivePeriodInSeconds: training.warmPoolSeconds }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: request.maxRuntimeSeconds, ...spot?.stopping },
    ...spot?.job,
    Environment: environmentOf(request),
    Tags: tagsOf(request.tags),
    ...(training.networkIsolation ? { EnableNetworkIsolation: true } : {}),
    ...(instanceCount > 1 ? { EnableInterContainerTrafficEncryption: kmsKey !== undefined } : {}),
    ...(subnets.length === 0 ? {} : { VpcConfig: { Subnets: [...subnets], SecurityGroupIds: [...securityGroups] } }),
  };
}

/** A spot job may be interrupted at any time and begin again: without a checkpoint it would begin from nothing, for ever. */
function spotOf({ spotMaxWaitSeconds = 0, checkpointUri }: SageMakerSettings['training'], maxRuntimeSeconds: number) {
  const checkpoint = requiredInput(
    checkpointUri,
    'checkpoint-uri',
    'where the script keeps its checkpoints, s3://…, because it runs on spot instances',
  );
  if (spotMaxWaitSeconds < maxRuntimeSeconds) {
    throw new UserError(
      `Input \`spot-max-wait\` is ${spotMaxWaitSeconds} s, less than \`max-runtime\` (${maxRuntimeSeconds} s). Make it longer: it counts the waits too.`,
    );
  }
  return {
    stopping: { MaxWaitTimeInSeconds: spotMaxWaitSeconds },
    job: { EnableManagedSpotTraining: true, CheckpointConfig: { S3Uri: checkpoint } },
  };
}

function channelsOf({ channels, code }: JobPlaces): Channel[] {
  const all = Object.entries({ ...channels, [codeChannel]: code });
  if (codeChannel in channels) {
    throw new UserError(`"${codeChannel}" is the channel of the code. Give your channel another name.`);
  }
  if (all.length > limits.channels) {
    throw new UserError(`SageMaker takes ${limits.channels - 1} channels, and there are ${all.length - 1}.`);
  }
  return all.map(([ChannelName, S3Uri]) => ({
    ChannelName,
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri, S3DataDistributionType: 'FullyReplicated' } },
  }));
}

/** For people who look into the console: the script gets them from its own command, so one that does not fit is left out here. */
function shownHyperparameters({ hyperparameters }: JobRequest): Record<string, string> {
  const fit = Object.entries(hyperparameters).filter(
    ([, value]) => value.length <= limits.hyperparameterValue && !/[\r\n\u2028\u2029\u0085]/.test(value),
  );
  return Object.fromEntries(fit.slice(0, limits.hyperparameters));
}

/** For SageMaker's own graphs; what counts is read from the log by the provider, as everywhere. */
function metricsOf({ metricDefinitions }: JobRequest) {
  const fit = metricDefinitions
    .filter(({ pattern }) => pattern.length <= limits.metricPattern)
    .slice(0, limits.metrics);
  return fit.length === 0
    ? {}
    : { MetricDefinitions: fit.map(({ name, pattern }) => ({ Name: name, Regex: pattern })) };
}

function environmentOf({ environment }: JobRequest): Record<string, string> {
  const entries = Object.entries(environment);
  if (entries.length > limits.environment) {
    throw new UserError(
      `SageMaker takes ${limits.environment} variables, and there are ${entries.length} in \`environment\`.`,
    );
  }
  const long = entries.find(([, value]) => value.length > limits.environmentValue);
  if (long === undefined) return { ...environment };
  throw new UserError(
    `The variable ${long[0]} has ${long[1].length} characters, and SageMaker takes ${limits.environmentValue}. Put it into a file of the code, or into Secrets Manager when it is secret.`,
  );
}

function tagsOf(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags)
    .slice(0, limits.tags)
    .map(([key, value]) => ({ Key: awsText(key, limits.tagKey), Value: awsText(value, limits.tagValue) }));
}

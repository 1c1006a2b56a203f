import type { Json } from '@mlops-actions/core';
import type { ProviderName } from '@mlops-actions/provider';
import { duration, flag, list, mapping, number, text } from '@mlops-actions/spec';

const group = 'Provider: sagemaker';

/** Where everything is and who may touch it: for every step. */
export const sagemakerInputs = {
  region: text({ help: "AWS region. Default: the runner's own, `AWS_REGION`.", group }),
  'artifact-store': text({
    help: 'Where datasets, models and jobs are kept, `s3://bucket/prefix`. Every step of a project names the same.',
    group,
  }),
  'role-to-assume': text({
    help: "ARN of the role that the step works as: by GitHub's token (the job needs `permissions: id-token: write`), elsewhere by the runner's own credentials. Default: the runner's own credentials.",
    group,
  }),
  'execution-role': text({ help: 'ARN of the role that jobs and endpoints run as.', group }),
  'kms-key': text({ help: 'ARN of the KMS key that encrypts what is stored. Default: the encryption of S3.', group }),
} as const;

/** The machine that the work runs on. */
export const machineInputs = {
  'instance-type': text({ help: 'Type of the instances.', default: 'ml.m5.large', group }),
  subnets: list({ help: 'Subnets of the private network that it runs in.', group }),
  'security-groups': list({ help: 'Security groups in that network.', group }),
  'network-isolation': flag({ help: 'Let the container reach nothing but its data.', group }),
} as const;

/** For steps that run a script as a job. */
export const jobInputs = {
  'training-image': text({
    help: 'Container image that the script runs in. It needs sh, tar, gzip and what the script needs.',
    group,
  }),
  ...machineInputs,
  'instance-count': number({
    help: 'Instances of a distributed job.',
    default: 1,
    min: 1,
    max: 100,
    integer: true,
    group,
  }),
  'volume-size': number({
    help: 'Gigabytes of disk of each instance.',
    default: 30,
    min: 1,
    max: 16_384,
    integer: true,
    group,
  }),
  prices: mapping({
    help: 'Price of an hour by instance type, `ml.m5.xlarge: 0.257`: the step then says what a job costs at the most before it starts it.',
    group,
  }),
  'spot-max-wait': duration({
    help: 'Run on spot instances, for this long at the most with all waits. Needs `checkpoint-uri`.',
    min: '1s',
    max: '28d',
    group,
  }),
  'checkpoint-uri': text({
    help: 'Where a job on spot instances keeps what the script writes to /opt/ml/checkpoints, `s3://…`: it goes on from there.',
    group,
  }),
  'warm-pool': duration({
    help: 'Keep the instances for the next job so long after this one. They cost money.',
    min: '1s',
    max: '6h',
    group,
  }),
} as const;

/** For steps that serve a model. */
export const hostingInputs = {
  'serving-image': text({
    help: 'Container image that serves the model, with the program `serve` of action-templates/sagemaker or one of its own.',
    group,
  }),
  ...machineInputs,
  'target-invocations': number({
    help: 'Requests a minute for each instance that autoscaling aims at, in the place of `target-concurrency`.',
    min: 1,
    max: 1_000_000,
    group,
  }),
  'scale-in-cooldown': duration({
    help: "How long after a change autoscaling takes no instance away. Default: SageMaker's, 5m.",
    min: '0s',
    max: '1d',
    group,
  }),
  'scale-out-cooldown': duration({
    help: "How long after a change autoscaling adds no instance. Default: SageMaker's, 5m.",
    min: '0s',
    max: '1d',
    group,
  }),
} as const;

/** What makes a job on SageMaker another one, besides its code and data. */
export function jobIngredients(inputs: {
  readonly provider: ProviderName;
  readonly trainingImage: string | undefined;
  readonly instanceCount: number;
}): { readonly [key: string]: Json } {
  const { provider, trainingImage = '', instanceCount } = inputs;
  return provider === 'sagemaker' ? { image: trainingImage, instances: instanceCount } : {};
}

/** What makes a deployment on SageMaker another one, besides the model and its code. */
export function hostingIngredients(inputs: {
  readonly provider: ProviderName;
  readonly servingImage: string | undefined;
  readonly instanceType: string;
  readonly targetInvocations: number | undefined;
  readonly scaleInCooldown: number | undefined;
  readonly scaleOutCooldown: number | undefined;
}): { readonly [key: string]: Json } {
  const { provider, servingImage = '', instanceType, targetInvocations, scaleInCooldown, scaleOutCooldown } = inputs;
  if (provider !== 'sagemaker') return {};
  const scaling = { targetInvocations, scaleInCooldown, scaleOutCooldown };
  const set = Object.entries(scaling).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return { image: servingImage, instance: instanceType, ...Object.fromEntries(set) };
}

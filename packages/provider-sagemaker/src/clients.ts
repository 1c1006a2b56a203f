import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { state as sdk } from '@aws-sdk/core/client';

/** How AWS is reached. What is absent is found as AWS's own tools find it: `AWS_REGION`, `AWS_ENDPOINT_URL`, the role of the runner. */
export interface AwsOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials>);
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface Clients {
  readonly s3: S3Client;
  readonly sagemaker: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudwatch: CloudWatchClient;
  readonly autoscaling: ApplicationAutoScalingClient;
}

/** How often a call is tried before its error counts. AWS throttles accounts, not callers: a busy account needs patience. */
const maxAttempts = 6;

export function openClients(options: AwsOptions): Clients {
  // That later versions of the SDK need a newer Node is nothing that users of a bundle with this one can do anything about.
  sdk.warningEmitted = true;
  const config = { maxAttempts, ...options };
  return {
    s3: new S3Client(config),
    sagemaker: new SageMakerClient(config),
    // Whoever asks a model wants its answer, not ours of a minute later: the caller tries again.
    runtime: new SageMakerRuntimeClient({ ...config, maxAttempts: 1 }),
    logs: new CloudWatchLogsClient(config),
    cloudwatch: new CloudWatchClient(config),
    autoscaling: new ApplicationAutoScalingClient(config),
  };
}

import {
  CreateModelCommand,
  type CreateModelInput,
  DeleteModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { canonicalJson, derivedName, sha256, UserError } from '@mlops-actions/core';
import {
  type Artifact,
  type CallOptions,
  type DeploymentRequest,
  type ModelRegistry,
  requireModel,
  requireServingCode,
  shellWord,
} from '@mlops-actions/provider';
import { explained, told, unlessMissing } from '../aws-errors.ts';
import { requiredInput, type SageMakerSettings } from '../settings.ts';
import { artifactUri, putArtifact } from '../store/artifacts.ts';
import type { S3Store } from '../store/s3-store.ts';
import { requireScaling } from './autoscaling.ts';
import type { DeploymentRecord } from './endpoint-record.ts';

/** What SageMaker takes of a container's variables. */
const limits = { variables: 100, value: 1024 } as const;

/** What a deployment serves, ready to be made a SageMaker model. */
export interface HostedModel {
  readonly name: string;
  /** Of everything that makes the deployment what it is. */
  readonly identity: string;
  readonly request: CreateModelInput;
}

/** Finds the model and sends the serving code. A `UserError` when there is no such model or code, or SageMaker would refuse it. */
export async function hostedModel(
  request: DeploymentRequest,
  models: ModelRegistry,
  store: S3Store,
  settings: SageMakerSettings,
  { signal }: CallOptions = {},
): Promise<HostedModel> {
  const { endpoint, deployment, sourceDir, command, environment, autoscaling } = request;
  const { serving, executionRole } = settings;
  requireScaling(autoscaling, serving.scaling);
  const model = await requireModel(models, request);
  const code = sourceDir === undefined ? undefined : await servingCode(store, sourceDir, signal);
  const container = {
    Image: requiredInput(serving.image, 'serving-image', 'the container image that serves the model'),
    ModelDataUrl: model.artifact.uri,
    Environment: checkedEnvironment({ ...environment, MLOPS_COMMAND: command.map(shellWord).join(' ') }),
    ...(code === undefined ? {} : { AdditionalModelDataSources: [codeSource(store, code)] }),
  };
  const { subnets, securityGroups, networkIsolation, instanceType } = serving;
  const hosted: CreateModelInput = {
    ModelName: '',
    PrimaryContainer: container,
    ExecutionRoleArn: requiredInput(executionRole, 'execution-role', 'the ARN of the role that the endpoint runs as'),
    ...(networkIsolation ? { EnableNetworkIsolation: true } : {}),
    ...(subnets.length === 0 ? {} : { VpcConfig: { Subnets: [...subnets], SecurityGroupIds: [...securityGroups] } }),
  };
  const { minReplicas, maxReplicas, targetConcurrency } = autoscaling;
  const ingredients = {
    hosted: JSON.parse(JSON.stringify(hosted)),
    digest: model.artifact.digest,
    instanceType,
    scaling: [minReplicas, maxReplicas, targetConcurrency, ...Object.entries(serving.scaling ?? {})],
    times: [request.startupTimeoutSeconds, request.requestTimeoutSeconds],
  };
  const name = derivedName(`${endpoint}-${deployment}`, ingredients);
  return { name, identity: sha256(canonicalJson(ingredients)), request: { ...hosted, ModelName: name } };
}

/** What is kept of a deployment that is made at `created`, in milliseconds since 1970. */
export function deploymentRecord(
  { model, autoscaling, startupTimeoutSeconds }: DeploymentRequest,
  { identity, name }: HostedModel,
  { serving: { instanceType, scaling } }: SageMakerSettings,
  created: number,
): DeploymentRecord {
  const kept = scaling === undefined ? {} : { scaling };
  return { model, identity, hostedModel: name, instanceType, ...autoscaling, ...kept, startupTimeoutSeconds, created };
}

export async function makeModel(sagemaker: SageMakerClient, { name, request }: HostedModel): Promise<void> {
  await sagemaker.send(new CreateModelCommand(request)).catch((error: unknown) => {
    // Its name says what is in it.
    if (!/already existing/.test((error as Error).message)) throw explained(error, `Model ${name}`);
  });
}

export async function removeModel(sagemaker: SageMakerClient, ModelName: string): Promise<void> {
  await told(unlessMissing(sagemaker.send(new DeleteModelCommand({ ModelName }))), `Model ${ModelName}`);
}

async function servingCode(store: S3Store, sourceDir: string, signal: AbortSignal | undefined): Promise<Artifact> {
  await requireServingCode(sourceDir);
  return putArtifact(store, sourceDir, signal);
}

/** The container finds it in `/opt/ml/additional-model-data-sources/code`. */
function codeSource(store: S3Store, { digest }: Artifact) {
  const S3DataSource = {
    S3Uri: artifactUri(store, digest),
    S3DataType: 'S3Prefix' as const,
    CompressionType: 'None' as const,
  };
  return { ChannelName: 'code', S3DataSource };
}

function checkedEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  const long = Object.entries(environment).find(([, value]) => value.length > limits.value);
  if (long !== undefined) {
    throw new UserError(
      `The variable ${long[0]} has ${long[1].length} characters, and SageMaker takes ${limits.value}. Put it into a file of the serving code.`,
    );
  }
  if (Object.keys(environment).length > limits.variables) {
    throw new UserError(`SageMaker takes ${limits.variables} variables, and there are more in \`environment\`.`);
  }
  return { ...environment };
}

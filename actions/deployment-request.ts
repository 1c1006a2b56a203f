import {
  derivedName,
  formatModelReference,
  lineageOf,
  type ModelReference,
  parseModelReference,
  UserError,
} from '@mlops-actions/core';
import type {
  DeploymentRequest,
  EndpointSettings,
  ModelRegistry,
  ModelVersion,
  ProviderName,
} from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Context } from './action.ts';
import { hostingIngredients, type hostingInputs } from './sagemaker-inputs.ts';
import { findServingCode } from './serving-code.ts';
import type { accessInputs, candidateInputs, captureInputs, scalingInputs, servingInputs } from './serving-inputs.ts';

export type CandidateInputs = { readonly endpoint: string; readonly provider: ProviderName } & Inputs<{
  inputs: typeof candidateInputs & typeof servingInputs & typeof scalingInputs & typeof hostingInputs;
}>;

/** A model version and how it is to be served. */
export interface Candidate {
  readonly model: ModelVersion;
  readonly request: DeploymentRequest;
}

/**
 * What the inputs ask to be served: the model of the registry (or the one that this run registered), approved as far as asked for, under a
 * name that is made from all that makes the deployment, unless one is given. Nothing is changed.
 */
export async function makeCandidate(
  inputs: CandidateInputs,
  context: Pick<Context, 'record' | 'workingDirectory' | 'signal'>,
  models: ModelRegistry,
): Promise<Candidate> {
  const autoscaling = autoscalingOf(inputs);
  const model = await findModel(inputs, context, models);
  const { digest, ...code } = await findServingCode(inputs, context.workingDirectory, context.signal);
  const serving = {
    model: formatModelReference({ name: model.name, version: model.version }),
    command: code.command,
    environment: inputs.environment,
    autoscaling,
    startupTimeoutSeconds: inputs.startupTimeout,
    requestTimeoutSeconds: inputs.requestTimeout,
  };
  const ingredients = {
    ...serving,
    autoscaling: { ...autoscaling },
    artifact: model.artifact.digest,
    ...(digest === undefined ? {} : { code: digest }),
    ...hostingIngredients(inputs),
  };
  const deployment = inputs.deployment ?? derivedName(`${model.name}-v${model.version}`, ingredients);
  return { model, request: { ...code, ...serving, endpoint: inputs.endpoint, deployment } };
}

/** Who may call the endpoint, and what it keeps of what they send. */
export function endpointSettings({
  auth,
  token,
  capturePercent,
  captureLimit,
}: Inputs<{ inputs: typeof accessInputs & typeof captureInputs }>): EndpointSettings {
  const captured = { capturePercent, captureLimitBytes: captureLimit * 1e6 };
  if (auth === 'none') {
    if (token === undefined) return { auth: { kind: 'none' }, ...captured };
    throw new UserError('Input `token` is given and `auth` is none. Write `auth: token`, or leave out the token.');
  }
  if (token === undefined) {
    throw new UserError('Input `token` is missing. With `auth: token` give a token, from a secret of your CI.');
  }
  if (!/^[\x21-\x7e]{16,}$/.test(token)) {
    throw new UserError(
      'Input `token` must be at least 16 letters, digits and signs without spaces: `openssl rand -hex 32`.',
    );
  }
  return { auth: { kind: 'token', token }, ...captured };
}

async function findModel(
  inputs: CandidateInputs,
  { record }: Pick<Context, 'record'>,
  models: ModelRegistry,
): Promise<ModelVersion> {
  const text = inputs.model ?? lineageOf(record, 'model');
  if (typeof text !== 'string') {
    throw new UserError('Input `model` is missing and no step of this run has registered one. Write name@version.');
  }
  const reference = parseModelReference(text);
  const model = await models.get(reference);
  if (model === undefined) {
    throw new UserError(`There is no model ${text} in the registry. Register it first (register-model).`);
  }
  refuseUnapproved(model, reference, inputs.requireApproved);
  return model;
}

function refuseUnapproved(
  { name, version, approvalStatus }: ModelVersion,
  asked: ModelReference,
  strict: boolean,
): void {
  const label = `${formatModelReference(asked)} (version ${version})`;
  if (approvalStatus === 'Rejected') {
    throw new UserError(`Model ${label} was rejected and is not deployed. Choose an approved version of ${name}.`);
  }
  if (strict && approvalStatus !== 'Approved') {
    throw new UserError(
      `Model ${label} is not approved: its status is ${approvalStatus}. Approve it, or leave out \`require-approved\`.`,
    );
  }
}

function autoscalingOf({ minReplicas, maxReplicas = minReplicas, targetConcurrency }: CandidateInputs) {
  if (maxReplicas >= minReplicas) return { minReplicas, maxReplicas, targetConcurrency };
  throw new UserError(
    `Input \`max-replicas\` is ${maxReplicas} and \`min-replicas\` is ${minReplicas}. Raise one or lower the other.`,
  );
}

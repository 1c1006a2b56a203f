import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
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
  Invocation,
  ModelRegistry,
  ModelVersion,
} from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Context } from '../action.ts';
import { type Expectation, parseExpectation } from './expectation.ts';
import { findServingCode } from './serving-code.ts';
import type { spec } from './spec.ts';

export type DeployInputs = Inputs<typeof spec>;

/** What a run of this step will do. */
export interface Plan {
  readonly model: ModelVersion;
  readonly request: DeploymentRequest;
  readonly settings: EndpointSettings;
  readonly smoke?: { readonly invocation: Invocation; readonly expect: Expectation };
  readonly traffic: number;
  readonly keepOld: boolean;
}

/** Checks the inputs against each other, the files and the registry. Nothing is changed. */
export async function makePlan(inputs: DeployInputs, context: Context, models: ModelRegistry): Promise<Plan> {
  const autoscaling = autoscalingOf(inputs);
  const settings = settingsOf(inputs);
  const smoke = await smokeOf(inputs, context.workingDirectory);
  const model = await findModel(inputs, context, models);
  const { digest, ...code } = await findServingCode(inputs, context.workingDirectory, context.signal);
  const reference = formatModelReference({ name: model.name, version: model.version });
  const serving = {
    model: reference,
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
  };
  const deployment = inputs.deployment ?? derivedName(`${model.name}-v${model.version}`, ingredients);
  return {
    model,
    request: { ...code, ...serving, endpoint: inputs.endpoint, deployment },
    settings,
    ...(smoke === undefined ? {} : { smoke: { ...smoke, invocation: { ...smoke.invocation, deployment } } }),
    traffic: inputs.traffic,
    keepOld: inputs.keepOld,
  };
}

async function findModel(inputs: DeployInputs, { record }: Context, models: ModelRegistry): Promise<ModelVersion> {
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

function autoscalingOf({ minReplicas, maxReplicas = minReplicas, targetConcurrency }: DeployInputs) {
  if (maxReplicas >= minReplicas) return { minReplicas, maxReplicas, targetConcurrency };
  throw new UserError(
    `Input \`max-replicas\` is ${maxReplicas} and \`min-replicas\` is ${minReplicas}. Raise one or lower the other.`,
  );
}

function settingsOf({ auth, token, capturePercent, captureLimit }: DeployInputs): EndpointSettings {
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

async function smokeOf(inputs: DeployInputs, workingDirectory: string) {
  const { smokeRequest, smokeExpect, smokeContentType } = inputs;
  if (smokeRequest === undefined) {
    if (smokeExpect === undefined) return undefined;
    throw new UserError('Input `smoke-expect` is given without `smoke-request`. Give the request that it answers.');
  }
  const body = await textOrFile('smoke-request', smokeRequest, workingDirectory);
  const expected =
    smokeExpect === undefined ? undefined : await textOrFile('smoke-expect', smokeExpect, workingDirectory);
  const expect: Expectation = expected === undefined ? () => undefined : parseExpectation(expected.toString('utf8'));
  return { invocation: { body, contentType: smokeContentType }, expect };
}

async function textOrFile(input: string, text: string, workingDirectory: string): Promise<Buffer> {
  if (!text.startsWith('@')) return Buffer.from(text);
  const path = resolve(workingDirectory, text.slice(1).trim());
  return readFile(path).catch((error: Error) => {
    throw new UserError(
      `Input \`${input}\`: ${path} cannot be read (${error.message}). Give a file, or the text itself.`,
    );
  });
}

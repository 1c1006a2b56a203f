import { resolve } from 'node:path';
import { aliasPattern, aliasRule, UserError } from '@mlops-actions/core';
import type { ModelRegistration, ModelRegistry, ModelVersion } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Action, Context, Result } from '../action.ts';
import { modelCard, registrationSummary } from './card.ts';
import { type Gate, gateOf, lineageNames, type Training, trainingOf, versionLineage } from './facts.ts';
import { parseMetrics, readInputFile } from './input-files.ts';
import { spec } from './spec.ts';

type RegisterInputs = Inputs<typeof spec>;

/** Registers a model version; see `spec.ts`. Everything is read and checked before the registry is touched. */
export const action: Action<typeof spec> = { spec, run };

async function run(inputs: RegisterInputs, context: Context): Promise<Result<typeof spec>> {
  const registration = await plan(inputs, context);
  if (inputs.dryRun) {
    showPlan(registration, inputs.aliases, context);
    return { outputs: {}, lineage: {} };
  }
  const { models } = await context.provider();
  const { model: registered, created } = await models.register(registration, { signal: context.signal });
  const model = await withAliases(models, registered, inputs.aliases);
  const reference = `${model.name}@${model.version}`;
  context.log.log('info', created ? `Registered ${reference}.` : `This artifact is ${reference} already.`);
  context.summary(registrationSummary(model, created));
  const { digest, uri } = model.artifact;
  return {
    outputs: { model: reference, version: model.version, created, digest, 'model-uri': uri },
    lineage: {
      model: reference,
      'model-digest': digest,
      'approval-status': model.approvalStatus,
      aliases: model.aliases,
    },
  };
}

async function plan(inputs: RegisterInputs, context: Context): Promise<ModelRegistration> {
  requireAliases(inputs.aliases);
  requireTags(inputs.tags);
  const gate = gateOf(context.record);
  if (!inputs.ignoreGate) requirePass(gate);
  const { source, training } = chooseModel(inputs, context);
  const lineage = { ...versionLineage(context.run, training, gate), ...inputs.tags };
  const metrics = await readMetrics(inputs, context, training);
  const described = {
    name: inputs.model,
    metrics,
    lineage,
    ...(inputs.description === undefined ? {} : { description: inputs.description }),
  };
  const card =
    inputs.modelCard === undefined
      ? modelCard(described, training, gate)
      : await readInputFile(resolve(context.workingDirectory, inputs.modelCard), 'model-card');
  return { ...described, source, approvalStatus: inputs.approvalStatus, card };
}

/** The model to register, and what the record knows about it: nothing when it is not the one that the record says was trained. */
function chooseModel({ modelUri }: RegisterInputs, context: Context): { source: string; training: Training } {
  const training = trainingOf(context.record);
  const source = modelUri ?? training.modelUri;
  if (source === undefined) {
    throw new UserError(
      'Input `model-uri` is not given, and the run record names no trained model. Give `model-uri`, or run the train step before with the same `record`.',
    );
  }
  const isTrained = source === training.modelUri;
  return {
    source: /^[a-z][a-z0-9+.-]+:\/\//i.test(source) ? source : resolve(context.workingDirectory, source),
    training: isTrained ? training : { metrics: {}, hyperparameters: {} },
  };
}

async function readMetrics(
  { metrics }: RegisterInputs,
  { workingDirectory }: Context,
  training: Training,
): Promise<Readonly<Record<string, number>>> {
  if (metrics === undefined) return training.metrics;
  const path = resolve(workingDirectory, metrics);
  return parseMetrics(await readInputFile(path, 'metrics'), path);
}

function requirePass(gate: Gate): void {
  if (!('message' in gate)) return;
  const what = gate.kind === 'refused' ? 'The gate refused this model' : 'The gate could not judge this model';
  throw new UserError(
    `${what}: ${gate.message} It is not registered. Train a better one, or set \`ignore-gate: true\` to register it nonetheless.`,
  );
}

function requireAliases(aliases: readonly string[]): void {
  const bad = aliases.filter((alias) => !aliasPattern.test(alias));
  if (bad.length === 0) return;
  const shown = bad.map((alias) => `"${alias.slice(0, 80)}"`).join(', ');
  throw new UserError(`Input \`aliases\`: ${shown} cannot be an alias. It must be ${aliasRule}.`);
}

function requireTags(tags: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(tags).filter((tag) => lineageNames.some((name) => name === tag));
  if (reserved.length === 0) return;
  throw new UserError(
    `Input \`tags\`: ${reserved.map((tag) => `"${tag}"`).join(', ')} is filled from the run itself. Choose another name.`,
  );
}

async function withAliases(
  models: ModelRegistry,
  model: ModelVersion,
  aliases: readonly string[],
): Promise<ModelVersion> {
  let current = model;
  for (const alias of aliases) current = await models.setAlias(model.name, alias, model.version);
  return current;
}

function showPlan(registration: ModelRegistration, aliases: readonly string[], { log }: Context): void {
  const { card, ...rest } = registration;
  const names = aliases.length === 0 ? '' : ` and point ${aliases.join(', ')} at it`;
  log.log('info', `Would register ${registration.source} as a version of ${registration.name}${names}.`);
  log.log('info', JSON.stringify(rest, null, 2));
  if (card !== undefined) log.log('info', card);
}

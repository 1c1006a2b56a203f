import { resolve } from 'node:path';
import { derivedName, parseTuning, type Tuning, UserError } from '@mlops-actions/core';
import type { DatasetStore, JobRequest } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Context } from '../action.ts';
import { findSource, type Source } from '../job-source.ts';
import { jobIngredients } from '../sagemaker-inputs.ts';
import { type Channels, findChannels } from './channels.ts';
import { refuseSecretNames } from './secret-names.ts';
import type { spec } from './spec.ts';

export type TrainInputs = Inputs<typeof spec>;

/** What a run of this step will do. */
export interface Plan {
  readonly source: Source;
  readonly channels: Channels;
  readonly tuning?: Tuning;
  readonly metricsFile: string;
  readonly trialsFile: string;
  /** The job that trains with these hyperparameters beside the given ones. Equal work has an equal name. */
  request(hyperparameters?: Readonly<Record<string, string>>): JobRequest;
}

/** Checks the inputs against the world and settles what is to be done. Nothing is changed. */
export async function makePlan(inputs: TrainInputs, context: Context, datasets: DatasetStore): Promise<Plan> {
  const tuning = inputs.tune === undefined ? undefined : parseTuning(inputs.tune);
  checkNames(inputs, tuning);
  if (tuning !== undefined && inputs.wait === 'none') {
    throw new UserError(
      'Inputs `tune` and `wait: none` do not go together: a search follows its trials. Use wait: inline.',
    );
  }
  const path = (text: string): string => resolve(context.workingDirectory, text);
  const metricsFile = path(inputs.metricsFile);
  const trialsFile = path(inputs.trialsFile);
  const record = path(inputs.record);
  const excluded = [metricsFile, trialsFile, record, `${record}.lock`, path(inputs.store), context.tempDir];
  // The script runs in a copy of its folder, where `.venv/bin/python` would not be found.
  const python = /[\\/]/.test(inputs.python) ? path(inputs.python) : inputs.python;
  const { record: runRecord, workingDirectory, signal } = context;
  const source = await findSource(path(inputs.sourceDir), inputs.entryPoint, python, excluded, signal);
  const { dataset, channels: given } = inputs;
  const wanted = { dataset, channels: given, record: runRecord, workingDirectory, excluded, signal };
  const channels = await findChannels(datasets, wanted);
  const request = requestMaker(inputs, context, source, channels);
  return { source, channels, metricsFile, trialsFile, request, ...(tuning === undefined ? {} : { tuning }) };
}

function requestMaker(inputs: TrainInputs, context: Context, source: Source, channels: Channels): Plan['request'] {
  const prefix = inputs.jobName ?? prefixFrom(source.stem);
  const force = inputs.force ? (context.run.runId ?? context.clock.now().toISOString()) : null;
  const attempt = inputs.force ? (context.run.attempt ?? 1) : null;
  return (more = {}) => {
    const hyperparameters = { ...inputs.hyperparameters, ...more };
    const ingredients = {
      code: source.digest,
      command: source.command,
      channels: channels.digests,
      hyperparameters,
      metrics: inputs.metricDefinitions,
      environment: inputs.environment,
      ...jobIngredients(inputs),
      ...(force === null ? {} : { force, attempt }),
    };
    return {
      name: derivedName(prefix, ingredients),
      sourceDir: source.folder,
      command: source.command,
      hyperparameters,
      channels: channels.sources,
      metricDefinitions: Object.entries(inputs.metricDefinitions).map(([name, pattern]) => ({ name, pattern })),
      environment: { ...inputs.environment, ...inputs.secretEnvironment },
      maxRuntimeSeconds: inputs.maxRuntime,
      gpus: inputs.gpus,
      tags: tagsOf(context, channels),
    };
  };
}

function tagsOf({ run }: Context, { dataset }: Channels): Record<string, string> {
  const tags = { repository: run.repository, commit: run.commit, 'run-url': run.runUrl, actor: run.actor, dataset };
  return Object.fromEntries(Object.entries(tags).filter((tag): tag is [string, string] => tag[1] !== undefined));
}

/** `my_script.v2` → `my-script-v2`; `train` when nothing of it can be in a name. */
function prefixFrom(stem: string): string {
  const slug = stem.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return slug === '' ? 'train' : slug;
}

function checkNames(inputs: TrainInputs, tuning: Tuning | undefined): void {
  const searched = tuning === undefined ? [] : tuning.parameters.map(({ name }) => name);
  const resource = tuning?.strategy.kind === 'halving' ? [tuning.strategy.resource.parameter] : [];
  const given = Object.keys(inputs.hyperparameters);
  const all = [...given, ...searched, ...resource];
  refuseSecretNames(all);
  const bad = all.find((name) => !/^[^\s=\-\0][^\s=\0]{0,255}$/u.test(name));
  if (bad !== undefined) {
    throw new UserError(
      `"${bad.slice(0, 80)}" is not a name for a hyperparameter. It must be 1 to 256 characters without spaces and =, and not begin with a hyphen.`,
    );
  }
  const both = [...searched, ...resource].find((name) => given.includes(name));
  if (both !== undefined) {
    throw new UserError(`"${both}" is in \`hyperparameters\` and in \`tune\`. Take it out of one of them.`);
  }
  for (const name of [...Object.keys(inputs.environment), ...Object.keys(inputs.secretEnvironment)]) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.startsWith('SM_')) {
      throw new UserError(
        `"${name.slice(0, 80)}" is not a name for a variable of the script. It must be letters, digits and underscores, and not begin with SM_.`,
      );
    }
  }
}

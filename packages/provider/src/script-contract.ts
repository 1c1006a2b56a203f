import { posix } from 'node:path';
import type { Json } from '@mlops-actions/core';
import type { JobRequest } from './jobs.ts';

/** What a job's store keeps of its request. Never the environment: it may hold secrets. */
export type JobWork = Pick<
  JobRequest,
  'command' | 'hyperparameters' | 'channels' | 'metricDefinitions' | 'maxRuntimeSeconds' | 'gpus'
>;

/** What the script is told of the machine that it runs on. */
export interface ScriptMachine {
  readonly cpus: Json;
  readonly gpus: Json;
  readonly currentHost: Json;
  readonly hosts: Json;
}

/** The folders of a job, all below its root (`/opt/ml` in SageMaker). */
export interface JobFolders {
  readonly root: string;
  readonly code: string;
  readonly model: string;
  readonly output: string;
  readonly outputData: string;
  readonly input: string;
  readonly inputConfig: string;
  readonly inputData: string;
}

export function jobFolders(root: string): JobFolders {
  const input = posix.join(root, 'input');
  const output = posix.join(root, 'output');
  return {
    root,
    code: posix.join(root, 'code'),
    model: posix.join(root, 'model'),
    output,
    outputData: posix.join(output, 'data'),
    input,
    inputConfig: posix.join(input, 'config'),
    inputData: posix.join(input, 'data'),
  };
}

/**
 * The hyperparameters as arguments, in the order of their names: `--name value`, and `-n value` for a name of one letter, as SageMaker's
 * training toolkit passes them (sagemaker-training 5.1.4, mapping.to_cmd_args).
 */
export function scriptArguments(hyperparameters: JobWork['hyperparameters']): string[] {
  return sortedEntries(hyperparameters).flatMap(([name, value]) => [name.length > 1 ? `--${name}` : `-${name}`, value]);
}

/**
 * The variables of a script: those of SageMaker's training toolkit
 * (https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md). A name that is not fit for a shell
 * (`SM_HP_BATCH-SIZE`) is there with underscores too.
 */
export function scriptEnvironment(work: JobWork, folders: JobFolders, machine: ScriptMachine): Record<string, string> {
  const entryPoint = entryPointOf(work.command);
  const moduleName = posix.basename(entryPoint).replace(/\.py$/, '');
  const channels = Object.keys(work.channels).sort();
  const channelFolders = Object.fromEntries(channels.map((name) => [name, posix.join(folders.inputData, name)]));
  const hyperparameters = typedHyperparameters(work.hyperparameters);
  const contract: Record<string, Json> = {
    model_dir: folders.model,
    output_dir: folders.output,
    output_data_dir: folders.outputData,
    input_dir: folders.input,
    input_config_dir: folders.inputConfig,
    channels,
    channel_input_dirs: channelFolders,
    hps: hyperparameters,
    user_args: scriptArguments(work.hyperparameters),
    num_cpus: machine.cpus,
    num_gpus: machine.gpus,
    current_host: machine.currentHost,
    hosts: machine.hosts,
    module_name: moduleName,
    module_dir: folders.code,
    user_entry_point: entryPoint,
  };
  const { channel_input_dirs: _, hps: __, ...training } = contract;
  return {
    ...Object.fromEntries(Object.entries(contract).map(([name, value]) => [`SM_${name.toUpperCase()}`, plain(value)])),
    ...variables('SM_CHANNEL_', channelFolders),
    ...variables('SM_HP_', work.hyperparameters),
    SM_TRAINING_ENV: JSON.stringify({ ...training, channel_input_dirs: channelFolders, hyperparameters }),
    PYTHONUNBUFFERED: '1',
  };
}

/** The script among the command's words: the last one. */
function entryPointOf(command: readonly string[]): string {
  return command.at(-1) ?? '';
}

/** A value that reads as JSON is that value, any other is text: the toolkit's rule. */
function typedHyperparameters(hyperparameters: JobWork['hyperparameters']): Record<string, Json> {
  return Object.fromEntries(sortedEntries(hyperparameters).map(([name, value]) => [name, jsonOrText(value)]));
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function variables(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const upper = name.toUpperCase();
      return [
        [`${prefix}${upper.replace(/[^\p{L}\p{N}_]/gu, '_')}`, value],
        [`${prefix}${upper}`, value],
      ];
    }),
  );
}

function sortedEntries(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A text as one word of `sh`. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import { resolve } from 'node:path';
import { derivedName, UserError } from '@mlops-actions/core';
import type { JobRequest, JobService, Provider } from '@mlops-actions/provider';
import type { Context } from '../action.ts';
import { digestPath, findSource } from '../job-source.ts';
import { newFolder } from '../new-folder.ts';
import { describeAttachment, runJob } from '../run-job.ts';
import { jobIngredients } from '../sagemaker-inputs.ts';
import { isAbsent } from './absent.ts';
import type { PrepareInputs } from './plan.ts';

/** Under this name the step keeps the name of its job for its post step. */
export const keptJob = 'job';

/**
 * The user's script as a job. Its name comes from the run, the code, the data and the arguments: a re-run of the same CI run finds the
 * job it had started. Throws a `UserError` when the script or the data is not there.
 */
export async function planScript(entryPoint: string, inputs: PrepareInputs, context: Context): Promise<JobRequest> {
  const { workingDirectory, run, signal, tempDir } = context;
  const path = (text: string): string => resolve(workingDirectory, text);
  const record = path(inputs.record);
  const written = [record, `${record}.lock`, path(profilePath(inputs)), path(inputs.store), tempDir];
  const source = await findSource(path(inputs.sourceDir), entryPoint, inputs.python, written, signal);
  const data = inputs.data === undefined ? undefined : path(inputs.data);
  const ingredients = {
    run: [run.repository ?? '', run.runId ?? ''],
    code: source.digest,
    command: source.command,
    data: data === undefined ? '' : await dataDigest(data, inputs.data as string, written, signal),
    arguments: inputs.arguments,
    ...jobIngredients(inputs),
  };
  return {
    name: derivedName(`prepare-${inputs.dataset}`, ingredients),
    sourceDir: source.folder,
    command: source.command,
    hyperparameters: inputs.arguments,
    channels: data === undefined ? {} : { input: data },
    metricDefinitions: [],
    environment: {},
    maxRuntimeSeconds: inputs.maxRuntime,
    gpus: [],
    tags: inputs.tags,
  };
}

/** Where the profile goes, as the user would write it. */
export function profilePath(inputs: Pick<PrepareInputs, 'profile' | 'dataset'>): string {
  return inputs.profile ?? `${inputs.dataset}-profile.json`;
}

async function dataDigest(
  path: string,
  written: string,
  excluded: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  try {
    return await digestPath(path, excluded, signal);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new UserError(`\`data\` is ${written}, which does not exist. Check the path.`);
  }
}

/**
 * Runs the script to its end, its log shown as it comes, and returns the folder of its results, which must not be changed. A job that
 * still runs is re-attached to; so is a complete one of the same CI run. On cancel the job is stopped before this rejects. A script
 * that fails or leaves nothing is a `UserError`.
 */
export async function runScript(planned: JobRequest, provider: Provider, context: Context): Promise<string> {
  const { log, run } = context;
  const name = run.runId === undefined ? await firstIncomplete(planned.name, provider.jobs) : planned.name;
  context.keepForPost(keptJob, name);
  const { job } = await log.group(`Job ${name}`, () =>
    runJob(provider.jobs, { ...planned, name }, context, {
      onSubmitted: (submitted, attached) => describeAttachment(log, submitted, attached),
      onLine: (line) => log.foreign(line),
    }),
  );
  if (job.output !== undefined) return provider.files.fetch(job.output.uri, newFolder(context, 'prepared'));
  throw new UserError(
    `${planned.command.at(-1)} wrote no files. Write the data to the folder in SM_OUTPUT_DATA_DIR (job ${name}).`,
  );
}

/**
 * Outside a CI run nothing tells a re-run from a new run with new data behind the same script. So a complete job is never used again,
 * but one that still runs is.
 */
async function firstIncomplete(planned: string, jobs: JobService): Promise<string> {
  for (let ordinal = 1; ; ordinal++) {
    const name = ordinal === 1 ? planned : derivedName(planned.slice(0, -13), [planned, ordinal]);
    if ((await jobs.describe(name))?.status !== 'Completed') return name;
  }
}

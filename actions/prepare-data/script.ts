import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { derivedName, type Json, UserError } from '@mlops-actions/core';
import { digestFile, errorCode, listFiles, readTree, treeOf } from '@mlops-actions/files';
import type { JobRequest, Provider } from '@mlops-actions/provider';
import type { Context } from '../action.ts';
import type { PrepareInputs } from './plan.ts';

/**
 * The user's script as a job. Its name comes from the run, the code, the data and the arguments: a re-run of the same CI run finds the
 * job it had started. Throws a `UserError` when the script or the data is not there.
 */
export async function planScript(entryPoint: string, inputs: PrepareInputs, context: Context): Promise<JobRequest> {
  const { workingDirectory, run } = context;
  const sourceDir = resolve(workingDirectory, inputs.sourceDir ?? '.');
  const data = inputs.data === undefined ? undefined : resolve(workingDirectory, inputs.data);
  const ingredients: Json = {
    run: [run.repository ?? '', run.runId ?? '', run.commit ?? ''],
    code: await codeDigest(sourceDir, entryPoint, inputs, workingDirectory),
    data: data === undefined ? '' : await digestOf(data, inputs.data as string),
    command: [entryPoint, inputs.python],
    arguments: inputs.arguments,
  };
  return {
    name: derivedName(`prepare-${inputs.dataset}`, ingredients),
    sourceDir,
    command: commandOf(entryPoint, inputs.python),
    hyperparameters: inputs.arguments,
    channels: data === undefined ? {} : { input: data },
    metricDefinitions: [],
    environment: {},
    maxRuntimeSeconds: inputs.maxRuntime,
    gpus: [],
    tags: { ...inputs.tags, 'mlops-action': 'prepare-data', 'mlops-dataset': inputs.dataset },
  };
}

function commandOf(entryPoint: string, python: string): readonly string[] {
  if (entryPoint.endsWith('.py')) return [python, entryPoint];
  return entryPoint.endsWith('.sh') ? ['sh', entryPoint] : [`./${entryPoint}`];
}

/** The digest of the code, without the files that this suite itself writes between two tries. */
async function codeDigest(sourceDir: string, entryPoint: string, inputs: PrepareInputs, workingDirectory: string) {
  if (relative(sourceDir, resolve(sourceDir, entryPoint)).startsWith('..') || isAbsolute(entryPoint)) {
    throw new UserError(`\`entry-point\` is ${entryPoint}. It must be a path below \`source-dir\`, ${sourceDir}.`);
  }
  if (!(await isFile(resolve(sourceDir, entryPoint)))) {
    throw new UserError(
      `\`entry-point\` is ${entryPoint}, and there is no such file in ${sourceDir}. Check \`source-dir\`.`,
    );
  }
  const written = [inputs.record, profilePath(inputs), inputs.store].map((path) => resolve(workingDirectory, path));
  const paths = (await listFiles(sourceDir)).filter((path) => {
    const full = join(sourceDir, path);
    return !written.some((own) => full === own || full.startsWith(`${own}/`) || full.startsWith(`${own}.lock/`));
  });
  return treeOf(await Promise.all(paths.map((path) => digestFile(join(sourceDir, path), path)))).digest;
}

/** Where the profile goes, as the user would write it. */
export function profilePath(inputs: Pick<PrepareInputs, 'profile' | 'dataset'>): string {
  return inputs.profile ?? `${inputs.dataset}-profile.json`;
}

async function digestOf(path: string, written: string): Promise<string> {
  if (await isFile(path)) return (await digestFile(path, '')).sha256;
  try {
    return (await readTree(path)).digest;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw new UserError(`\`data\` is ${written}, which does not exist. Check the path.`);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/** Whether a file operation failed because there is no such path. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');
}

/**
 * Runs the script to its end, its log shown as it comes, and returns the folder of its results, which must not be changed. A job that is still running
 * is re-attached to; so is a complete one of the same CI run. On cancel the job is stopped before this rejects. A script that fails or
 * leaves nothing is a `UserError`.
 */
export async function runScript(planned: JobRequest, provider: Provider, context: Context): Promise<string> {
  const { log, signal } = context;
  const name = context.run.runId === undefined ? await firstIncomplete(planned.name, provider) : planned.name;
  const script = planned.command.at(-1);
  context.keepForPost('job', name);
  try {
    const { attached } = await provider.jobs.submit({ ...planned, name }, { signal });
    log.log('info', attached ? `Found the job ${name} of an earlier try.` : `Runs ${script} as job ${name}.`);
    for await (const line of provider.jobs.follow(name, { signal })) log.foreign(line);
  } catch (error) {
    if (signal.aborted) await provider.jobs.stop(name, 'The step was cancelled.');
    throw error;
  }
  const job = await provider.jobs.describe(name);
  if (job?.status !== 'Completed')
    throw new UserError(`${script} did not finish: ${job?.reason ?? 'the job is gone.'}`);
  if (job.output === undefined) {
    throw new UserError(`${script} wrote no files. Write the data to the folder in SM_OUTPUT_DATA_DIR.`);
  }
  return fileURLToPath(job.output.uri);
}

/**
 * Outside a CI run nothing tells a re-run from a new run with new data behind the same script. So a complete job is never used again, but one that
 * still runs is.
 */
async function firstIncomplete(planned: string, provider: Provider): Promise<string> {
  for (let ordinal = 1; ; ordinal++) {
    const name = ordinal === 1 ? planned : derivedName(planned.replace(/-[0-9a-f]{12}$/, ''), [planned, ordinal]);
    if ((await provider.jobs.describe(name))?.status !== 'Completed') return name;
  }
}

import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Json } from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { DatasetSplit, JobRequest } from '@mlops-actions/provider';
import type { TableProfile } from '@mlops-actions/tabular';
import type { Action, Context, Result } from '../action.ts';
import { type PrepareInputs, planTables, type TablePlan } from './plan.ts';
import { keptJob, planScript, profilePath, runScript } from './script.ts';
import { spec } from './spec.ts';
import { summaryOf } from './summary.ts';
import { type DataFiles, findData, type Inspection, inspectTables } from './tables.ts';
import { planSplit, writeSplits } from './write-splits.ts';

export const action: Action<typeof spec> = {
  spec,
  run: prepare,
  post: async (_inputs, context) => {
    const job = context.kept(keptJob);
    if (job !== undefined) await (await context.provider()).jobs.stop(job, 'The workflow was cancelled.');
  },
};

/** Script → check → split → store. Nothing of it is seen from outside before the store has the whole version. */
async function prepare(inputs: PrepareInputs, context: Context): Promise<Result<typeof spec>> {
  const plan = await planTables(inputs, context.workingDirectory);
  const script = inputs.entryPoint === undefined ? undefined : await planScript(inputs.entryPoint, inputs, context);
  if (inputs.dryRun && script !== undefined) {
    logPlan(script, plan, context);
    return { outputs: {}, lineage: {} };
  }
  const data = await obtainData(inputs, script, plan, context);
  const inspection = await inspectTables(data, plan, context.signal);
  await mkdir(context.tempDir, { recursive: true });
  const staging = await mkdtemp(join(context.tempDir, 'prepare-data-'));
  try {
    const staged = await stage(data, plan, inspection, staging, context.signal);
    if (inputs.dryRun) {
      logResult(inputs, staged, context);
      return { outputs: {}, lineage: {} };
    }
    return await store(inputs, staged, context);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function obtainData(
  inputs: PrepareInputs,
  script: JobRequest | undefined,
  plan: TablePlan,
  context: Context,
): Promise<DataFiles> {
  if (script !== undefined)
    return findData(await runScript(script, await context.provider(), context), '', plan.format);
  const data = inputs.data as string;
  return findData(resolve(context.workingDirectory, data), data, plan.format);
}

/** A folder as the dataset will hold it, and what is known of it. */
interface Staged {
  readonly folder: string;
  readonly rows: number;
  readonly splits: readonly DatasetSplit[];
  /** Absent for files that were not read. */
  readonly profile?: TableProfile;
}

async function stage(
  data: DataFiles,
  plan: TablePlan,
  inspection: Inspection,
  staging: string,
  signal: AbortSignal,
): Promise<Staged> {
  const { profile } = inspection;
  if (plan.format === 'files') return { folder: await wholeFolder(data, staging), rows: data.files.length, splits: [] };
  if (plan.shares.length === 0) {
    const splits = foldersAsSplits(data, inspection);
    return { folder: await wholeFolder(data, staging), rows: profile.rows, splits, profile };
  }
  const split = planSplit(data, plan, inspection);
  await writeSplits(data, plan, split, staging, signal);
  const splits = plan.shares.map(({ name }, index) => ({ name, rows: split.sizes[index] as number }));
  return { folder: staging, rows: profile.rows, splits, profile };
}

/** The folder to store. A single file needs one of its own. */
async function wholeFolder({ folder, files: [file] }: DataFiles, staging: string): Promise<string> {
  if (folder !== undefined || file === undefined) return folder ?? staging;
  await copyFile(file.path, join(staging, file.name));
  return staging;
}

/** Tables that all lie in folders are split already, by the folders at the top. */
function foldersAsSplits({ files }: DataFiles, { rowsOf }: Inspection): DatasetSplit[] {
  const splits = new Map<string, number>();
  for (const file of files) {
    const [top = '', ...below] = file.name.split('/');
    if (below.length === 0) return [];
    splits.set(top, (splits.get(top) ?? 0) + (rowsOf.get(file) ?? 0));
  }
  return [...splits].map(([name, rows]) => ({ name, rows }));
}

async function store(inputs: PrepareInputs, staged: Staged, context: Context): Promise<Result<typeof spec>> {
  const { datasets } = await context.provider();
  const { folder, rows, splits, profile } = staged;
  const columns = (profile?.columns ?? []).map(({ name, type }) => ({ name, type }));
  const request = { name: inputs.dataset, rows, columns, splits, tags: inputs.tags };
  const { dataset, created } = await datasets.put(request, folder, { signal: context.signal });
  const reference = `${dataset.name}@${dataset.version}`;
  const { digest } = dataset.artifact;
  const path = resolve(context.workingDirectory, profilePath(inputs));
  if (profile !== undefined) {
    const { format, ...found } = profile;
    await writeWhole(path, `${JSON.stringify({ format, dataset: reference, digest, splits, ...found }, null, 2)}\n`);
  }
  context.log.log('info', `${reference} is ${created ? 'new' : 'unchanged'}: ${rows} rows, ${digest}.`);
  context.summary(summaryOf(dataset, created, profile));
  const rowsBySplit: { [split: string]: Json } = Object.fromEntries(splits.map((split) => [split.name, split.rows]));
  return {
    outputs: {
      dataset: reference,
      digest,
      rows,
      changed: created,
      profile: profile === undefined ? '' : path,
      splits: JSON.stringify(rowsBySplit),
    },
    lineage: { dataset: reference, 'dataset-digest': digest, 'dataset-rows': rows, 'dataset-splits': rowsBySplit },
  };
}

function logPlan(script: JobRequest, plan: TablePlan, { log }: Context): void {
  log.log('info', `Would run \`${script.command.join(' ')}\` in a copy of ${script.sourceDir}, as job ${script.name}.`);
  if (plan.schema !== undefined) log.log('info', `Would check ${plan.schema.columns.size} columns of its result.`);
  for (const { name, fraction } of plan.shares) log.log('info', `Would put ${fraction} of the rows into "${name}".`);
}

function logResult(inputs: PrepareInputs, { rows, splits }: Staged, { log }: Context): void {
  const parts = splits.map((split) => `${split.name} ${split.rows}`).join(', ');
  log.log('info', `Would store ${rows} rows as a version of ${inputs.dataset}${parts && ` (${parts})`}.`);
}

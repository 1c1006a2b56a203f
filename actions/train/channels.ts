import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { isResourceName, type Json, lineageOf, type RunRecord, UserError } from '@mlops-actions/core';
import type { DatasetStore, DatasetVersion } from '@mlops-actions/provider';
import { findDataset } from '../find-dataset.ts';
import { digestPath } from '../job-source.ts';

/** Where a job's data comes from, and the digests that make it. */
export interface Channels {
  /** Channel → dataset reference or absolute path. */
  readonly sources: Readonly<Record<string, string>>;
  readonly digests: Readonly<Record<string, string>>;
  /** The dataset trained on, `name@version`. */
  readonly dataset?: string;
}

interface Wanted {
  readonly dataset: string | undefined;
  readonly channels: Readonly<Record<string, string>>;
  readonly record: RunRecord;
  readonly workingDirectory: string;
  /** Absolute paths that steps write, which are no data. */
  readonly excluded: readonly string[];
  readonly signal: AbortSignal;
}

/** The channels of a dataset (its splits, or `train`) and those given one by one, which win. */
export async function findChannels(datasets: DatasetStore, wanted: Wanted): Promise<Channels> {
  const reference = wanted.dataset ?? recordedDataset(wanted.record);
  const main = reference === undefined ? undefined : await findDataset(datasets, 'Input `dataset`', reference);
  const sources: Record<string, string> = main === undefined ? {} : channelsOf(main);
  for (const [channel, source] of Object.entries(wanted.channels)) {
    sources[channel] = looksLikeReference(source) ? source : resolve(wanted.workingDirectory, source);
  }
  const digests: Record<string, string> = {};
  for (const [channel, source] of Object.entries(sources)) {
    digests[channel] = await digestOfSource(datasets, channel, source, wanted);
  }
  return { sources, digests, ...(main === undefined ? {} : { dataset: `${main.name}@${main.version}` }) };
}

function recordedDataset(record: RunRecord): string | undefined {
  const dataset: Json | undefined = lineageOf(record, 'dataset');
  return typeof dataset === 'string' ? dataset : undefined;
}

function channelsOf(dataset: DatasetVersion): Record<string, string> {
  const reference = `${dataset.name}@${dataset.version}`;
  if (dataset.splits.length === 0) return { train: reference };
  return Object.fromEntries(dataset.splits.map(({ name }) => [name, `${reference}/${name}`]));
}

function looksLikeReference(text: string): boolean {
  const [name = '', version = ''] = text.split('@');
  return isResourceName(name) && /^\d+(?:\/[^/]+)?$/.test(version);
}

async function digestOfSource(
  datasets: DatasetStore,
  channel: string,
  source: string,
  { excluded, signal }: Wanted,
): Promise<string> {
  if (isAbsolute(source)) {
    await stat(source).catch(() => {
      throw new UserError(
        `Input \`channels\`: "${channel}" is ${source}, which does not exist. Give a path, or a dataset as name@version.`,
      );
    });
    return digestPath(source, excluded, signal);
  }
  const [reference = '', split] = source.split('/');
  const dataset = await findDataset(datasets, `Input \`channels\`: "${channel}"`, reference);
  return split === undefined ? dataset.artifact.digest : `${dataset.artifact.digest}/${split}`;
}

import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { isResourceName, UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import type { DatasetStore, DatasetVersion } from './datasets.ts';
import { metricsFromLog } from './job-metrics.ts';
import type { JobRequest } from './jobs.ts';
import { requireName } from './requirements.ts';

/** Where a channel's files come from. */
export type ChannelSource =
  | { readonly kind: 'dataset'; readonly dataset: DatasetVersion; readonly split?: string }
  | { readonly kind: 'folder' | 'file'; readonly path: string };

/** Throws a `UserError` for a request that could never run. */
export async function checkRequest(datasets: Pick<DatasetStore, 'get'>, request: JobRequest): Promise<void> {
  requireName('job', request.name);
  if (request.command.length === 0) throw new UserError(`The job ${request.name} has no command.`);
  metricsFromLog(request.metricDefinitions);
  for (const [channel, source] of Object.entries(request.channels)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(channel)) {
      throw new UserError(
        `"${channel.slice(0, 80)}" is not a name for a channel. It must be 1 to 64 letters, digits, dots, hyphens and underscores.`,
      );
    }
    await resolveChannel(datasets, channel, source);
  }
}

/** What a channel's text means. A `UserError` when there is no such dataset, split or path. */
export async function resolveChannel(
  datasets: Pick<DatasetStore, 'get'>,
  channel: string,
  source: string,
): Promise<ChannelSource> {
  if (isAbsolute(source)) return localSource(channel, source);
  const match = /^([^@/]+)@([1-9]\d{0,8})(?:\/([^/]+))?$/.exec(source);
  const [, name = '', version = '', split] = match ?? [];
  if (!isResourceName(name)) {
    throw new UserError(
      `The channel "${channel}" is "${source}". It must be a dataset (name@version or name@version/split) or a path.`,
    );
  }
  const dataset = await datasets.get(name, Number(version));
  if (dataset === undefined) {
    throw new UserError(`The channel "${channel}" is ${source}, and there is no such dataset in the store.`);
  }
  if (split === undefined) return { kind: 'dataset', dataset };
  requireSplit(channel, source, split, dataset);
  return { kind: 'dataset', dataset, split };
}

function requireSplit(channel: string, source: string, split: string, dataset: DatasetVersion): void {
  const names = dataset.splits.map(({ name }) => name);
  if (names.includes(split)) return;
  const has = names.length === 0 ? 'It has no splits' : `Its splits are: ${names.join(', ')}`;
  throw new UserError(`The channel "${channel}" is ${source}, and that dataset has no split "${split}". ${has}.`);
}

async function localSource(channel: string, path: string): Promise<ChannelSource> {
  try {
    return { kind: (await stat(path)).isDirectory() ? 'folder' : 'file', path };
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`The channel "${channel}" is ${path}, which does not exist.`);
  }
}

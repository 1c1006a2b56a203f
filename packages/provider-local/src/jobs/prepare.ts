import { constants } from 'node:fs';
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { isResourceName, resourceNameRule, UserError } from '@mlops-actions/core';
import { errorCode, listFiles } from '@mlops-actions/files';
import type { JobRequest } from '@mlops-actions/provider';
import { versionFile } from '../documents.ts';
import { type DatasetDocument, isDatasetDocument } from '../shapes.ts';
import { fetchArtifact } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';
import { metricsFromLog } from './metrics.ts';

/** Throws a `UserError` for a request that could never run. */
export async function checkRequest(store: Store, request: JobRequest): Promise<void> {
  if (!isResourceName(request.name)) {
    throw new UserError(`"${request.name.slice(0, 80)}" is not a name for a job. It must be ${resourceNameRule}.`);
  }
  if (request.command.length === 0) throw new UserError(`The job ${request.name} has no command.`);
  metricsFromLog(request.metricDefinitions);
  for (const [channel, source] of Object.entries(request.channels)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(channel)) {
      throw new UserError(
        `"${channel.slice(0, 80)}" is not a name for a channel. It must be 1 to 64 letters, digits, dots, hyphens and underscores.`,
      );
    }
    await resolveChannel(store, channel, source);
  }
}

type ChannelSource =
  | { readonly kind: 'dataset'; readonly digest: string; readonly split?: string }
  | { readonly kind: 'folder' | 'file'; readonly path: string };

async function resolveChannel(store: Store, channel: string, source: string): Promise<ChannelSource> {
  if (isAbsolute(source)) return localSource(channel, source);
  const match = /^([^@/]+)@([1-9]\d{0,8})(?:\/([^/]+))?$/.exec(source);
  const [, name = '', version = '', split] = match ?? [];
  if (!isResourceName(name)) {
    throw new UserError(
      `The channel "${channel}" is "${source}". It must be a dataset (name@version or name@version/split) or a path.`,
    );
  }
  const dataset = await store.read(versionFile('datasets', name, Number(version)), isDatasetDocument);
  if (dataset === undefined) {
    throw new UserError(`The channel "${channel}" is ${source}, and there is no such dataset in ${store.root}.`);
  }
  if (split === undefined) return { kind: 'dataset', digest: dataset.artifact.digest };
  requireSplit(channel, source, split, dataset);
  return { kind: 'dataset', digest: dataset.artifact.digest, split };
}

function requireSplit(channel: string, source: string, split: string, dataset: DatasetDocument): void {
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

/** Puts each channel's files into the folder of its name below `folder`. */
export async function fillChannels(
  store: Store,
  channels: JobRequest['channels'],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [channel, text] of Object.entries(channels)) {
    const source = await resolveChannel(store, channel, text);
    const into = join(folder, channel);
    switch (source.kind) {
      case 'dataset':
        await fetchArtifact(store, source.digest, into, {
          signal,
          ...(source.split === undefined ? {} : { subfolder: source.split }),
        });
        break;
      case 'folder':
        await copyFolder(source.path, into, store.root, { signal });
        break;
      case 'file':
        await copyOne(source.path, join(into, basename(source.path)));
    }
  }
}

/**
 * Copies the files below `from`, but for those in folders named in `without` and in the store. A file that vanishes meanwhile (another
 * step's lock) is left out.
 */
export async function copyFolder(
  from: string,
  to: string,
  storeRoot: string,
  options: { readonly without?: ReadonlySet<string>; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { without, signal } = options;
  await mkdir(to, { recursive: true });
  for (const path of await listFiles(from, without)) {
    signal?.throwIfAborted();
    const file = join(from, path);
    if (file.startsWith(`${storeRoot}${sep}`)) continue;
    try {
      await copyOne(file, join(to, path));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** A copy shares its blocks with the original where the file system can. */
async function copyOne(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
}

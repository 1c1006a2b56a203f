import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Clock } from '@mlops-actions/core';
import { errorCode, listFiles } from '@mlops-actions/files';
import { type JobRequest, resolveChannel } from '@mlops-actions/provider';
import { localDatasets } from '../datasets.ts';
import { fetchArtifact } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';

/** Puts each channel's files into the folder of its name below `folder`. */
export async function fillChannels(
  store: Store,
  channels: JobRequest['channels'],
  folder: string,
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const datasets = localDatasets(store, clock);
  for (const [channel, text] of Object.entries(channels)) {
    const source = await resolveChannel(datasets, channel, text);
    const into = join(folder, channel);
    switch (source.kind) {
      case 'dataset':
        await fetchArtifact(store, source.dataset.artifact.digest, into, {
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

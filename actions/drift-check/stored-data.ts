import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@mlops-actions/core';
import type { Context } from '../action.ts';
import { findDataset } from '../find-dataset.ts';
import type { SideName } from './side.ts';

/** What an input names, as a place that can be opened. */
export interface Place {
  readonly path: string;
  /** How reports name it. */
  readonly shown: string;
}

/**
 * Calls `use` with places for what inputs name. `dataset:name@version`, `dataset:name@version/split` and `s3://…` are fetched from the provider
 * into a folder that is gone afterwards; all else stays as it is. Throws a `UserError` for a version or split that does not exist.
 */
export async function withPlaces<T>(
  named: Readonly<Record<SideName, string>>,
  context: Context,
  use: (places: Readonly<Record<SideName, Place>>) => Promise<T>,
): Promise<T> {
  const folders: string[] = [];
  const placeOf = async (input: SideName): Promise<Place> => {
    const shown = named[input];
    const stored = /^dataset:([^/]+)(?:\/(.+))?$/.exec(shown);
    if (stored === null && !shown.startsWith('s3://')) return { path: shown, shown };
    await mkdir(context.tempDir, { recursive: true });
    const folder = await mkdtemp(join(context.tempDir, 'drift-check-'));
    folders.push(folder);
    if (stored === null) {
      const { files } = await context.provider();
      return { path: await files.fetch(shown, join(folder, 'data'), { signal: context.signal }), shown };
    }
    const [, reference = '', split] = stored;
    await fetchDataset(`Input \`${input}\``, reference, split, join(folder, 'data'), context);
    return { path: join(folder, 'data'), shown };
  };
  try {
    return await use({ reference: await placeOf('reference'), current: await placeOf('current') });
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function fetchDataset(
  where: string,
  reference: string,
  split: string | undefined,
  into: string,
  context: Context,
): Promise<void> {
  const { datasets } = await context.provider();
  const dataset = await findDataset(datasets, where, reference);
  const splits = dataset.splits.map(({ name }) => name);
  if (split !== undefined && !splits.includes(split)) {
    const known = splits.length === 0 ? 'no splits' : `the splits ${splits.join(', ')}`;
    throw new UserError(`${where} names the split ${split}, and ${dataset.name}@${dataset.version} has ${known}.`);
  }
  await datasets.fetch(dataset, into, { signal: context.signal, ...(split === undefined ? {} : { split }) });
}

import { stat } from 'node:fs/promises';
import { UserError } from '@mlops-actions/core';
import type { ByteSource, FileAddress } from '../source.ts';

/** Several files as the source of one table. It has their size together, where that is known, and cannot be read as bytes: `openTable` reads the files. */
export async function filesSource(files: readonly FileAddress[], label: string): Promise<ByteSource> {
  const size = await sizeOf(files);
  return {
    label,
    ...(size === undefined ? {} : { size }),
    stream() {
      throw new UserError(`${label}: is ${files.length} files, where one is wanted. Name one.`);
    },
    address: { kind: 'files', files, label },
  };
}

async function sizeOf(files: readonly FileAddress[]): Promise<number | undefined> {
  let sum = 0;
  for (const file of files) {
    if (file.kind === 'http') return undefined;
    // What cannot be read is said when it is read.
    sum += (await stat(file.path).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}

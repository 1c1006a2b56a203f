import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { errorCode } from './error-code.ts';
import { listFiles } from './tree.ts';

/** Files that are to be stored together: paths below a folder. */
export interface SourceFiles {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** The files of a folder, or the one file. A `UserError` when there is no such thing, it has no files, or has a link in it. */
export async function sourceFiles(path: string): Promise<SourceFiles> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`${path} does not exist. Give the folder or file to store.`);
  });
  if (stats.isFile()) return { folder: dirname(path), paths: [basename(path)] };
  if (!stats.isDirectory())
    throw new UserError(`${path} is neither a folder nor a plain file. Give what it points at.`);
  const paths = await listFiles(path);
  if (paths.length === 0) throw new UserError(`${path} has no files. There is nothing to store.`);
  return { folder: path, paths };
}

/** Throws a `UserError` unless `into` is an empty folder or not there. */
export async function requireEmptyFolder(into: string): Promise<void> {
  const entries = await readdir(into).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    if (errorCode(error) === 'ENOTDIR') return [into];
    throw error;
  });
  if (entries.length > 0) throw new UserError(`${into} is not an empty folder. Give a new or empty one.`);
}

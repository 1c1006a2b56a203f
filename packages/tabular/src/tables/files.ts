import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import { alternatives, type Glob, parsedGlob } from './glob.ts';

/** Endings of the files that are tables. In a folder other files are passed over. */
const tableName = /\.(?:csv|tsv|jsonl|ndjson|parquet)(?:\.gz)?$/i;

/**
 * The files that `where` names: a file, a folder (the tables anywhere in it), a glob, an http(s) address, or several of these. Within a folder or a glob
 * they come in the order of their paths. Hidden files and those whose names begin with `_` are passed over; a file that links lead to twice comes
 * once, so that loops end. Throws a `UserError` where there is none.
 */
export async function tableFiles(where: string | readonly string[], signal?: AbortSignal): Promise<string[]> {
  const places = typeof where === 'string' ? [where] : where;
  if (places.length === 0) throw new UserError('No file is named. Name a file, a folder or a glob.');
  const files: string[] = [];
  const seen = new Set<string>();
  for (const place of places) {
    for await (const file of filesOf(place, signal)) {
      if (seen.has(file)) continue;
      seen.add(file);
      files.push(file);
    }
  }
  return files;
}

export function isAddress(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

async function* filesOf(place: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  if (isAddress(place)) return yield place;
  const found = await stat(place).catch(() => undefined);
  if (found?.isDirectory() === true) return yield* matching(place, wholeFolder(place), signal);
  const patterns = found === undefined ? alternatives(place) : [place];
  for (const pattern of patterns) {
    const glob = found === undefined ? parsedGlob(pattern) : undefined;
    // What is no folder is opened as a file, which says what is wrong with it.
    if (glob === undefined) yield pattern;
    else yield* matching(pattern, glob, signal);
  }
}

function wholeFolder(base: string): Glob {
  return { base, pattern: tableName, depth: Number.POSITIVE_INFINITY };
}

async function* matching(
  place: string,
  { base, pattern, depth }: Glob,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const paths = (await filesBelow(base, depth, signal)).filter((path) => pattern.test(path));
  for (const path of paths) yield join(base, path);
  if (paths.length > 0) return;
  throw pattern === tableName
    ? tableFault({ file: place }, 'holds no file named .csv, .tsv, .jsonl, .ndjson or .parquet. Check the folder.')
    : tableFault({ file: place }, 'matches no file. Check the pattern.');
}

/** Paths of the files below `base`, with `/`, sorted. Of several paths to one file or folder the one without links is taken, else the first. */
async function filesBelow(base: string, depth: number, signal: AbortSignal | undefined): Promise<string[]> {
  const files: string[] = [];
  const seen = new Set<string>();
  const links: { path: string; left: number }[] = [];

  async function add(path: string, left: number): Promise<void> {
    const facts = await stat(join(base, path), { bigint: true }).catch(() => undefined);
    const identity = facts === undefined ? path : `${facts.dev}:${facts.ino}`;
    if (seen.has(identity)) return;
    seen.add(identity);
    if (facts?.isDirectory() !== true) files.push(path);
    else if (left > 0) await visit(path, left);
  }

  async function visit(folder: string, left: number): Promise<void> {
    signal?.throwIfAborted();
    for (const entry of await entriesOf(join(base, folder))) {
      if (/^[._]/.test(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) links.push({ path, left: left - 1 });
      else await add(path, left - 1);
    }
  }

  await add('', depth);
  for (let link = links.shift(); link !== undefined; link = links.shift()) await add(link.path, link.left);
  return files.sort();
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

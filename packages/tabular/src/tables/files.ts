import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import type { ByteSource, FileAddress } from '../source.ts';
import { sourceAt } from '../sources/address.ts';
import { alternatives, type Glob, parsedGlob } from './glob.ts';

/** Endings of the files that are tables. In a folder other files are passed over. */
const tableName = /\.(?:csv|tsv|jsonl|ndjson|parquet)(?:\.gz)?$/i;

/** What names files: a file, a folder (the tables anywhere in it), a glob, an http(s) address, or several of these. */
export type FilePlaces = string | readonly string[];

export interface FilePlacesOptions {
  /** Where relative paths start. Default: the folder of the process. */
  readonly folder?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The files that `places` name. Within a folder or a glob they come in the order of their paths. Hidden files and those whose names begin with `_` are
 * passed over; a file that links lead to twice comes once, so that loops end. Messages call a file what its place calls it. Throws a
 * `UserError` where there is none.
 */
export async function tableFiles(places: FilePlaces, options: FilePlacesOptions = {}): Promise<FileAddress[]> {
  const all = typeof places === 'string' ? [places] : places;
  if (all.length === 0) throw new UserError('No file is named. Name a file, a folder or a glob.');
  const files = new Map<string, FileAddress>();
  for (const place of all) {
    for await (const label of filesOf(place, options)) {
      const file = addressOf(label, options);
      const key = file.kind === 'file' ? file.path : label;
      if (!files.has(key)) files.set(key, file);
    }
  }
  return [...files.values()];
}

/**
 * The source of the table at `places`: of the file, where that is one, else of all files together. Throws a `UserError` where there is none, or the
 * one file cannot be opened.
 */
export async function tableSource(places: FilePlaces, options: FilePlacesOptions = {}): Promise<ByteSource> {
  const files = await tableFiles(places, options);
  return sourceAt(files.length === 1 ? (files[0] as FileAddress) : { kind: 'files', files, label: labelOf(places) });
}

function labelOf(places: FilePlaces): string {
  if (typeof places === 'string') return places;
  const [first = '', ...others] = places;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function addressOf(place: string, options: FilePlacesOptions): FileAddress {
  return isUrl(place)
    ? { kind: 'http', url: place, label: place.replace(/\?.*$/s, '') }
    : { kind: 'file', path: pathOf(place, options), label: place };
}

function isUrl(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

function pathOf(place: string, { folder }: FilePlacesOptions): string {
  return folder === undefined ? place : resolve(folder, place);
}

async function* filesOf(place: string, options: FilePlacesOptions): AsyncGenerator<string> {
  if (isUrl(place)) return yield place;
  const found = await stat(pathOf(place, options)).catch(() => undefined);
  if (found?.isDirectory() === true) return yield* matching(place, wholeFolder(place), options);
  const patterns = found === undefined ? alternatives(place) : [place];
  for (const pattern of patterns) {
    const glob = found === undefined ? parsedGlob(pattern) : undefined;
    // What is no folder is opened as a file, which says what is wrong with it.
    if (glob === undefined) yield pattern;
    else yield* matching(pattern, glob, options);
  }
}

function wholeFolder(base: string): Glob {
  return { base, pattern: tableName, depth: Number.POSITIVE_INFINITY };
}

async function* matching(
  place: string,
  { base, pattern, depth }: Glob,
  options: FilePlacesOptions,
): AsyncGenerator<string> {
  const paths = (await filesBelow(pathOf(base, options), depth, options.signal)).filter((path) => pattern.test(path));
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

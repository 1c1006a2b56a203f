import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { errorCode, identify, isAlive, withLock, writeWhole } from '@mlops-actions/files';
import { isObject } from '@mlops-actions/provider';
import { StoreDamage } from './damage.ts';

/** The layout that this version writes and reads. A store of a higher format was made by a newer version. */
export const storeFormat = 1;

/** Everything that a store's folder may hold at its top. */
export const storeEntries = [
  'store.json',
  'artifacts',
  'capture',
  'datasets',
  'endpoints',
  'gateway',
  'jobs',
  'locks',
  'models',
  'tmp',
] as const;

/** The folder that the local provider keeps everything in, safe for several processes at once and for their sudden death. */
export interface Store {
  /** Absolute. */
  readonly root: string;
  /** The path below the root that these names make. A name that is no single folder or file name is a `UserError`. */
  path(...segments: string[]): string;
  /** Runs `body` while no other process holds the lock of that kind and name. Not re-entrant. */
  lock<T>(kind: string, name: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Reads a JSON document; undefined when there is none. A damaged one is a `UserError` that names the file. */
  read<T>(segments: readonly string[], check: (value: unknown) => value is T): Promise<T | undefined>;
  /** Writes a JSON document whole or not at all. */
  write(segments: readonly string[], document: unknown): Promise<void>;
  /** The names in a folder, sorted; none when the folder is not there. */
  list(...segments: string[]): Promise<string[]>;
  /** A new empty folder on the store's file system. It belongs to this process: once that is gone, the next `openStore` removes it. */
  temporary(): Promise<string>;
}

/**
 * Opens the store at `root`; makes it when there is none. Temporary files of dead processes are removed. A `UserError` when `root` is a
 * file, cannot be written, holds something else, or is a store of a newer format.
 */
export async function openStore(root: string): Promise<Store> {
  const store = storeAt(resolve(root));
  try {
    await prepare(store);
  } catch (error) {
    throw explained(store.root, error);
  }
  await sweep(store);
  return store;
}

/** The store at `root` as it is: nothing is made, checked or removed. `root` is absolute. */
export function storeAt(root: string): Store {
  const path = (...segments: string[]): string => join(root, ...segments.map(checkedSegment));
  return {
    root,
    path,
    lock: async (kind, name, body, signal) =>
      withLock(path('locks', kind, name), body, signal === undefined ? {} : { signal }),
    read: async (segments, check) => readDocument(path(...segments), check),
    write: async (segments, document) => {
      await mkdir(path('tmp'), { recursive: true });
      await writeWhole(
        path(...segments),
        `${JSON.stringify(document, null, 2)}\n`,
        0o644,
        path('tmp', temporaryName()),
      );
    },
    list: async (...segments) => listNames(path(...segments)),
    temporary: async () => {
      const folder = path('tmp', temporaryName());
      await mkdir(folder, { recursive: true });
      return folder;
    },
  };
}

/** The entries of `tmp/` whose process is gone. */
export async function abandonedEntries(store: Store): Promise<string[]> {
  const names = await store.list('tmp');
  return names.filter((name) => {
    const match = /^(\d+)-(.*)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(name);
    const [, pid, started] = match ?? [];
    return pid === undefined || !isAlive({ pid: Number(pid), started: decodeURIComponent(started ?? '') });
  });
}

function temporaryName(): string {
  const started = encodeURIComponent(identify(process.pid)?.started ?? '');
  return `${process.pid}-${started}-${randomUUID()}`;
}

/** One name, so that no caller's text can reach another folder. 255 bytes is what file systems allow. */
function checkedSegment(segment: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses.
  const isName = /^[^/\\\u0000-\u001f]+$/.test(segment) && segment !== '.' && segment !== '..';
  if (isName && Buffer.byteLength(segment) <= 255) return segment;
  throw new UserError(
    `${JSON.stringify(segment.slice(0, 80))} cannot be a name in the store. Use letters, digits and hyphens.`,
  );
}

async function readDocument<T>(file: string, check: (value: unknown) => value is T): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const value = parsed(text);
  if (check(value)) return value;
  const problem = value === undefined ? 'is not valid JSON' : 'does not have the content that it should';
  throw new StoreDamage(file, problem, 'Restore it from a backup, or delete it and run the step again that made it.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Hidden names are drafts of other programs (an editor, a sync tool), never ours. */
async function listNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function prepare(store: Store): Promise<void> {
  await mkdir(store.root, { recursive: true });
  const existing = await store.read(['store.json'], isFormat);
  if (existing === undefined) {
    await refuseForeignFolder(store);
    await keepOutOfGit(store);
    await store.write(['store.json'], { format: storeFormat });
  } else if (existing.format > storeFormat) {
    throw new UserError(
      `The store ${store.root} has format ${existing.format}; this version reads format ${storeFormat}. Use the newer version of mlops-actions that made it, or another folder in \`store\`.`,
    );
  }
}

/** The store usually lies in a repository's folder and must not be committed with it. */
async function keepOutOfGit(store: Store): Promise<void> {
  const draft = await store.temporary();
  await writeWhole(join(store.root, '.gitignore'), '*\n', 0o644, join(draft, 'gitignore'));
  await rm(draft, { recursive: true });
}

async function refuseForeignFolder(store: Store): Promise<void> {
  const known: readonly string[] = storeEntries;
  const foreign = (await store.list()).find((name) => !known.includes(name));
  if (foreign === undefined) return;
  throw new UserError(
    `${store.root} is not a store and not empty (it holds "${foreign}"). Give a new or empty folder in \`store\`.`,
  );
}

export function isFormat(value: unknown): value is { readonly format: number } {
  return isObject(value) && typeof value.format === 'number';
}

/** A leftover that cannot be removed must not stop a step; `checkStore` shows it. */
async function sweep(store: Store): Promise<void> {
  for (const name of await abandonedEntries(store)) {
    await rm(store.path('tmp', name), { recursive: true, force: true }).catch(() => {});
  }
}

function explained(root: string, error: unknown): unknown {
  switch (errorCode(error)) {
    case 'EEXIST':
    case 'ENOTDIR':
      return new UserError(`The store ${root} is a file or lies below one. Give a folder in \`store\`.`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(
        `The store ${root} cannot be read or written. Give the user that runs this step access to it, or another folder in \`store\`.`,
      );
    default:
      return error;
  }
}

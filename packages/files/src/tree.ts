import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256, UserError } from '@mlops-actions/core';

/** One file of a tree. `path` is relative, with `/`. */
export interface TreeFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, 64 hex digits. */
  readonly sha256: string;
}

/** The files of a tree in the order of their paths, and the digest that they make together. */
export interface Tree {
  readonly digest: string;
  readonly files: readonly TreeFile[];
  readonly bytes: number;
}

/** Folders in a working copy that are no part of its code: they differ between machines that hold the same work. */
export const workingFolders: ReadonlySet<string> = new Set([
  '.git',
  'node_modules',
  '__pycache__',
  '.mlops',
  '.venv',
  '.ipynb_checkpoints',
]);

/**
 * Reads every file below `folder` and digests it. The digest depends on paths and contents only: not on times, owners, modes or order.
 * A symbolic link or a special file is a `UserError`: what it points at would escape the digest.
 */
export async function readTree(folder: string, signal?: AbortSignal): Promise<Tree> {
  return digestFiles({ folder, paths: await listFiles(folder) }, signal);
}

/** Digests the files at these paths below a folder, and no others. */
export async function digestFiles(
  { folder, paths }: { readonly folder: string; readonly paths: readonly string[] },
  signal?: AbortSignal,
): Promise<Tree> {
  const files: TreeFile[] = [];
  for (const path of paths) {
    signal?.throwIfAborted();
    files.push(await digestFile(join(folder, path), path, signal));
  }
  return treeOf(files);
}

/** The tree that these files make. */
export function treeOf(files: readonly TreeFile[]): Tree {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    digest: `sha256:${sha256(canonicalJson(sorted.map(({ path, bytes, sha256 }) => [path, bytes, sha256])))}`,
    files: sorted,
    bytes: sorted.reduce((sum, file) => sum + file.bytes, 0),
  };
}

/** Relative paths of the files below `folder`, but for those in folders named in `without`, with `/`, sorted by UTF-16 code units. */
export async function listFiles(folder: string, without: ReadonlySet<string> = new Set()): Promise<string[]> {
  const found: string[] = [];
  const visit = async (relative: string): Promise<void> => {
    for (const entry of await readdir(join(folder, relative), { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.name.includes('\uFFFD')) {
        throw new UserError(`${join(folder, path)}: the name is not UTF-8. Rename the file or folder.`);
      }
      if (entry.isDirectory()) {
        if (!without.has(entry.name)) await visit(path);
      } else if (entry.isFile()) {
        found.push(path);
      } else {
        throw new UserError(
          `${join(folder, path)} is not a plain file. Replace the link or special file by its content.`,
        );
      }
    }
  };
  await visit('');
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** Digests one file. `path` is what the tree calls it. */
export async function digestFile(file: string, path: string, signal?: AbortSignal): Promise<TreeFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    hash.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@mlops-actions/core';
import {
  copyDigested,
  digestFile,
  digestFiles,
  errorCode,
  listFiles,
  requireEmptyFolder,
  type SourceFiles,
  sourceFiles,
  type TreeFile,
  treeOf,
} from '@mlops-actions/files';
import { type Artifact, isTree } from '@mlops-actions/provider';
import { StoreDamage } from './damage.ts';
import type { Store } from './store.ts';

const digestPattern = /^sha256:([0-9a-f]{64})$/;

/**
 * Keeps a file tree (a folder, or one file) under the digest of its content. What is there already is not copied. A `UserError` when it
 * does not exist, has no files, or has a link in it.
 */
export async function putArtifact(store: Store, folderOrFile: string, signal?: AbortSignal): Promise<Artifact> {
  const source = await sourceOutside(store, resolve(folderOrFile));
  const known = await digestFiles(source, signal);
  if (await isFolder(artifactFolder(store, known.digest))) return artifactOf(store, known.digest, known.files);
  return copyIn(store, source, signal);
}

/**
 * Copies an artifact's files, or those below `subfolder`, into the new or empty folder `into`, and verifies them on the way. A damaged or
 * missing artifact is a `UserError` that names the file; `into` is then as it was.
 */
export async function fetchArtifact(
  store: Store,
  digest: string,
  into: string,
  options: { readonly subfolder?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  await requireEmptyFolder(into);
  const files = await artifactFiles(store, digest);
  for await (const extra of extraFiles(store, digest, files)) throw extra;
  const prefix = options.subfolder === undefined ? '' : `${options.subfolder}/`;
  const wanted = files.filter((file) => file.path.startsWith(prefix));
  if (wanted.length === 0) {
    throw new UserError(`There is no folder "${options.subfolder}" in ${artifactFolder(store, digest)}.`);
  }
  await mkdir(dirname(resolve(into)), { recursive: true });
  const draft = `${resolve(into)}.${randomUUID()}.tmp`;
  try {
    for (const file of wanted) {
      const from = storedFile(store, digest, file.path);
      const target = join(draft, file.path.slice(prefix.length));
      const copied = await copyDigested(from, target, 0o644, options.signal).catch((error: unknown) => {
        throw errorCode(error) === 'ENOENT' ? damaged(store, digest, from, 'is missing') : error;
      });
      if (copied.sha256 !== file.sha256) throw damaged(store, digest, from, changed);
    }
    await rename(draft, into);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Where an artifact's files are. */
export function artifactUri(store: Store, digest: string): string {
  return pathToFileURL(join(artifactFolder(store, digest), 'files')).href;
}

/** The artifact of that digest as its index describes it. A `UserError` when there is none or its index is damaged. */
export async function describeArtifact(store: Store, digest: string): Promise<Artifact> {
  return artifactOf(store, digest, await artifactFiles(store, digest));
}

/** The paths of an artifact's files. */
export async function artifactPaths(store: Store, digest: string): Promise<readonly string[]> {
  return (await artifactFiles(store, digest)).map(({ path }) => path);
}

/** Reads every file of an artifact and throws the first damage as a `UserError`. */
export async function verifyArtifact(store: Store, digest: string, signal?: AbortSignal): Promise<void> {
  for await (const damage of artifactDamages(store, digest, signal)) throw damage;
}

/** Reads every file of an artifact and yields what is damaged, missing or too much. */
export async function* artifactDamages(
  store: Store,
  digest: string,
  signal?: AbortSignal,
): AsyncGenerator<StoreDamage, void, void> {
  const files = await artifactFiles(store, digest);
  yield* extraFiles(store, digest, files);
  for (const file of files) {
    const stored = storedFile(store, digest, file.path);
    try {
      const found = await digestFile(stored, file.path, signal);
      if (found.sha256 !== file.sha256) yield damaged(store, digest, stored, changed);
    } catch (error) {
      signal?.throwIfAborted();
      const code = errorCode(error);
      if (code === undefined) throw error;
      yield damaged(store, digest, stored, code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`);
    }
  }
}

/** The digest when `path` is the folder of an artifact of this store, or its `files`. */
export function digestOfPath(store: Store, path: string): string | undefined {
  const [top, hex, ...rest] = relative(store.root, path).split(sep);
  const digest = `sha256:${hex}`;
  const isArtifact = top === 'artifacts' && digestPattern.test(digest);
  return isArtifact && (rest.length === 0 || (rest.length === 1 && rest[0] === 'files')) ? digest : undefined;
}

async function sourceOutside(store: Store, path: string): Promise<SourceFiles> {
  const source = await sourceFiles(path);
  const storePath = `${relative(path, store.root).split(sep).join('/')}/`;
  if (source.folder === path && source.paths.some((file) => file.startsWith(storePath))) {
    throw new UserError(`${path} contains the store ${store.root}. Give a folder beside the store.`);
  }
  return source;
}

/** Stored files are read-only: whoever is handed their path must not change them. */
async function copyIn(store: Store, source: SourceFiles, signal?: AbortSignal): Promise<Artifact> {
  const draft = await store.temporary();
  try {
    const files: TreeFile[] = [];
    for (const path of source.paths) {
      const copied = await copyDigested(join(source.folder, path), join(draft, 'files', path), 0o444, signal);
      files.push({ path, ...copied });
    }
    const tree = treeOf(files);
    await store.write(['tmp', basename(draft), 'tree.json'], tree);
    await mkdir(store.path('artifacts'), { recursive: true });
    await rename(draft, artifactFolder(store, tree.digest)).catch((error: unknown) => {
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    });
    return artifactOf(store, tree.digest, tree.files);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

function artifactOf(store: Store, digest: string, files: readonly TreeFile[]): Artifact {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { uri: artifactUri(store, digest), digest, files: files.length, bytes };
}

function artifactFolder(store: Store, digest: string): string {
  const hex = digestPattern.exec(digest)?.[1];
  if (hex === undefined) throw new UserError(`"${digest}" is not a digest. It is sha256: and 64 hex digits.`);
  return store.path('artifacts', hex);
}

function storedFile(store: Store, digest: string, path: string): string {
  return join(artifactFolder(store, digest), 'files', path);
}

/** The index of an artifact; it must make the digest that the artifact is kept under. */
async function artifactFiles(store: Store, digest: string): Promise<readonly TreeFile[]> {
  const folder = artifactFolder(store, digest);
  const index = join(folder, 'tree.json');
  const tree = await store.read(['artifacts', basename(folder), 'tree.json'], isTree).catch((error: unknown) => {
    throw error instanceof StoreDamage ? damaged(store, digest, index, error.finding.problem) : error;
  });
  if (tree === undefined) {
    if (await isFolder(folder)) throw damaged(store, digest, index, 'is missing');
    throw new StoreDamage(folder, 'is not in the store', 'Run the step again that made it.');
  }
  if (treeOf(tree.files).digest !== digest) throw damaged(store, digest, index, changed);
  return tree.files;
}

async function* extraFiles(
  store: Store,
  digest: string,
  files: readonly TreeFile[],
): AsyncGenerator<StoreDamage, void, void> {
  const known = new Set(files.map((file) => file.path));
  const folder = join(artifactFolder(store, digest), 'files');
  const found = await listFiles(folder).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? damaged(store, digest, folder, 'is missing') : error;
  });
  for (const path of found) {
    if (!known.has(path)) {
      yield new StoreDamage(
        join(folder, path),
        'does not belong to the artifact',
        'Delete it; artifacts never change.',
      );
    }
  }
}

const changed = 'has changed since it was stored';

function damaged(store: Store, digest: string, file: string, problem: string): StoreDamage {
  const fix = `Delete ${artifactFolder(store, digest)} and run the step again that made it.`;
  return new StoreDamage(file, problem, fix);
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return stats?.isDirectory() ?? false;
}

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '@mlops-actions/core';
import { copyDigested, digestFile, errorCode, listFiles, type TreeFile, treeOf } from '@mlops-actions/files';
import type { Artifact } from '@mlops-actions/provider';
import { isObject, type Store } from './store.ts';

const digestPattern = /^sha256:([0-9a-f]{64})$/;

/**
 * Keeps a file tree (a folder, or one file) under the digest of its content. What is there already is not copied. A `UserError` when it
 * does not exist, has no files, or has a link in it.
 */
export async function putArtifact(store: Store, folderOrFile: string, signal?: AbortSignal): Promise<Artifact> {
  const source = await sourceFiles(store, resolve(folderOrFile));
  const files: TreeFile[] = [];
  for (const path of source.paths) files.push(await digestFile(join(source.folder, path), path, signal));
  const known = treeOf(files);
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
  await refuseFilledFolder(into);
  const files = await artifactFiles(store, digest);
  await refuseExtraFiles(store, digest, files);
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
        throw errorCode(error) === 'ENOENT' ? damaged(from, 'is missing') : error;
      });
      if (copied.sha256 !== file.sha256) throw damaged(from, 'has changed since it was stored');
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

/** The names of the folders at an artifact's top. */
export async function artifactFolders(store: Store, digest: string): Promise<ReadonlySet<string>> {
  const files = await artifactFiles(store, digest);
  const nested = files.filter((file) => file.path.includes('/'));
  return new Set(nested.map((file) => file.path.slice(0, file.path.indexOf('/'))));
}

/** Reads every file of an artifact. A `UserError` names the first that is damaged, missing or too much. */
export async function verifyArtifact(store: Store, digest: string, signal?: AbortSignal): Promise<void> {
  const files = await artifactFiles(store, digest);
  await refuseExtraFiles(store, digest, files);
  for (const file of files) {
    const stored = storedFile(store, digest, file.path);
    const found = await digestFile(stored, file.path, signal).catch((error: unknown) => {
      throw errorCode(error) === 'ENOENT' ? damaged(stored, 'is missing') : error;
    });
    if (found.sha256 !== file.sha256) throw damaged(stored, 'has changed since it was stored');
  }
}

/** The digest when `path` is the folder of an artifact of this store, or its `files`. */
export function digestOfPath(store: Store, path: string): string | undefined {
  const [top, hex, ...rest] = relative(store.root, path).split(sep);
  const digest = `sha256:${hex}`;
  const isArtifact = top === 'artifacts' && digestPattern.test(digest);
  return isArtifact && (rest.length === 0 || (rest.length === 1 && rest[0] === 'files')) ? digest : undefined;
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestPattern.test(value);
}

interface Source {
  readonly folder: string;
  readonly paths: readonly string[];
}

async function sourceFiles(store: Store, path: string): Promise<Source> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`${path} does not exist. Give the folder or file to store.`);
  });
  if (stats.isFile()) return { folder: dirname(path), paths: [basename(path)] };
  if (!stats.isDirectory())
    throw new UserError(`${path} is neither a folder nor a plain file. Give what it points at.`);
  const paths = await listFiles(path);
  if (paths.length === 0) throw new UserError(`${path} has no files. There is nothing to store.`);
  const storePath = `${relative(path, store.root).split(sep).join('/')}/`;
  if (paths.some((file) => file.startsWith(storePath))) {
    throw new UserError(`${path} contains the store ${store.root}. Give a folder beside the store.`);
  }
  return { folder: path, paths };
}

/** Stored files are read-only: whoever is handed their path must not change them. */
async function copyIn(store: Store, source: Source, signal?: AbortSignal): Promise<Artifact> {
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
  const tree = await store.read(['artifacts', basename(folder), 'tree.json'], isTree);
  if (tree === undefined) {
    const what = (await isFolder(folder)) ? damaged(join(folder, 'tree.json'), 'is missing') : missing(folder);
    throw what;
  }
  if (treeOf(tree.files).digest !== digest) throw damaged(join(folder, 'tree.json'), 'does not make the digest');
  return tree.files;
}

async function refuseExtraFiles(store: Store, digest: string, files: readonly TreeFile[]): Promise<void> {
  const known = new Set(files.map((file) => file.path));
  const folder = join(artifactFolder(store, digest), 'files');
  const found = await listFiles(folder).catch((error: unknown) => {
    throw errorCode(error) === 'ENOENT' ? damaged(folder, 'is missing') : error;
  });
  const extra = found.find((path) => !known.has(path));
  if (extra !== undefined) {
    throw new UserError(`${join(folder, extra)} does not belong to the artifact. Delete it; artifacts never change.`);
  }
}

async function refuseFilledFolder(into: string): Promise<void> {
  const entries = await readdir(into).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  if (entries.length > 0) throw new UserError(`${into} is not empty. Give a new or empty folder.`);
}

function missing(folder: string): UserError {
  return new UserError(`${folder} is not in the store. Run the step again that made it.`);
}

function damaged(file: string, how: string): UserError {
  return new UserError(
    `${file} ${how}. Delete ${artifactOfFile(file)} and run the step again that made it; \`mlops-actions store check\` shows all that is damaged.`,
  );
}

/** The artifact's own folder, from the path of anything in it. */
function artifactOfFile(file: string): string {
  const parts = file.split(sep);
  return parts.slice(0, parts.lastIndexOf('artifacts') + 2).join(sep);
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return stats?.isDirectory() ?? false;
}

function isTree(value: unknown): value is { readonly files: readonly TreeFile[] } {
  return isObject(value) && Array.isArray(value.files) && value.files.every(isTreeFile);
}

function isTreeFile(value: unknown): value is TreeFile {
  return (
    isObject(value) &&
    typeof value.path === 'string' &&
    !value.path.split('/').some((part) => part === '' || part === '.' || part === '..') &&
    typeof value.bytes === 'number' &&
    typeof value.sha256 === 'string'
  );
}

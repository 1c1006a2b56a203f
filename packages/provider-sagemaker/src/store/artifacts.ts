import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@mlops-actions/core';
import { digestFiles, requireEmptyFolder, sourceFiles, type Tree, treeOf } from '@mlops-actions/files';
import { type Artifact, isTree } from '@mlops-actions/provider';
import { digesting, fileContent } from './content.ts';
import type { S3Store } from './s3-store.ts';

/** How many files are on their way at once. */
const parallel = 8;

/**
 * Keeps a file tree (a folder, or one file) under the digest of its content: `artifacts/<digest>/files/…`, and its index, which is written
 * last and makes it whole. What is there already is not sent again.
 */
export async function putArtifact(store: S3Store, folderOrFile: string, signal?: AbortSignal): Promise<Artifact> {
  const source = await sourceFiles(resolve(folderOrFile));
  const tree = await digestFiles(source, signal);
  if ((await store.read(indexPath(tree.digest), isTree)) !== undefined)
    return artifactOf(artifactUri(store, tree.digest), tree);
  await inParallel(tree.files, async (file) => {
    const check = digesting(fileContent(join(source.folder, file.path)));
    await store.upload(filePath(tree.digest, file.path), check.content, signal);
    if (check.sha256() !== file.sha256) {
      throw new UserError(`${join(source.folder, file.path)} changed while it was stored. Run the step again.`);
    }
  });
  await store.write(indexPath(tree.digest), tree);
  return artifactOf(artifactUri(store, tree.digest), tree);
}

/**
 * Copies an artifact's files, or those below `subfolder`, into the new or empty folder `into`, and verifies them on the way. A damaged or
 * missing artifact is a `UserError` that names the file; `into` is then as it was.
 */
export async function fetchArtifact(
  store: S3Store,
  digest: string,
  into: string,
  options: { readonly subfolder?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { subfolder, signal } = options;
  await requireEmptyFolder(into);
  signal?.throwIfAborted();
  const { files } = await artifactTree(store, digest);
  const prefix = subfolder === undefined ? '' : `${subfolder}/`;
  const wanted = files.filter((file) => file.path.startsWith(prefix));
  if (wanted.length === 0) throw new UserError(`There is no folder "${subfolder}" in ${artifactUri(store, digest)}.`);
  await mkdir(dirname(resolve(into)), { recursive: true });
  await throughDraft(into, (draft) =>
    inParallel(wanted, async (file) => {
      const target = join(draft, file.path.slice(prefix.length));
      await mkdir(dirname(target), { recursive: true });
      const check = digesting(await store.open(filePath(digest, file.path), signal));
      await pipeline(check.content, createWriteStream(target, { flags: 'wx' }), { ...(signal && { signal }) });
      if (check.sha256() !== file.sha256) {
        throw new UserError(
          `${store.uri(filePath(digest, file.path))} has changed since it was stored. Delete it and run the step again that made it.`,
        );
      }
    }),
  );
}

/** Fills a folder beside `into` and puts it in its place when all went well. */
export async function throughDraft(into: string, fill: (draft: string) => Promise<unknown>): Promise<void> {
  const draft = `${resolve(into)}.${randomUUID()}.tmp`;
  try {
    await mkdir(draft, { recursive: true });
    await fill(draft);
    await rename(draft, into);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The index of an artifact. A `UserError` when there is none. */
export async function artifactTree(store: S3Store, digest: string): Promise<Tree> {
  const found = await store.read(indexPath(digest), isTree);
  if (found === undefined) {
    throw new UserError(`${artifactUri(store, digest)} is not in the store. Run the step again that made it.`);
  }
  return treeOf(found.files);
}

/** The prefix of an artifact's files, with a slash at its end: without, it would cover others too. */
export function artifactUri(store: S3Store, digest: string): string {
  return `${store.uri(`${folderPath(digest)}/files`)}/`;
}

/** The artifact of these files at that place. */
export function artifactOf(uri: string, { digest, files, bytes }: Tree): Artifact {
  return { uri, digest, files: files.length, bytes };
}

function folderPath(digest: string): string {
  return `artifacts/${digest.replace(/^sha256:/, '')}`;
}

function indexPath(digest: string): string {
  return `${folderPath(digest)}/tree`;
}

function filePath(digest: string, path: string): string {
  return `${folderPath(digest)}/files/${path}`;
}

async function inParallel<T>(items: readonly T[], body: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await body(item);
  };
  const workers = Array.from({ length: parallel }, async () => {
    try {
      await work();
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  });
  const failed = (await Promise.allSettled(workers)).find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { UserError } from '@mlops-actions/core';
import { type SourceFiles, type Tree, type TreeFile, treeOf } from '@mlops-actions/files';
import tar from 'tar-stream';
import { digesting, fileContent } from './content.ts';

/**
 * The files as a `.tar.gz`, which is how SageMaker takes models and code. The same files give the same bytes: there are no times and no
 * owners in it.
 */
export function packTarball({ folder, paths }: SourceFiles): Readable {
  const pack = tar.pack();
  const fill = async (): Promise<void> => {
    for (const path of paths) {
      const file = join(folder, path);
      const { size, mode } = await stat(file);
      const entry = pack.entry({ name: path, size, mode: mode & 0o111 ? 0o755 : 0o644, mtime: new Date(0) });
      await pipeline(fileContent(file), entry);
    }
    pack.finalize();
  };
  const zipped = pack.pipe(createGzip());
  fill().catch((error: unknown) => zipped.destroy(error as Error));
  return zipped;
}

/** The tree of the files in a `.tar.gz`, read as it streams by: nothing is kept. */
export function digestTarball(content: Readable, signal?: AbortSignal): Promise<Tree> {
  return treeOfTarball(content, signal, async () => new Writable({ write: (_chunk, _encoding, done) => done() }));
}

/** Writes the files of a `.tar.gz`, or those that are wanted, below `folder`, and returns their tree. */
export function extractTarball(
  content: Readable,
  folder: string,
  signal?: AbortSignal,
  isWanted: (path: string) => boolean = () => true,
): Promise<Tree> {
  return treeOfTarball(content, signal, async (path) => {
    if (!isWanted(path)) return undefined;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    return createWriteStream(join(folder, path), { flags: 'wx' });
  });
}

/** Sends each file to where `target` says, and returns the tree of those that went somewhere. */
async function treeOfTarball(
  content: Readable,
  signal: AbortSignal | undefined,
  target: (path: string) => Promise<Writable | undefined>,
): Promise<Tree> {
  const files: TreeFile[] = [];
  await eachFile(content, signal, async (path, bytes, file) => {
    const into = await target(path);
    if (into === undefined) {
      file.resume();
      return;
    }
    const check = digesting(file);
    await pipeline(check.content, into);
    files.push({ path, bytes, sha256: check.sha256() });
  });
  return treeOf(files);
}

/** The text of one file in a `.tar.gz`; undefined when it is not there. */
export async function textInTarball(content: Readable, path: string): Promise<string | undefined> {
  let text: string | undefined;
  await eachFile(content, undefined, async (name, _bytes, file) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file) if (name === path) chunks.push(chunk as Uint8Array);
    if (name === path) text = Buffer.concat(chunks).toString('utf8');
  });
  return text;
}

async function eachFile(
  content: Readable,
  signal: AbortSignal | undefined,
  take: (path: string, bytes: number, file: Readable) => Promise<void>,
): Promise<void> {
  const extract = tar.extract();
  const unpacking = pipeline(content, createGunzip(), extract, { ...(signal && { signal }) });
  unpacking.catch(() => {});
  for await (const entry of extract) {
    const { name, type, size = 0 } = entry.header;
    if (type === 'directory') {
      entry.resume();
      continue;
    }
    if (type !== 'file') {
      throw new UserError(`${plainPath(name)} is not a plain file. Replace the link or special file by its content.`);
    }
    await take(plainPath(name), size, Readable.from(entry, { objectMode: false }));
  }
  await unpacking;
}

/** `./a/b` → `a/b`. A `UserError` for a path that leads out of its folder. */
function plainPath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || parts.includes('..') || parts.length === 0) {
    throw new UserError(`The archive has a file "${name}", which would be written outside of its folder.`);
  }
  return parts.join('/');
}

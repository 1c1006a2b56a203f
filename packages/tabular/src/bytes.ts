import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { tableFault } from './fault.ts';
import { soundChunks } from './sources/gunzip.ts';

const chunkBytes = 1 << 20;

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** The file's name in messages; the path when absent. */
  readonly label?: string;
}

/**
 * The bytes of a file in order, unpacked when its name ends in `.gz`. Memory is bounded by the chunk size. Throws a `UserError` for a
 * path that is no file, for a gzip file that is damaged or cut off, and for one that unpacks to more than 64 MiB at over 300 : 1.
 */
export async function* readBytes(path: string, options: ReadOptions = {}): AsyncGenerator<Buffer> {
  const { signal, label = path } = options;
  await requireFile(path, label);
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  if (!path.toLowerCase().endsWith('.gz')) {
    yield* abortable(source, signal);
    return;
  }
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  source.on('error', (error) => gunzip.destroy(error));
  try {
    yield* soundChunks(label, abortable(source.pipe(gunzip), signal), () => gunzip.bytesWritten);
  } finally {
    source.destroy();
  }
}

async function requireFile(path: string, label: string): Promise<void> {
  try {
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') throw error;
    throw tableFault({ file: label }, 'does not exist. Check the path.');
  }
  throw tableFault({ file: label }, 'is not a file.');
}

async function* abortable(stream: AsyncIterable<Buffer>, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    signal?.throwIfAborted();
    yield chunk;
  }
}

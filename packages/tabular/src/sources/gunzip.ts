import { createGunzip, type Gunzip } from 'node:zlib';
import { tableFault } from '../fault.ts';
import type { ByteSource } from '../source.ts';

const chunkBytes = 1 << 20;

/** Unpacked bytes up to which any ratio is fine; real tables reach a few hundred to one, and only then in small files. */
const freeBytes = 64 << 20;
const highestRatio = 300;

/**
 * The bytes of a gzip file, unpacked. Reading throws a `UserError` when the data is damaged or cut off, or unpacks to more than 64 MiB at
 * over 300 : 1.
 */
export function gunzipped(source: ByteSource): ByteSource {
  return {
    label: source.label,
    ...(source.version === undefined ? {} : { version: source.version }),
    ...(source.once === true ? { once: true } : {}),
    stream: (signal) => unpacked(source, signal),
  };
}

async function* unpacked(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const { label } = source;
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let written = 0;
  void feed(source, gunzip, signal, (bytes) => {
    written += bytes;
  });
  try {
    yield* soundChunks(label, gunzip, () => written);
  } finally {
    gunzip.destroy();
  }
}

/**
 * What comes out of a gunzip that was given `packed()` bytes so far. Throws the `UserError` for data that is damaged, cut off, or unpacks to
 * too much.
 */
export async function* soundChunks(
  file: string,
  chunks: AsyncIterable<Buffer>,
  packed: () => number,
): AsyncGenerator<Buffer> {
  let unpacked = 0;
  try {
    for await (const chunk of chunks) {
      unpacked += chunk.length;
      if (unpacked > freeBytes && unpacked > highestRatio * packed()) {
        throw tableFault(
          { file },
          `unpacks to over ${highestRatio} times its size. Unpack it yourself if it is right.`,
        );
      }
      yield chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw tableFault({ file }, 'the gzip data is cut off. Write or fetch it again.');
    if (code?.startsWith('Z_')) throw tableFault({ file }, 'is not valid gzip data. Write or fetch it again.');
    throw error;
  }
}

/** Writes the source into `gunzip`, a chunk only when the one before is used up, as its memory may be used again. Its errors become gunzip's. */
async function feed(
  source: ByteSource,
  gunzip: Gunzip,
  signal: AbortSignal | undefined,
  count: (bytes: number) => void,
): Promise<void> {
  const closed = new Promise<boolean>((resolve) => gunzip.once('close', () => resolve(false)));
  const write = (chunk: Uint8Array) =>
    new Promise<boolean>((resolve) => gunzip.write(chunk, (error) => resolve(error === null || error === undefined)));
  try {
    for await (const chunk of source.stream(signal)) {
      count(chunk.length);
      if (!(await Promise.race([write(chunk), closed]))) return;
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What went through a copy: the bytes that were written, not what the source holds later. */
export interface Copied {
  readonly bytes: number;
  /** SHA-256, 64 hex digits. */
  readonly sha256: string;
}

/**
 * Copies a file and digests what was copied, in one pass. Parent folders are made; `to` must not exist. The copy has the permissions
 * `mode`, and may be executed when the source may.
 */
export async function copyDigested(from: string, to: string, mode: number, signal?: AbortSignal): Promise<Copied> {
  await mkdir(dirname(to), { recursive: true });
  const executable = (await stat(from)).mode & 0o111;
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(
    createReadStream(from, { highWaterMark: 1 << 20 }),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(to, { flags: 'wx', mode: mode | executable }),
    ...(signal === undefined ? [] : [{ signal }]),
  );
  return { bytes, sha256: hash.digest('hex') };
}

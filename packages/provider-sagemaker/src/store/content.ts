import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** The content of a file, read in pieces that the network takes well. */
export function fileContent(path: string): Readable {
  return createReadStream(path, { highWaterMark: 1 << 20 });
}

/** A stream that is digested as it passes. */
export function digesting(source: Readable): { readonly content: Readable; sha256(): string } {
  const hash = createHash('sha256');
  const content = source.map((chunk: Uint8Array) => {
    hash.update(chunk);
    return chunk;
  });
  return { content, sha256: () => hash.digest('hex') };
}

import type { ByteSource } from '../source.ts';

/** Bytes from `from` up to but not including `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** A gap of this many bytes is cheaper to read than to ask again for what follows it. */
const cheapGap = 512 << 10;
const largestRead = 8 << 20;

/**
 * The reads that get all of `ranges`: those that lie within 512 KiB of each other become one, as long as it stays under 8 MiB. Ranges may
 * overlap and come in any order; the reads come in order. A range that is longer stays whole.
 */
export function coalesceRanges(
  ranges: readonly ByteRange[],
  { gap = cheapGap, largest = largestRead }: { readonly gap?: number; readonly largest?: number } = {},
): ByteRange[] {
  const reads: { from: number; to: number }[] = [];
  const inOrder = ranges.filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  for (const { from, to } of inOrder) {
    const before = reads.at(-1);
    const end = Math.max(to, before?.to ?? to);
    if (before !== undefined && (to <= before.to || (from - before.to <= gap && end - before.from <= largest))) {
      before.to = end;
    } else {
      reads.push({ from, to });
    }
  }
  return reads;
}

/** A stretch that is read in reads of `bytes` bytes, at most `atOnce` of them under way or waiting at a time. */
export interface OrderedRead extends ByteRange {
  readonly bytes: number;
  readonly atOnce: number;
}

/** The bytes of a stretch in order, read ahead in parallel. A chunk holds until the next one is asked for, as it is then room for another. */
export async function* inOrder(
  range: NonNullable<ByteSource['range']>,
  { from, to, bytes, atOnce }: OrderedRead,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const underWay: Promise<Uint8Array>[] = [];
  let room: ArrayBufferLike | undefined;
  let next = from;
  try {
    while (next < to || underWay.length > 0) {
      for (; underWay.length < atOnce && next < to; next += bytes) {
        const read = range(next, Math.min(next + bytes, to), room);
        room = undefined;
        // Its error is thrown when its turn comes.
        read.catch(() => {});
        underWay.push(read);
      }
      signal?.throwIfAborted();
      const chunk = (await underWay.shift()) as Uint8Array;
      yield chunk;
      room = chunk.buffer;
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}

import { tableFault } from '../fault.ts';
import { type ByteRange, coalesceRanges } from '../sources/ranges.ts';
import type { RangeSource } from './scan.ts';

/** A file answers at once: the next read under way is enough. Of a store, enough are under way that its answers overlap. */
const file = { atOnce: 2, coalescing: { gap: 64 << 10, largest: 2 << 20 } };
const store = { atOnce: 8, coalescing: {} };

interface Read extends ByteRange {
  /** Ranges that still need its bytes. */
  users: number;
  bytes: Promise<Uint8Array> | undefined;
}

/**
 * The bytes of `ranges`, in that order. Neighbours are read together, and ahead of their use. A read is kept until the last of its ranges was
 * used, so that ranges in the order of the file take the least memory; with `reuse` its memory then takes another, and so each range holds until the
 * next one is asked for.
 */
export async function* readAhead(
  source: RangeSource,
  ranges: readonly ByteRange[],
  reuse: boolean,
): AsyncGenerator<Uint8Array, void> {
  const { atOnce, coalescing } = source.address?.kind === 'file' ? file : store;
  const reads: Read[] = coalesceRanges(ranges, coalescing).map((range) => ({ ...range, users: 0, bytes: undefined }));
  const readOf = ranges.map(({ from }) => reads[indexOfRead(reads, from)] as Read);
  for (const read of readOf) read.users++;
  const inUse = [...new Set(readOf)];
  let started = 0;
  let finished = 0;
  let room: ArrayBufferLike | undefined;
  for (let index = 0; index < ranges.length; index++) {
    const { from, to } = ranges[index] as ByteRange;
    const read = readOf[index] as Read;
    while (started < inUse.length && (read.bytes === undefined || started - finished < atOnce)) {
      start(source, inUse[started++] as Read, room);
      room = undefined;
    }
    const bytes = (await read.bytes) as Uint8Array;
    if (bytes.length !== read.to - read.from) {
      throw tableFault({ file: source.label }, 'became shorter while it was read. Read it when nothing writes it.');
    }
    read.users--;
    if (read.users === 0) {
      read.bytes = undefined;
      finished++;
    }
    yield bytes.subarray(from - read.from, to - read.from);
    if (reuse && read.users === 0) room = bytes.buffer;
  }
}

function start(source: RangeSource, read: Read, room: ArrayBufferLike | undefined): void {
  read.bytes = source.range(read.from, read.to, room);
  // Whoever stops early never looks at it; when it fails then, that is nobody's concern.
  read.bytes.catch(() => undefined);
}

/** The read that holds a range which starts at `from`: the last that starts no later, as the reads are in order. */
function indexOfRead(reads: readonly Read[], from: number): number {
  let low = 0;
  let high = reads.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((reads[middle] as Read).from <= from) low = middle;
    else high = middle - 1;
  }
  return low;
}

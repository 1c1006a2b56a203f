import * as zlib from 'node:zlib';
import type { Stretch, Workspace } from './kernel.ts';

const codecs = { none: 0, snappy: 1, gzip: 2, lzo: 3, brotli: 4, lz4Framed: 5, zstd: 6, lz4: 7 } as const;

/**
 * Unpacks `packed` into the kernel's memory at `target`, where `size` bytes are to come out; false when it is damaged or another size comes
 * out.
 */
export type Unpack = (packed: Uint8Array, target: number, size: number) => boolean;

/** At how many bytes from one byte a codec ends by its format: a size beyond is a lie, and no memory is taken for it. */
const highestRatios: Readonly<Record<number, number>> = { [codecs.snappy]: 22, [codecs.lz4]: 256, [codecs.gzip]: 1040 };

/** Whether `size` bytes may come out of `packed` ones. */
export function isPossibleSize(codec: number, packed: number, size: number): boolean {
  if (codec === codecs.none) return packed === size;
  return size <= 64 + packed * (highestRatios[codec] ?? Number.POSITIVE_INFINITY);
}

/** How a codec's pages are unpacked; `refuse` is called with what is wrong with a codec that is not read. */
export async function unpackerOf(
  codec: number,
  workspace: Workspace,
  source: Stretch,
  refuse: (what: string) => never,
): Promise<Unpack> {
  const { kernel } = workspace;

  function bytesAt(pointer: number, length: number): Uint8Array {
    return new Uint8Array(kernel.memory.buffer, pointer, length);
  }

  function byKernel(unpack: (from: number, length: number, target: number, capacity: number) => number): Unpack {
    return (packed, target, size) => {
      const from = source(packed.length);
      bytesAt(from, packed.length).set(packed);
      return unpack(from, packed.length, target, size) === size;
    };
  }

  function byNode(unpack: NodeUnpack): Unpack {
    return (packed, target, size) => {
      try {
        const bytes = unpack(packed, { maxOutputLength: Math.max(size, 1) });
        if (bytes.length !== size) return false;
        bytesAt(target, size).set(bytes);
        return true;
      } catch {
        return false;
      }
    };
  }

  switch (codec) {
    case codecs.none:
      return (packed, target, size) => {
        bytesAt(target, size).set(packed);
        return true;
      };
    case codecs.snappy:
      return byKernel(kernel.unpackSnappy);
    case codecs.lz4:
      return byKernel(kernel.unpackLz4);
    case codecs.gzip:
      return byNode(zlib.gunzipSync);
    case codecs.brotli:
      return byNode(zlib.brotliDecompressSync);
    case codecs.zstd: {
      // Node has its own from 22.15 on; the one in JavaScript has a quarter of its speed.
      const { zstdDecompressSync } = zlib as { zstdDecompressSync?: NodeUnpack };
      if (zstdDecompressSync !== undefined) return byNode(zstdDecompressSync);
      const { decompress } = await import('fzstd');
      const fill = filledBy(decompress);
      return (packed, target, size) => {
        const room = new Uint8Array(size);
        if (!fill(packed, room)) return false;
        bytesAt(target, size).set(room);
        return true;
      };
    }
    case codecs.lz4Framed:
      return refuse('is packed with the old form of LZ4, which is not read. Write it with zstd or snappy');
    default:
      return refuse(
        `is packed with ${codec === codecs.lzo ? 'LZO' : `codec ${codec}`}, which is not read. Write it with zstd or snappy`,
      );
  }
}

type NodeUnpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/**
 * What fills `room` from a packed page and returns whether it was filled exactly, by `decompress` of fzstd. That writes into the room
 * that it is given, fails when there is too little, and does not say how far it came: a last byte that it left as it was shows that it stopped short.
 */
export function filledBy(
  decompress: (packed: Uint8Array, room: Uint8Array) => Uint8Array,
): (packed: Uint8Array, room: Uint8Array) => boolean {
  return (packed, room) => {
    const last = room.length - 1;
    const wasWritten = (before: number): boolean => {
      room[last] = before;
      decompress(packed, room);
      return last < 0 || room[last] !== before;
    };
    try {
      return wasWritten(0xff) || wasWritten(0);
    } catch {
      return false;
    }
  };
}

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readAhead } from './read-ahead.ts';
import type { RangeSource } from './scan.ts';
import { bytesSource } from './testing/collect.ts';

const bytes = Uint8Array.from({ length: 3 << 20 }, (_, index) => (index * 31) >> 3);

/** The bytes as a source that notes its reads. */
function noted(address?: RangeSource['address']) {
  const reads: [from: number, to: number][] = [];
  const source = {
    ...bytesSource(bytes),
    ...(address === undefined ? {} : { address }),
    async range(from: number, to: number) {
      reads.push([from, to]);
      return bytes.slice(from, to);
    },
  } as RangeSource;
  return { source, reads };
}

async function all(source: RangeSource, ranges: { from: number; to: number }[]): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const each of readAhead(source, ranges, false)) found.push(each);
  return found;
}

const address = { kind: 'file', path: 'x', label: 'x' } as const;

describe('readAhead', () => {
  test('gives the bytes of any ranges in their order, and reads each byte once at most where they do not overlap', async () => {
    const range = fc
      .tuple(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 1 << 20 }))
      .map(([from, length]) => ({ from, to: Math.min(bytes.length, from + length) }));
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 30 }), fc.boolean(), async (ranges, isFile) => {
        const { source } = noted(isFile ? address : undefined);
        const found = await all(source, ranges);
        expect(found.length).toBe(ranges.length);
        ranges.forEach(({ from, to }, index) => {
          expect(Buffer.compare(found[index] as Uint8Array, bytes.subarray(from, to))).toBe(0);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('reads neighbours together', async () => {
    const { source, reads } = noted();
    await all(source, [
      { from: 100, to: 200 },
      { from: 200, to: 400 },
      { from: 500, to: 600 },
      { from: 2 << 20, to: (2 << 20) + 1 },
    ]);
    expect(reads).toEqual([
      [100, 600],
      [2 << 20, (2 << 20) + 1],
    ]);
  });

  test('has the next read under way while one is used, and no more of a file', async () => {
    const { source, reads } = noted(address);
    const ranges = [0, 1, 2, 3].map((index) => ({ from: index * 700_000, to: index * 700_000 + 500_000 }));
    const chunks = readAhead(source, ranges, false);
    await chunks.next();
    expect(reads.length).toBe(2);
    await chunks.next();
    expect(reads.length).toBe(3);
    await chunks.return();
  });

  test('is read into memory that is used again, when nobody looks at it any more', async () => {
    const ranges = Array.from({ length: 30 }, (_, index) => ({ from: index * 100_000, to: index * 100_000 + 20_000 }));
    const rooms = new Set<ArrayBufferLike>();
    const source = {
      ...bytesSource(bytes),
      address,
      async range(from: number, to: number, room = new ArrayBuffer(to - from)) {
        rooms.add(room);
        const into = new Uint8Array(room, 0, to - from);
        into.set(bytes.subarray(from, to));
        return into;
      },
    } as RangeSource;
    let index = 0;
    for await (const chunk of readAhead(source, ranges, true)) {
      const { from, to } = ranges[index++] as (typeof ranges)[number];
      expect(chunk).toEqual(bytes.slice(from, to));
    }
    expect(rooms.size).toBe(2);
    rooms.clear();
    expect(await all(source, ranges)).toEqual(ranges.map(({ from, to }) => bytes.slice(from, to)));
    expect(rooms.size).toBe(30);
  });

  test('throws what a read throws, when its turn comes', async () => {
    const { source } = noted();
    const failing = {
      ...source,
      range: (from: number, to: number) => (from > 0 ? Promise.reject(new Error('gone')) : source.range(from, to)),
    };
    const ranges = [
      { from: 0, to: 10 },
      { from: 2 << 20, to: (2 << 20) + 1 },
    ];
    const chunks = readAhead(failing, ranges, false);
    expect((await chunks.next()).value?.length).toBe(10);
    await expect(chunks.next()).rejects.toThrow('gone');
  });

  test('says that a file became shorter', async () => {
    const { source } = noted();
    const short = { ...source, range: async (from: number, to: number) => bytes.slice(from, to - 1) };
    await expect(all(short, [{ from: 0, to: 10 }])).rejects.toThrow('data.parquet: became shorter while it was read.');
  });
});

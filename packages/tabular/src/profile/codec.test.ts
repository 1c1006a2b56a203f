import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import * as fc from 'fast-check';
import { decodeProfile, encodeProfile, isProfile } from './codec.ts';
import { columnOf } from './column-of.ts';
import type { ProfileLimits } from './limits.ts';
import { mergeProfiles } from './merge.ts';
import { profileColumns, profileSink } from './profile-columns.ts';
import type { NumericSketch, TableSketch } from './sketch.ts';
import { damagedProfile } from './testing/damaged-profile.ts';
import { type MemoryColumn, memoryScanner } from './testing/memory-scanner.ts';

const tight: ProfileLimits = { distinct: 12, bins: 64, pages: 2, categories: 3, heldCategories: 12, keptBytes: 0 };

async function profiled(table: Record<string, MemoryColumn>, limits = tight): Promise<TableSketch> {
  const scanner = memoryScanner(table);
  const sink = profileSink(scanner.columns, limits);
  const { rows } = await scanner.scan(scanner.columns, sink);
  return sink.finish(rows);
}

const doubles = fc.array(fc.double({ noDefaultInfinity: true }), { maxLength: 60 });
const texts = fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 });

describe('a profile', () => {
  test('comes back as it was written, and gives the same bytes again', async () => {
    await fc.assert(
      fc.asyncProperty(doubles, texts, fc.string(), async (numbers, cells, name) => {
        const table = {
          [`${name}!`]: { numbers },
          texts: { texts: cells },
          whole: { numbers: numbers.map((_, i) => i) },
        };
        const sketch = await profiled(table);
        const bytes = encodeProfile(sketch);
        const read = decodeProfile(bytes, 'reference.profile');
        expect(read).toEqual(sketch);
        expect(encodeProfile(read)).toEqual(bytes);
      }),
    );
  });

  test('with names that objects have, and with texts that are no UTF-8, comes back', async () => {
    const { rows, limits, columns } = await profiled({ x: { texts: ['__proto__', 'toString', '\ud800', '\ud801'] } });
    const names = ['__proto__', 'constructor', ''].map((name) => [name, columns.get('x')] as const);
    const sketch = { rows, limits, columns: new Map(names) } as TableSketch;
    expect(decodeProfile(encodeProfile(sketch), 'p')).toEqual(sketch);
  });

  test('remembers what was read', async () => {
    const scanner = memoryScanner({ x: { numbers: [1] } });
    for (const source of [{ label: 'ref.csv' }, { label: 's3://b/ref.csv', digest: 'sha256:1' }]) {
      const { sketch } = await profileColumns(scanner, scanner.columns, { source });
      expect(decodeProfile(encodeProfile(sketch), 'p').source).toEqual(source);
    }
  });

  test('of values that were kept has them in bins, and its deciles exact', async () => {
    const numbers = Array.from({ length: 1001 }, (_, i) => Math.exp(Math.sin(i * 7) * 3));
    const sketch = await profiled({ x: { numbers } }, { ...tight, keptBytes: Number.POSITIVE_INFINITY });
    const read = decodeProfile(encodeProfile(sketch), 'p');
    const sorted = Float64Array.from(numbers).sort();
    const column = columnOf(read, 'x');
    if (column?.kind !== 'numeric') throw new Error('not numeric');
    expect(column.samples).toHaveLength(2);
    for (const { lower, upper, counts } of column.samples) {
      for (let decile = 100; decile < 1000; decile += 100) {
        const bin = lower.indexOf(sorted[decile] as number);
        expect(upper[bin]).toBe(lower[bin]);
        expect(counts?.slice(0, bin).reduce((a, b) => a + b, 0)).toBe(decile);
      }
    }
  });

  test('that was read merges as the one that was written', async () => {
    const [a, b] = [
      await profiled({ x: { numbers: [1, 2, 3] } }),
      await profiled({ x: { numbers: Array.from({ length: 99 }, (_, i) => i / 7) } }),
    ];
    expect(mergeProfiles(decodeProfile(encodeProfile(a), 'a'), decodeProfile(encodeProfile(b), 'b'))).toEqual(
      mergeProfiles(a, b),
    );
  });

  test('takes some 20 kB a numeric column, however many rows there were', async () => {
    const normal = Array.from(
      { length: 200_000 },
      (_, i) => Math.sqrt(-2 * Math.log((i + 1) / 200_001)) * Math.cos(i * 2.3),
    );
    const scanner = memoryScanner({ x: { numbers: normal } }, 4096);
    const { sketch } = await profileColumns(scanner, scanner.columns, { mode: 'sketch' });
    expect((sketch.columns.get('x') as NumericSketch).values.kind).toBe('binned');
    const bytes = encodeProfile(sketch);
    expect(bytes.length).toBeLessThan(40_000);
    expect(decodeProfile(bytes, 'p').columns).toEqual(sketch.columns);
  });
});

describe('bytes that are no profile', () => {
  async function fault(bytes: Uint8Array): Promise<string> {
    try {
      decodeProfile(bytes, 'ref.profile');
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(UserError);
      return (thrown as Error).message;
    }
    return 'read';
  }
  const example = async () =>
    encodeProfile(
      await profiled({ x: { numbers: Array.from({ length: 50 }, (_, i) => i / 3) }, c: { texts: ['a', 'b'] } }),
    );

  test('are said to be none', async () => {
    expect(await fault(new Uint8Array(0))).toBe(
      'ref.profile: is not a profile. Give a file that `profile-out` has written.',
    );
    expect(await fault(new TextEncoder().encode('id,x\n1,2\n'.repeat(9)))).toContain('is not a profile');
    expect(isProfile(await example())).toBe(true);
  });

  test('of a later format name it', async () => {
    const bytes = await example();
    bytes[14] = 9;
    expect(await fault(bytes)).toContain('is a profile of format 9, and this version reads up to format 1');
  });

  test('that are cut off anywhere are damaged', async () => {
    const bytes = await example();
    for (let length = 19; length < bytes.length; length++)
      expect(await fault(bytes.subarray(0, length))).toContain('damaged');
  });

  test('with one changed byte are damaged or none', async () => {
    const bytes = await example();
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ 0x41;
      expect(await fault(changed)).toMatch(/is not a profile|of format|damaged/);
    }
  });

  test('that unpack to a thousand times their size are refused', async () => {
    const bytes = await example();
    const bomb = deflateRawSync(new Uint8Array(64 << 20));
    expect(await fault(Buffer.concat([bytes.subarray(0, 19), bomb]))).toContain('unpacks to far more');
  });

  test('whose fields lie, with a right checksum, are damaged or hold to what a profile promises', async () => {
    const bytes = await example();
    for (let seed = 0; seed < 3000; seed++) {
      const damaged = damagedProfile(bytes, seed);
      const said = await fault(damaged);
      if (said !== 'read') expect(said).toContain('damaged');
      else for (const name of decodeProfile(damaged, 'p').columns.keys()) columnOf(decodeProfile(damaged, 'p'), name);
    }
    expect(inflateRawSync(bytes.subarray(19)).length).toBeGreaterThan(100);
  });
});

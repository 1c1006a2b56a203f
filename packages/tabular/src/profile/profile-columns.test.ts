import { describe, expect, test } from '@jest/globals';
import type { CategoricalColumn, NumericColumn, Sample } from '@mlops-actions/core';
import * as fc from 'fast-check';
import type { Scanner } from '../scan.ts';
import { columnOf } from './column-of.ts';
import { limitsFor, type ProfileLimits } from './limits.ts';
import { mergeProfiles } from './merge.ts';
import { deviationOf, meanOf } from './moments.ts';
import { type ProfileOptions, profileColumns, profileSink } from './profile-columns.ts';
import type { NumericSketch, TableSketch } from './sketch.ts';
import { type MemoryColumn, memoryScanner } from './testing/memory-scanner.ts';

/** Limits so low that small tables reach them. */
const tight: ProfileLimits = { distinct: 12, bins: 64, pages: 2, categories: 3, heldCategories: 12, keptBytes: 0 };

async function profiled(scanner: Scanner, limits = tight, mostCells?: number): Promise<TableSketch> {
  const sink = profileSink(scanner.columns, limits, mostCells);
  const { rows } = await scanner.scan(scanner.columns, sink);
  return sink.finish(rows);
}

const ofNumbers = (numbers: readonly number[], limits?: ProfileLimits, mostCells?: number) =>
  profiled(memoryScanner({ x: { numbers } }), limits, mostCells);

async function numericOf(numbers: readonly number[], options?: ProfileOptions): Promise<NumericColumn> {
  const scanner = memoryScanner({ x: { numbers } });
  const { sketch } = await profileColumns(scanner, scanner.columns, options);
  return columnOf(sketch, 'x') as NumericColumn;
}

function isInBin(sample: Sample, bin: number, value: number): boolean {
  const lower = sample.lower[bin] as number;
  const upper = sample.upper[bin] as number;
  return lower === upper ? value === lower : value >= lower && value < upper;
}

/** The bins are ascending and disjoint, their edges finite, and each holds as many of `values` as it says. */
function expectToHold(sample: Sample, values: readonly number[]): void {
  const { lower, upper, counts = new Float64Array(lower.length).fill(1), total } = sample;
  const sorted = Float64Array.from(values).sort();
  const wrong: string[] = [];
  let at = 0;
  lower.forEach((from, bin) => {
    const to = upper[bin] as number;
    const isOrdered =
      bin === 0 ||
      sample.counts === undefined ||
      (from > (lower[bin - 1] as number) && from >= (upper[bin - 1] as number));
    if (!(Number.isFinite(from) && Number.isFinite(to) && from <= to && isOrdered)) wrong.push(`edges ${from} ${to}`);
    const own = sorted.subarray(at, at + (counts[bin] as number));
    if (!own.every((_, i) => isInBin(sample, bin, own[i] as number))) wrong.push(`${own} in ${from} ${to}`);
    at += counts[bin] as number;
  });
  expect(wrong).toEqual([]);
  expect([at, total]).toEqual([values.length, values.length]);
}

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
const cells = fc.oneof(
  fc.array(anyDouble, { maxLength: 80 }),
  fc.array(fc.double({ min: -5, max: 1000, noNaN: true }), { maxLength: 80 }),
  fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 7.5, -3) }, fc.double({ min: -9, max: 9, noNaN: true })),
    {
      maxLength: 80,
    },
  ),
  fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_900_000 }), { maxLength: 80 }),
);

describe('a numeric column', () => {
  test('of few different values is known exactly, whatever the mode', async () => {
    const numbers = Array.from({ length: 5000 }, (_, i) => (i * 7) % 100);
    for (const mode of ['auto', 'exact', 'sketch'] as const) {
      const column = await numericOf(numbers, { mode });
      expect(column).toMatchObject({ count: 5000, min: 0, max: 99, mean: 49.5, distinct: 100 });
      expect(column.samples).toHaveLength(1);
      const [sample] = column.samples;
      expect(sample?.lower).toBe(sample?.upper);
      expect(sample?.counts).toEqual(new Float64Array(100).fill(50));
    }
  });

  test('counts what is no finite number', async () => {
    const column = await numericOf([1, Number.NaN, Number.POSITIVE_INFINITY, -0, 0, Number.NEGATIVE_INFINITY]);
    expect(column).toMatchObject({ rows: 6, nulls: 1, infinities: 2, count: 3, min: 0, max: 1, distinct: 2 });
    expect(Object.is(column.min, 0)).toBe(true);
  });

  test('without a finite value has no least, greatest or mean', async () => {
    const column = await numericOf([Number.NaN]);
    expect(column).toMatchObject({ count: 0, min: Number.NaN, max: Number.NaN, mean: Number.NaN, distinct: 0 });
    expect(column.samples[0]?.total).toBe(0);
  });

  test('of many different values is kept and sorted in exact mode, and in auto mode while there is room', async () => {
    const numbers = Array.from({ length: 60_000 }, (_, i) => ((i * 7919) % 60_013) - 1000.5);
    const sorted = Float64Array.from(numbers).sort();
    expect((await numericOf(numbers, { mode: 'exact' })).samples[0]?.lower).toEqual(sorted);
    expect((await numericOf(numbers)).samples[0]?.lower).toEqual(sorted);
    const column = await numericOf(numbers, { keptBytes: 59_999 * 8 });
    expect(column.samples).toHaveLength(2);
    expect(column.distinct).toBeUndefined();
    expect(await numericOf(numbers, { mode: 'sketch' })).toMatchObject({ mean: column.mean, min: column.min });
  });

  test('of 60,000 values lies in its bins, a few thousandths of the range wide', async () => {
    const numbers = Array.from({ length: 60_000 }, (_, i) => Math.sin(i) * 100);
    const { samples } = await numericOf(numbers, { mode: 'sketch' });
    for (const sample of samples) {
      expectToHold(sample, numbers);
      expect(Math.max(...sample.upper.map((to, bin) => to - (sample.lower[bin] as number)))).toBeLessThan(0.51);
    }
    expect(samples[0]?.lower.length).toBeGreaterThan(20_000);
  });

  test('shows a heavy value among many others as an atom in both views', async () => {
    const numbers = Array.from({ length: 60_000 }, (_, i) => (i % 3 === 0 ? 29.7 : Math.sin(i) * 100));
    const { samples } = await numericOf([...numbers, ...numbers.map((value) => (value === 29.7 ? value : value / 3))], {
      mode: 'sketch',
    });
    expect(samples).toHaveLength(2);
    for (const { lower, upper, counts } of samples) {
      const bin = lower.indexOf(29.7);
      expect([upper[bin], counts?.[bin]]).toEqual([29.7, 40_000]);
    }
  });

  test.each([
    ['of the hugest doubles', [-Number.MAX_VALUE, Number.MAX_VALUE, 1e308, -1e308, 5e307]],
    ['of the tiniest doubles', [Number.MIN_VALUE, -Number.MIN_VALUE, 3e-320, 2e-308, -4e-310]],
    ['of both', [Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -1e308]],
    ['of whole numbers over 2⁵³', [2 ** 53, 2 ** 53 + 2, 2 ** 60, 2 ** 62]],
    ['of steps in tiny units far from zero', [1e15, 1e15 + 0.125, 1e15 + 0.25]],
  ])('%s lies in its bins', async (_, few) => {
    const numbers = Array.from(
      { length: 60 },
      (_, i) => (few[i % few.length] as number) * (1 - (i - (i % few.length)) / 1e4),
    );
    const column = columnOf(await ofNumbers(numbers), 'x') as NumericColumn;
    expect(column.samples).toHaveLength(2);
    for (const sample of column.samples) expectToHold(sample, numbers);
    expect(Number.isFinite(column.mean)).toBe(true);
  });

  test('has the moments of its values, however large they are', async () => {
    const huge = await numericOf([1e300, 3e300, 5e300]);
    expect(huge.mean / 3e300).toBeCloseTo(1, 14);
    expect(huge.deviation / (Math.sqrt(8 / 3) * 1e300)).toBeCloseTo(1, 14);
    const tiny = await numericOf([1e-300, 3e-300, 5e-300]);
    expect(tiny.deviation / (Math.sqrt(8 / 3) * 1e-300)).toBeCloseTo(1, 14);
    const far = await numericOf(Array.from({ length: 9000 }, (_, i) => 1e9 + (i % 3)));
    expect(far.deviation).toBeCloseTo(Math.sqrt(2 / 3), 12);
  });

  test('lies in its bins, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(cells, async (numbers) => {
        const column = columnOf(await ofNumbers(numbers), 'x') as NumericColumn;
        for (const sample of column.samples) expectToHold(sample, numbers);
      }),
      { numRuns: 300 },
    );
  });

  test('given as many different values with counts has them all, though the memory that they lie in moves meanwhile', async () => {
    const valueCounts = Array.from({ length: 200_000 }, (_, i) => [Math.sin(i), 2] as const);
    const scanner = memoryScanner({ x: { valueCounts } }, 2 ** 20);
    for (const mode of ['sketch', 'exact'] as const) {
      const { sketch } = await profileColumns(scanner, scanner.columns, { mode });
      expect(columnOf(sketch, 'x')).toMatchObject({ rows: 400_000, count: 400_000 });
    }
  });

  test('given as different values with counts equals the same one given cell by cell', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyDouble, fc.integer({ min: 1, max: 5 }))),
        fc.constantFrom(0, 400),
        async (counts, keptBytes) => {
          const numbers = counts.flatMap(([value, count]) => new Array<number>(count).fill(value));
          const limits = { ...tight, keptBytes };
          const fromCounts = await profiled(memoryScanner({ x: { valueCounts: counts } }), limits);
          expectSame(fromCounts, await ofNumbers(numbers, limits));
        },
      ),
    );
  });
});

/** The same but for rounding of the moments and for which values are marked. */
function expectSame(a: TableSketch, b: TableSketch): void {
  const [left, right] = [a, b].map(({ columns }) => columns.get('x') as NumericSketch) as [
    NumericSketch,
    NumericSketch,
  ];
  const shape = ({ moments, values, ...rest }: NumericSketch) => ({
    ...rest,
    count: moments.count,
    values: values.kind === 'binned' ? { ...values, marks: undefined } : values,
  });
  expect(shape(left)).toEqual(shape(right));
  const scale = Math.max(Number.MIN_VALUE, Math.max(Math.abs(left.min), Math.abs(left.max)) * 1e-12);
  if (left.moments.count === 0) return;
  expect(Math.abs(meanOf(left.moments) - meanOf(right.moments))).toBeLessThanOrEqual(scale);
  expect(Math.abs(deviationOf(left.moments) - deviationOf(right.moments))).toBeLessThanOrEqual(scale);
}

describe('merging', () => {
  const keptBytes = fc.constantFrom(0, 240, Number.POSITIVE_INFINITY);

  test('shards in any order and grouping gives the profile of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 3, maxLength: 3 }), keptBytes, async (shards, bytes) => {
        const limits = { ...tight, keptBytes: bytes };
        const [a, b, c] = (await Promise.all(shards.map((shard) => ofNumbers(shard, limits)))) as [
          TableSketch,
          TableSketch,
          TableSketch,
        ];
        const whole = await ofNumbers(shards.flat(), limits);
        const merged = [
          mergeProfiles(mergeProfiles(a, b), c),
          mergeProfiles(c, mergeProfiles(b, a)),
          mergeProfiles(mergeProfiles(a, c), b),
        ];
        for (const each of merged) {
          expectSame(each, whole);
          for (const sample of (columnOf(each, 'x') as NumericColumn).samples) expectToHold(sample, shards.flat());
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is also what happens inside when a counter would overflow', async () => {
    await fc.assert(
      fc.asyncProperty(cells, keptBytes, async (numbers, bytes) => {
        const limits = { ...tight, keptBytes: bytes };
        expectSame(await ofNumbers(numbers, limits, 20), await ofNumbers(numbers, limits));
      }),
    );
  });

  test('carries counts over 2³²', async () => {
    const valueCounts = [
      [1, 4_000_000_000],
      [2, 4_000_000_000],
      [2, 4_000_000_000],
    ] as const;
    const sketch = await profiled(memoryScanner({ x: { valueCounts } }, 2 ** 20));
    expect(columnOf(sketch, 'x')).toMatchObject({ count: 12e9, mean: 5 / 3, distinct: 2 });
    const twice = mergeProfiles(sketch, sketch);
    expect((columnOf(twice, 'x') as NumericColumn).samples[0]?.counts).toEqual(Float64Array.of(8e9, 16e9));
  });

  test('refuses columns that differ', async () => {
    const numbers = await ofNumbers([1]);
    const texts = await profiled(memoryScanner({ x: { texts: ['a'] } }));
    expect(() => mergeProfiles(numbers, texts)).toThrow('column "x" is number in one and category in the other');
    expect(() => mergeProfiles(numbers, { ...numbers, columns: new Map() })).toThrow('absent in the other');
  });
});

describe('a category column', () => {
  const categoriesOf = async (column: MemoryColumn, limits?: ProfileLimits) =>
    columnOf(await profiled(memoryScanner({ x: column }), limits), 'x') as CategoricalColumn;

  test('counts its categories, most frequent first', async () => {
    const column = await categoriesOf(
      { texts: ['b', 'a', null, 'b', '__proto__', 'constructor', 'b', 'a'] },
      { ...tight, categories: 9, heldCategories: 36 },
    );
    expect(column).toEqual({
      kind: 'categorical',
      rows: 8,
      nulls: 1,
      mistyped: 0,
      counts: new Map([
        ['b', 3],
        ['a', 2],
        ['__proto__', 1],
        ['constructor', 1],
      ]),
      other: 0,
      distinct: 4,
    });
  });

  test('given as texts with counts equals the same one given cell by cell', async () => {
    const textCounts = [
      ['a', 3],
      ['b', 1],
      ['a', 2],
      ['c', 7],
    ] as const;
    const texts = textCounts.flatMap(([text, count]) => new Array<string>(count).fill(text));
    expect(await categoriesOf({ textCounts })).toEqual(await categoriesOf({ texts }));
  });

  test('with too many of them keeps the most frequent and estimates how many there are', async () => {
    const texts = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? `top ${i % 2}` : `id ${i}`));
    const column = await categoriesOf({ texts });
    expect([...column.counts.keys()].slice(0, 2)).toEqual(['top 0', 'top 1']);
    expect(column.counts.size).toBe(3);
    expect(column.other + [...column.counts.values()].reduce((a, b) => a + b)).toBe(30_000);
    expect(column.distinct / 20_002).toBeGreaterThan(0.95);
    expect(column.distinct / 20_002).toBeLessThan(1.05);
  });

  test('merges to the whole while its categories are few, and never invents a row', async () => {
    const words = fc.array(fc.constantFrom(...'abcdefghijklmnopqrst'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(words, words, fc.constantFrom(1, 3, 9), async (left, right, categories) => {
        const limits = { ...tight, categories, heldCategories: 4 * categories };
        const [a, b] = (await Promise.all(
          [left, right].map((texts) => profiled(memoryScanner({ x: { texts } }), limits)),
        )) as [TableSketch, TableSketch];
        const whole = await profiled(memoryScanner({ x: { texts: [...left, ...right] } }), limits);
        const merged = mergeProfiles(a, b);
        expect(mergeProfiles(b, a)).toEqual(merged);
        if (new Set([...left, ...right]).size <= 4 * categories) expect(merged).toEqual(whole);
        const column = merged.columns.get('x');
        if (column?.kind !== 'categorical') throw new Error('not categorical');
        expect([...column.counts.values()].reduce((sum, count) => sum + count, column.other)).toBe(
          left.length + right.length,
        );
        for (const [text, count] of column.counts) {
          const truth = [...left, ...right].filter((word) => word === text).length;
          expect(count).toBeLessThanOrEqual(truth);
          expect(truth - count).toBeLessThanOrEqual(column.missed);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('limits are lower where a table has very many columns, so that memory is bounded', () => {
  const options = { categories: 1000, heldCategories: 4000, keptBytes: 0 };
  expect(limitsFor(100, options)).toMatchObject({ distinct: 49_152, bins: 65_536, pages: 64 });
  expect(limitsFor(300, options)).toMatchObject({ distinct: 24_576, bins: 65_536, pages: 27 });
  expect(limitsFor(10_000, options)).toMatchObject({ distinct: 768, bins: 2048, pages: 1 });
});

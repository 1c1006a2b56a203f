import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { ScanColumn } from '../scan.ts';
import { openParquet } from './parquet.ts';
import { bytesSource, type Cell, countsOf, rowsOf } from './testing/collect.ts';

const folder = new URL('./fixtures/', import.meta.url);
const files = ['pages-1.parquet', 'pages-2.parquet'] as const;

function bytesOf(name: string): Buffer {
  return readFileSync(new URL(name, folder));
}

/** What pyarrow reads from both files. `nan` is a cell that says NaN. */
const expected = new Map(
  readFileSync(new URL('expected.jsonl', folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { column: string; cells: Cell[] })
    .map(({ column, cells }) => [column, cells] as const),
);

function open(name: string) {
  return openParquet(bytesSource(bytesOf(name), name), {});
}

function flat(columns: readonly ScanColumn[]): ScanColumn[] {
  return columns.filter(({ name }) => name !== 'list');
}

function tally(cells: readonly Cell[]): Map<Cell, number> {
  const counts = new Map<Cell, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
}

describe.each(files)('%s', (name) => {
  test('has the columns and types of its schema', async () => {
    const { columns, rowGroups } = await open(name);
    const timestamps = ['date', 'millis', 'micros', 'nanos'];
    const categories = ['flag', 'text', 'plain_text', 'delta_lengths', 'delta_texts', 'empty', 'uuid', 'list'];
    expect(columns.map((column) => column.name)).toEqual([...expected.keys(), 'list']);
    for (const { name: column, type } of columns) {
      const kind = timestamps.includes(column) ? 'timestamp' : categories.includes(column) ? 'category' : 'number';
      expect([column, type]).toEqual([column, kind]);
    }
    expect(rowGroups.map(({ rows }) => rows)).toEqual([35, 25]);
  });

  test('has the cells that pyarrow reads, row by row', async () => {
    const scanner = await open(name);
    const { cells, missing, facts, batches } = await rowsOf(scanner, flat(scanner.columns));
    for (const [column, values] of expected) {
      expect([column, cells.get(column)]).toEqual([column, values.map((value) => (value === 'nan' ? null : value))]);
    }
    const nans = expected.get('plain_double')?.filter((value) => value === 'nan').length;
    const nulls = expected.get('plain_double')?.filter((value) => value === null).length;
    expect(missing.get('plain_double')).toEqual({ nulls, nans, mistyped: 0 });
    expect(batches).toEqual([35, 25]);
    expect(facts.rows).toBe(60);
    expect([...facts.mistyped]).toEqual([]);
  });

  test('has the counts of those cells', async () => {
    const scanner = await open(name);
    const { counts, counted, facts } = await countsOf(scanner, flat(scanner.columns));
    for (const [column, values] of expected) expect([column, counts.get(column)]).toEqual([column, tally(values)]);
    for (const column of ['few_ints', 'money', 'date', 'millis', 'flag', 'text', 'uuid']) {
      expect([column, counted.has(column)]).toEqual([column, true]);
    }
    expect(facts.rows).toBe(60);
  });

  test('says which column holds whole numbers that no double holds', async () => {
    const scanner = await open(name);
    const { facts } = await rowsOf(scanner, flat(scanner.columns));
    expect(facts.warnings).toEqual(
      ['delta_long', 'unsigned_long'].map(
        (column) =>
          `${name}: column "${column}" holds whole numbers beyond 2^53; they were rounded to the nearest double.`,
      ),
    );
  });

  test('gives the same in parts of row groups, rows counted from the start of the file', async () => {
    const scanner = await open(name);
    const wanted = flat(scanner.columns);
    const whole = await rowsOf(scanner, wanted);
    const parts = await Promise.all(
      [[0], [1]].map((groups) =>
        rowsOf({ ...scanner, scan: (...input) => scanner.scanRowGroups(groups, ...input) }, wanted),
      ),
    );
    for (const { name: column } of wanted) {
      expect(parts.flatMap(({ cells }) => cells.get(column) ?? [])).toEqual(whole.cells.get(column));
    }
  });

  test('refuses a nested column only when it is wanted', async () => {
    const scanner = await open(name);
    await expect(rowsOf(scanner, [{ name: 'list', type: 'category' }])).rejects.toThrow(
      `${name}: column "list": is nested (a list, a map or a struct): flatten it before writing.`,
    );
  });

  test('reads numbers, moments and Booleans as other types', async () => {
    const scanner = await open(name);
    const { cells } = await rowsOf(scanner, [
      { name: 'few_ints', type: 'category' },
      { name: 'unsigned_long', type: 'category' },
      { name: 'money', type: 'category' },
      { name: 'date', type: 'category' },
      { name: 'nanos', type: 'number' },
      { name: 'flag', type: 'number' },
    ]);
    const texts = (column: string) => expected.get(column)?.map((cell) => (cell === null ? null : String(cell)));
    expect(cells.get('few_ints')).toEqual(texts('few_ints'));
    expect(cells.get('unsigned_long')?.slice(0, 2)).toEqual(['18446744073709551615', '18446744073709551614']);
    expect(cells.get('money')).toEqual(texts('money'));
    expect(cells.get('date')?.[1]).toBe('1960-04-07T00:00:00.000Z');
    expect(cells.get('nanos')).toEqual(expected.get('nanos'));
    expect(cells.get('flag')).toEqual(
      expected.get('flag')?.map((cell) => (cell === null ? null : Number(cell === 'true'))),
    );
  });

  test('names the first cell of a text column that is no number', async () => {
    const scanner = await open(name);
    for (const read of [rowsOf, countsOf]) {
      const { facts } = await read(scanner, [
        { name: 'text', type: 'number' },
        { name: 'plain_text', type: 'number' },
      ]);
      expect(facts.mistyped.get('text')).toEqual({ row: 1, text: 'città 0 ✓' });
      expect(facts.mistyped.get('plain_text')).toEqual({ row: 2, text: 'row 1' });
    }
  });
});

describe('openParquet', () => {
  test('takes the types that the user states', async () => {
    const types = new Map([['few_ints', 'category' as const]]);
    const { columns } = await openParquet(bytesSource(bytesOf(files[0])), { types });
    expect(columns.find(({ name }) => name === 'few_ints')).toEqual({ name: 'few_ints', type: 'category' });
  });

  test('refuses a column that is not there, and a number as a moment', async () => {
    const scanner = await open(files[0]);
    await expect(rowsOf(scanner, [{ name: 'age', type: 'number' }])).rejects.toThrow(
      'pages-1.parquet: column "age": is not in the table. Check its name.',
    );
    await expect(rowsOf(scanner, [{ name: 'small', type: 'timestamp' }])).rejects.toThrow(
      'pages-1.parquet: column "small": holds numbers, not timestamps. Read it as a number, or write it as timestamps.',
    );
  });

  test('refuses a source that can only be read in order', async () => {
    const { label, stream } = bytesSource(bytesOf(files[0]), 'stdin');
    await expect(openParquet({ label, stream }, {})).rejects.toThrow('stdin: is Parquet, which is read from its end');
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'has 0 bytes'],
    ['a text file', Buffer.from('a,b\n1,2\n3,4\n'), 'does not end as a Parquet file does'],
    ['a file cut off', bytesOf(files[0]).subarray(0, 9000), 'does not end as a Parquet file does'],
    ['an encrypted file', Buffer.concat([Buffer.alloc(20), Buffer.from('PARE')]), 'is encrypted'],
    ['a footer larger than the file', Buffer.from('PAR1\0\0\0\0\xff\xff\0\0PAR1', 'latin1'), 'its footer is larger'],
    ['an empty footer', Buffer.from('PAR1\0\0\0\0\0PAR1', 'latin1'), 'damaged footer: it is cut off'],
  ])('says what is wrong with %s', async (_, bytes, message) => {
    await expect(openParquet(bytesSource(bytes), {})).rejects.toThrow(message);
    await expect(openParquet(bytesSource(bytes), {})).rejects.toMatchObject({ name: 'UserError' });
  });

  test('gives hashes to texts beyond what may be kept, the same row by row and in counts', async () => {
    const options = { interning: { texts: 10 } };
    const wanted = [{ name: 'delta_texts', type: 'category' as const }];
    const scanner = await openParquet(bytesSource(bytesOf(files[0])), options);
    const cells = (await rowsOf(scanner, wanted)).cells.get('delta_texts') ?? [];
    expect(cells.slice(0, 10)).toEqual(expected.get('delta_texts')?.slice(0, 10));
    expect(cells.slice(10).every((cell) => /^#\d+$/.test(String(cell)))).toBe(true);
    expect(new Set(cells).size).toBe(60);
    expect((await countsOf(scanner, wanted)).counts.get('delta_texts')).toEqual(tally(cells));
  });

  test('stops when it is told to', async () => {
    const scanner = await open(files[0]);
    const reason = new Error('stopped');
    const sink = { rowsWanted: true, numbers: () => undefined, codes: () => undefined };
    await expect(scanner.scan(flat(scanner.columns), sink, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

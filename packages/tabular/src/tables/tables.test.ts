import { copyFile, symlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openTable, type TableOptions } from '../open-table.ts';
import { mergeProfiles } from '../profile/merge.ts';
import { profileColumns } from '../profile/profile-columns.ts';
import type { TableSketch } from '../profile/sketch.ts';
import { firstHashCode, type Sink } from '../scan.ts';
import { collected } from '../testing/collect.ts';
import { testFolder } from '../testing/test-folder.ts';
import { tableFiles, tableSource } from './files.ts';
import { parsedGlob } from './glob.ts';

const folder = testFolder();
const { write, faultOf } = folder;

async function found(where: string | readonly string[]): Promise<string[]> {
  return (await tableFiles(where)).map(({ label }) => relative(folder.path, label));
}

async function scanOf(where: string | readonly string[] = folder.path, options: TableOptions = {}) {
  const scanner = await openTable(where, options);
  return { scanner, ...(await collected(scanner)) };
}

/** Of a profile what does not depend on how the rows came in batches: sums are made batch by batch. */
function exactParts({ columns }: TableSketch): unknown[] {
  return [...columns].map(([name, column]) => [name, { ...column, moments: undefined }]);
}

describe('the files of a place', () => {
  test('are the tables in a folder, by the order of their paths, without hidden files', async () => {
    await write({
      'b.csv': '',
      'a/z.jsonl.gz': '',
      'a/b/c.parquet': '',
      'a.tsv': '',
      'README.md': '',
      _SUCCESS: '',
      '.hidden.csv': '',
      '_delta_log/0.jsonl': '',
      '10.ndjson': '',
      '9.ndjson': '',
    });
    expect(await found(folder.path)).toEqual([
      '10.ndjson',
      '9.ndjson',
      'a.tsv',
      'a/b/c.parquet',
      'a/z.jsonl.gz',
      'b.csv',
    ]);
  });

  test.each([
    ['*.csv', ['a.csv', 'b.csv']],
    ['?.csv', ['a.csv', 'b.csv']],
    ['**/*.csv', ['a.csv', 'b.csv', 'x/c.csv', 'x/y/d.csv']],
    ['*/*.csv', ['x/c.csv']],
    ['x/**', ['x/c.csv', 'x/y/d.csv', 'x/y/e.txt']],
    ['**/[cd].csv', ['x/c.csv', 'x/y/d.csv']],
    ['[!a].csv', ['b.csv']],
    ['{a,x/c}.csv', ['a.csv', 'x/c.csv']],
    ['x/y/*.{csv,txt}', ['x/y/d.csv', 'x/y/e.txt']],
    ['x/*/d.csv', ['x/y/d.csv']],
  ])('are those that %s matches', async (pattern, expected) => {
    await write({ 'a.csv': '', 'b.csv': '', 'x/c.csv': '', 'x/y/d.csv': '', 'x/y/e.txt': '' });
    expect(await found(join(folder.path, pattern))).toEqual(expected);
  });

  test('may have the letters of a pattern in their name', async () => {
    await write({ 'a[1].csv': '', 'a1.csv': '' });
    expect(await found(join(folder.path, 'a[1].csv'))).toEqual(['a[1].csv']);
    expect(await found(join(folder.path, 'a[0-9].csv'))).toEqual(['a1.csv']);
  });

  test('come once, wherever links lead', async () => {
    await write({ '2024/a.csv': '', '2025/b.csv': '' });
    await symlink('2025', join(folder.path, 'latest'));
    await symlink('..', join(folder.path, '2024/up'));
    await symlink('self', join(folder.path, 'self'));
    await symlink('a.csv', join(folder.path, '2024/same.csv'));
    expect(await found(folder.path)).toEqual(['2024/a.csv', '2025/b.csv']);
    const file = join(folder.path, '2024/a.csv');
    expect(await found([file, file, folder.path])).toEqual(['2024/a.csv', '2025/b.csv']);
  });

  test('start at a folder, and are called what they were called', async () => {
    await write({ 'x/a.csv': 'n\n1\n', 'x/b.csv': 'n\n2,3\n' });
    expect(await tableFiles(['x/a.csv', './x/*.csv'], { folder: folder.path })).toEqual([
      { kind: 'file', path: join(folder.path, 'x/a.csv'), label: 'x/a.csv' },
      { kind: 'file', path: join(folder.path, 'x/b.csv'), label: 'x/b.csv' },
    ]);
    const source = await tableSource('x', { folder: folder.path });
    expect(source).toMatchObject({ label: 'x', size: 10 });
    await expect(openTable(source)).rejects.toThrow('x/b.csv:2: row 1: has 2 fields');
    await expect(openTable(JSON.parse(JSON.stringify(source.address)))).rejects.toThrow('x/b.csv:2: ');
    expect(() => source.stream()).toThrow('x: is 2 files, where one is wanted. Name one.');
    expect(await tableSource('x/a.csv', { folder: folder.path })).toMatchObject({ label: 'x/a.csv', size: 4 });
  });

  test('must be there', async () => {
    await write({ 'x/readme.txt': '' });
    expect(await faultOf(tableFiles([]))).toBe('No file is named. Name a file, a folder or a glob.');
    expect(await faultOf(tableFiles(folder.path))).toBe(
      '.: holds no file named .csv, .tsv, .jsonl, .ndjson or .parquet. Check the folder.',
    );
    expect(await faultOf(tableFiles(`${folder.path}/*.csv`))).toBe('*.csv: matches no file. Check the pattern.');
    expect(await faultOf(tableFiles(`${folder.path}/y/**/*.csv`))).toBe(
      'y/**/*.csv: matches no file. Check the pattern.',
    );
    expect(await faultOf(openTable(`${folder.path}/none.csv`))).toBe('none.csv: does not exist. Check the path.');
  });

  test('are matched by any text as a pattern of itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(!/[*?[\]{}/\\]/.test(text));
        expect(parsedGlob(`x/*${text}`)?.pattern.test(`y${text}`)).toBe(true);
        expect(parsedGlob(`x/*${text}`)?.pattern.test(`y${text}z`)).toBe(`y${text}z`.endsWith(text));
      }),
    );
  });
});

describe('several files are one table', () => {
  test('with the columns of the first, in any order, and one code for a text', async () => {
    await write({
      '1.csv': 'n,c,t\n1,x,2024-01-01\n2,y,\n',
      '2.csv.gz': gzipSync('c,t,n\ny,,3\nz,2024-01-02,4\nx,,\n'),
      '3.csv': 'n,c,t\n',
      '4.csv': 'n;c;t\n5;x;\n',
    });
    const { scanner, columns, facts } = await scanOf();
    expect(scanner.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'n number',
      'c category',
      't timestamp',
    ]);
    expect(columns).toEqual([
      [1, 2, 3, 4, Number.NaN, 5],
      ['x', 'y', 'y', 'z', 'x', 'x'],
      [Date.UTC(2024, 0, 1), Number.NaN, Number.NaN, Date.UTC(2024, 0, 2), Number.NaN, Number.NaN],
    ]);
    expect(facts).toEqual({ rows: 6, mistyped: new Map(), warnings: [] });
    const [, c] = scanner.columns;
    expect((await collected(scanner, c === undefined ? [] : [c])).columns).toEqual([columns[1]]);
  });

  test('in JSONL, where a file may lack a column, and the first files say which there are', async () => {
    await write({ '1.jsonl': '{"a":1}\n', '2.jsonl': '{"b":"x"}\n{"a":2,"b":"y"}\n', '3.jsonl': '{"a":3}\n' });
    const { columns } = await scanOf();
    expect(columns).toEqual([
      [1, Number.NaN, 2, 3],
      [null, 'x', 'y', null],
    ]);
  });

  test('with the types that the first files agree on', async () => {
    await write({ '1.csv': 'a,b,c\n1,,1\n', '2.csv': 'a,b,c\nx,2024-01-01,\n', '3.csv': 'a,b,c\n2,,3\n' });
    const { scanner, columns } = await scanOf();
    expect(scanner.columns.map(({ type }) => type)).toEqual(['category', 'timestamp', 'number']);
    expect(columns[0]).toEqual(['1', 'x', '2']);
    const stated = await scanOf(folder.path, { types: new Map([['a', 'number']]) });
    expect(stated.facts.mistyped.get('a')).toEqual({ file: join(folder.path, '2.csv'), row: 1, line: 2, text: 'x' });
  });

  test('and the same as one file with all their rows', async () => {
    const row = fc.record({ n: fc.option(fc.integer()), c: fc.constantFrom('x', 'y', 'long text é', '1', '') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 5 }), { minLength: 2, maxLength: 5 }), async (parts) => {
        await folder.renew();
        const text = (rows: (typeof parts)[number]) => `n,c\n${rows.map(({ n, c }) => `${n ?? ''},${c}\n`).join('')}`;
        await write(Object.fromEntries(parts.map((rows, index) => [`${index}.csv`, text(rows)])));
        await write({ 'whole/all.csv': text(parts.flat()) });
        const options = { types: new Map([['c', 'category' as const]]) };
        const several = await scanOf(`${folder.path}/*.csv`, options);
        const whole = await scanOf(join(folder.path, 'whole/all.csv'), options);
        expect(several.columns).toEqual(whole.columns);
        expect(several.facts.rows).toBe(whole.facts.rows);
        expect(several.counts).toEqual(whole.counts);
      }),
      { numRuns: 15 },
    );
  });

  test('of Parquet, row by row and counted', async () => {
    const fixture = fileURLToPath(new URL('../parquet/fixtures/pages-1.parquet', import.meta.url));
    for (const name of ['1', '2']) await copyFile(fixture, join(folder.path, `${name}.parquet`));
    const one = await openTable(fixture);
    const both = await openTable(folder.path);
    const wanted = one.columns.filter(({ name }) => name !== 'list');
    const single = await collected(one, wanted);
    const double = await collected(both, wanted);
    expect(double.columns).toEqual(single.columns.map((cells) => [...cells, ...cells]));
    for (const mode of ['exact', 'sketch'] as const) {
      const { sketch } = await profileColumns(both, wanted, { mode });
      const { sketch: half } = await profileColumns(one, wanted, { mode });
      expect(exactParts(sketch)).toEqual(exactParts(mergeProfiles(half, half)));
    }
  });

  test('have the profile of one file with all their rows', async () => {
    const rows = Array.from({ length: 9000 }, (_, row) => `${row * 0.37},${row % 13 === 0 ? '' : `c${row % 50}`}\n`);
    const text = (from: number, to: number) => `n,c\n${rows.slice(from, to).join('')}`;
    await write({
      '1.csv': text(0, 10),
      '2.csv': text(10, 6000),
      '3.csv': text(6000, 9000),
      'w/w.csv': text(0, 9000),
    });
    const several = await openTable(`${folder.path}/*.csv`);
    const whole = await openTable(join(folder.path, 'w/w.csv'));
    for (const mode of ['exact', 'sketch'] as const) {
      const { sketch } = await profileColumns(several, several.columns, { mode });
      const { sketch: expected } = await profileColumns(whole, whole.columns, { mode });
      expect(sketch.rows).toBe(9000);
      expect(exactParts(sketch)).toEqual(exactParts(expected));
    }
  });

  test('may be many and small', async () => {
    await write(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}.csv`, `n,c\n${index},x\n`])));
    const { columns } = await scanOf();
    expect(columns[0]?.reduce<number>((sum, cell) => sum + Number(cell), 0)).toBe((499 * 500) / 2);
    expect(new Set(columns[1])).toEqual(new Set(['x']));
  });

  test('keep a code for a text that another file kept as a hash', async () => {
    await write({
      '1.csv': 'c\na\nb\n',
      '2.csv': 'c\nx\ny\nb\nz\na\n',
    });
    const scanner = await openTable(folder.path, { interning: { texts: 2 } });
    const codes: number[] = [];
    const hashes: number[] = [];
    let hashing = false;
    const sink: Sink = {
      rowsWanted: true,
      numbers() {},
      codes(_, cells) {
        for (const code of cells.codes) {
          codes.push(code);
          hashes.push(cells.hash?.(code) ?? 0);
        }
        hashing ||= cells.hashing === true;
      },
    };
    await scanner.scan(scanner.columns, sink);
    expect(hashing).toBe(true);
    expect([codes[0], codes[1], codes[4], codes[6]]).toEqual([1, 2, 2, 1]);
    expect([codes[2], codes[3], codes[5]].every((code) => Number(code) >= firstHashCode)).toBe(true);
    expect(new Set(hashes).size).toBe(5);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'one lacks a column',
      { '1.csv': 'a,b\n1,2\n', '2.csv': 'a,c\n1,2\n' },
      '2.csv: has no column "b". It has "a", "c".',
    ],
    [
      'one is of another format',
      { '1.csv': 'a,b\n1,2\n', '2.jsonl': '{"a":1,"b":2}\n' },
      '2.jsonl: is jsonl, but the files before it are csv. Read files of one format at a time.',
    ],
    [
      'one is broken',
      { '1.csv': 'a,b\n1,2\n', '2.csv': 'a,b\n1,2\n3\n' },
      '2.csv:3: row 2, column "b": has 1 fields, but the header names 2 columns. This column is missing.',
    ],
    ['one is empty', { '1.csv': 'a,b\n1,2\n', '2.csv': '' }, '2.csv: is empty. Check what writes it.'],
  ])('and are refused when %s', async (_, files, message) => {
    await write(files);
    expect(await faultOf(scanOf())).toBe(message);
  });

  test('and say which columns only some of them have', async () => {
    await write({ '1.csv': 'a\n1\n', '2.csv': 'b,a\n2,1\n' });
    const { columns, facts } = await scanOf();
    expect(columns).toEqual([[1, 1]]);
    expect(facts.warnings.map(folder.named)).toEqual([
      '2.csv: has the columns "b", which the first file has not; they were not read.',
    ]);
  });

  test('also at addresses', async () => {
    const server = createServer((request, response) => response.end(`a,b\n${request.url?.length},x\n`)).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const { columns } = await scanOf([`http://127.0.0.1:${port}/1.csv`, `http://127.0.0.1:${port}/22.csv?key=secret`]);
    expect(columns[0]).toEqual([6, 18]);
    server.close();
    server.closeAllConnections();
  });

  test('and a scan of them stops when its signal aborts', async () => {
    await write({ '1.csv': 'a\n1\n', '2.csv': 'a\n2\n' });
    const scanner = await openTable(folder.path);
    const abort = new AbortController();
    const sink: Sink = { rowsWanted: true, numbers() {}, codes() {}, endBatch: () => abort.abort(new Error('enough')) };
    await expect(scanner.scan(scanner.columns, sink, abort.signal)).rejects.toThrow('enough');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotedFields, withoutLineEnd } from './csv.ts';
import { recordCutter } from './records.ts';
import { formatOf, type Row, readTable, type TableFormat } from './table.ts';
import { userErrorOf } from './testing/user-error.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tabular-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tableOf(content: string | Buffer, name = 'data.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  const rows: Row[] = [];
  let columns: readonly string[] = [];
  for await (const batch of readTable(path, formatOf(name) as TableFormat, { label: name })) {
    columns = batch.columns;
    for (const row of batch.rows) rows.push(row);
  }
  return { columns, rows, cells: rows.map((row) => row.cells) };
}

function faultOf(content: string | Buffer, name?: string): Promise<string> {
  return userErrorOf(tableOf(content, name));
}

describe('a CSV file', () => {
  test('has its rows with their lines', async () => {
    const { columns, rows } = await tableOf('a,b\r\n1,"x\r\ny"\r\n\r\n2,"say ""hi"", ok"\r\n,z');
    expect(columns).toEqual(['a', 'b']);
    expect(rows.map(({ row, line, cells }) => ({ row, line, cells }))).toEqual([
      { row: 1, line: 2, cells: ['1', 'x\r\ny'] },
      { row: 2, line: 5, cells: ['2', 'say "hi", ok'] },
      { row: 3, line: 6, cells: [null, 'z'] },
    ]);
    expect(Buffer.concat(rows.map((row) => row.bytes)).toString()).toBe('1,"x\r\ny"\r\n2,"say ""hi"", ok"\r\n,z');
  });

  test('may begin with a byte order mark, hold any text and be packed', async () => {
    const text = '\ufeffnaïve,__proto__\né😀,constructor\n';
    for (const [content, name] of [
      [text, 'a.csv'],
      [gzipSync(text), 'a.csv.gz'],
      [Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]), 'b.csv.gz'],
      [text.replaceAll(',', '\t'), 'a.tsv'],
    ] as const) {
      const { columns, cells } = await tableOf(content, name);
      expect(columns).toEqual(['naïve', '__proto__']);
      expect(cells).toEqual([['é😀', 'constructor']]);
    }
  });

  const field = fc.oneof(fc.stringMatching(/^[ab",\r\n ]{0,6}$/), fc.string({ unit: 'grapheme' }));
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

  test('gives back what was written, wherever its chunks end', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(200)), (rows, cuts) => {
        const clean = rows.map((row) => row.map((text) => text.replaceAll('\0', '')));
        const bytes = Buffer.from(`${clean.map((row) => row.map(quote).join(',')).join('\n')}\n`);
        const cutter = recordCutter('f', { kind: 'quoted', delimiter: 44 });
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const records = ends.flatMap((end, index) => cutter.push(bytes.subarray(ends[index - 1] ?? 0, end)));
        records.push(...cutter.end());
        expect(Buffer.concat(records.map((record) => record.bytes))).toEqual(bytes);
        const read = records.map((record) => quotedFields(withoutLineEnd(record.bytes), ',', { file: 'f' }));
        expect(read).toEqual(clean);
      }),
    );
  });

  test.each<{ what: string; content: () => string | Buffer; message: RegExp; name?: string }>([
    { what: 'nothing', content: () => '', message: /^data.csv: holds no rows/ },
    { what: 'a header only', content: () => 'a,b\n', message: /^data.csv: holds no rows/ },
    { what: 'blank lines only', content: () => '\n\n\r\n', message: /holds no rows/ },
    {
      what: 'a column twice',
      content: () => 'a,b,a\n1,2,3\n',
      message: /:1: column "a": stands twice, as column 1 and 3/,
    },
    { what: 'a column without a name', content: () => ',a\n0,1\n', message: /^data.csv:1: column 1 has no name/ },
    {
      what: 'a short row',
      content: () => 'a,b\n1,2\n3\n',
      message: /^data.csv:3: row 2, column "b": has 1 fields, .* 2 col/,
    },
    { what: 'a long row', content: () => 'a,b\n1,2,3\n', message: /^data.csv:2: row 1: has 3 fields, .* 2 columns/ },
    { what: 'an open quote', content: () => 'a,b\n1,"2\n3,4\n', message: /^data.csv:2: a quote .* never closed/ },
    { what: 'text after a quote', content: () => 'a,b\n"1"x,2\n', message: /^data.csv:2: field 1 goes on after/ },
    {
      what: 'Latin-1',
      content: () => Buffer.from('a\nok\ncaf\xe9 noir\n', 'latin1'),
      message: /^data.csv:3: holds bytes that are not UTF-8, near "caf/,
    },
    { what: 'UTF-16', content: () => Buffer.from('\ufeffa\n1\n', 'utf16le'), message: /^data.csv: is UTF-16/ },
    { what: 'a NUL byte', content: () => 'a\nok\nx\0y\n', message: /^data.csv:3: holds a NUL byte/ },
    {
      what: '10,001 columns',
      content: () => `${Array.from({ length: 10_001 }, (_, i) => `c${i}`).join()}\n`,
      message: /^data.csv:1: has 10001 columns/,
    },
    {
      what: 'a row of 17 MiB',
      content: () => `a\n${'x'.repeat(17 << 20)}\n`,
      message: /^data.csv:2: the row that starts here is over 16 MiB/,
    },
    {
      what: 'gzip cut off',
      content: () => gzipSync('a\n1\n').subarray(0, 18),
      message: /^data.csv.gz: the gzip data is cut off/,
      name: 'data.csv.gz',
    },
    { what: 'no gzip', content: () => 'a\n1\n', message: /^data.csv.gz: is not valid gzip data/, name: 'data.csv.gz' },
    {
      what: 'a bomb',
      content: () => gzipSync(`a\n${`${'1'.repeat(1 << 10)}\n`.repeat(66 << 10)}`),
      message: /^data.csv.gz: unpacks to over 300 times/,
      name: 'data.csv.gz',
    },
  ])('with $what is refused', async ({ content, message, name }) => {
    expect(await faultOf(content(), name)).toMatch(message);
  });

  test('that does not exist or is a folder is refused', async () => {
    const read = (path: string) => readTable(path, 'csv', { label: 'x.csv' }).next();
    await expect(read(join(folder, 'none.csv'))).rejects.toThrow('x.csv: does not exist');
    await expect(read(join(folder, 'n'.repeat(300)))).rejects.toThrow('x.csv: does not exist');
    await expect(read(folder)).rejects.toThrow('x.csv: is not a file');
  });

  test('stops being read when its signal aborts', async () => {
    const path = join(folder, 'long.csv');
    await writeFile(path, `a\n${'1\n'.repeat(2 << 20)}`);
    const abort = new AbortController();
    const batches = readTable(path, 'csv', { signal: abort.signal });
    await batches.next();
    abort.abort(new Error('enough'));
    await expect(batches.next()).rejects.toThrow('enough');
  });
});

describe('a JSONL file', () => {
  test('has typed cells, null where a key is absent', async () => {
    const { columns, cells } = await tableOf('{"a":1,"__proto__":"x"}\r\n\n{"__proto__":null}\n{"a":[1]}', 'd.jsonl');
    expect(columns).toEqual(['a', '__proto__']);
    expect(cells).toEqual([
      [1, 'x'],
      [null, null],
      [[1], null],
    ]);
  });

  test.each<[string, string, RegExp]>([
    ['bad JSON', '{"a":1}\n{"a":\n', /^d.jsonl:2: row 2: is not valid JSON/],
    ['a list', '[1]\n', /^d.jsonl:1: row 1: is \[1\], not a JSON object/],
    ['a new column', '{"a":1}\n{"a":1,"b":2}\n', /^d.jsonl:2: row 2, column "b": is not in the first row/],
    ['nothing', '\n', /^d.jsonl: holds no rows/],
  ])('with %s is refused', async (_, content, message) => {
    expect(await faultOf(content, 'd.jsonl')).toMatch(message);
  });
});

test('the format comes from the name', () => {
  expect(['a.CSV', 'b.tsv.gz', 'c.ndjson', 'd.jsonl.gz', 'e.parquet', 'csv', 'f.csv.zip'].map(formatOf)).toEqual([
    'csv',
    'tsv',
    'jsonl',
    'jsonl',
    undefined,
    undefined,
    undefined,
  ]);
});

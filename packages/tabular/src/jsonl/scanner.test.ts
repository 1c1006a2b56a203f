import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openTable } from '../open-table.ts';
import type { ScanType, Sink } from '../scan.ts';
import { fileSource } from '../sources/file.ts';
import { type Cell, type Collected, chunked, collected } from '../testing/collect.ts';
import { userErrorOf } from '../testing/user-error.ts';
import { jsonlParser } from './parser.ts';
import { type JsonlOptions, openJsonl } from './scanner.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jsonl-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(content: string | Buffer, options: JsonlOptions = {}, name = 'data.jsonl') {
  const path = join(folder, name);
  await writeFile(path, content);
  return openTable(await fileSource(path, name), options);
}

interface Found extends Collected {
  readonly types: string;
  readonly names: string[];
}

async function scanOf(content: string | Buffer, options?: JsonlOptions): Promise<Found> {
  const scanner = await opened(content, options);
  return {
    ...(await collected(scanner)),
    types: scanner.columns.map(({ type }) => type[0]).join(''),
    names: scanner.columns.map(({ name }) => name),
  };
}

function faultOf(content: string | Buffer, options?: JsonlOptions): Promise<string> {
  return userErrorOf(scanOf(content, options));
}

const stated = (types: Record<string, ScanType>) => new Map(Object.entries(types));
const lines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const none = Number.NaN;
const ignoring: Sink = { rowsWanted: true, numbers() {}, codes() {} };

describe('columns', () => {
  test('are the keys of the first rows, with the type that each of their values has', async () => {
    const { names, types, columns } = await scanOf(
      lines(
        { n: 1, t: '2024-01-02', c: 'x', digits: '01234', b: true, none: null },
        { n: -2.5e3, t: null, c: '', digits: '7', b: false, late: 1 },
        { t: '2024-01-02T03:04:05Z' },
      ),
    );
    expect(names).toEqual(['n', 't', 'c', 'digits', 'b', 'none', 'late']);
    expect(types).toBe('ntcccnn');
    expect(columns).toEqual([
      [1, -2500, none],
      [Date.UTC(2024, 0, 2), none, Date.UTC(2024, 0, 2, 3, 4, 5)],
      ['x', null, null],
      ['01234', '7', null],
      ['true', 'false', null],
      [none, none, none],
      [none, 1, none],
    ]);
  });

  test('are numbers however long: moments in micro- and nanoseconds, and those that JSON does not have', async () => {
    const { types, columns } = await scanOf(
      '{"micro":1700000000000001,"nano":1700000000000000001,"nan":NaN,"text":"1700000000000001"}\n'.repeat(2),
    );
    expect(types).toBe('nnnc');
    expect(columns.map(([first]) => first)).toEqual([1700000000000001, 1.7e18, none, '1700000000000001']);
  });

  test('are what the user states, also when no row of the first MiB has them', async () => {
    const types = stated({ b: 'number', digits: 'number', rare: 'category', n: 'category' });
    const { columns } = await scanOf(lines({ b: true, digits: '01', n: 1 }, { b: false, digits: '2', n: 2.5 }), {
      types,
    });
    expect(columns).toEqual([
      [1, 0],
      [1, 2],
      ['1', '2.5'],
      [null, null],
    ]);
  });

  test('inside objects have the path to them for a name, lists are the text of their JSON', async () => {
    const { names, columns } = await scanOf(
      '{"a": {"b": {"c": 1}, "d": "x"}, "list": [1, 2,{"x": []}]}\n{"a":{"d":"y"},"list":[]}\n',
    );
    expect(names).toEqual(['a.b.c', 'a.d', 'list']);
    expect(columns).toEqual([
      [1, none],
      ['x', 'y'],
      ['[1,2,{"x":[]}]', '[]'],
    ]);
  });

  test('that come up behind the first MiB are passed over with a warning', async () => {
    const { names, columns, facts } = await scanOf(
      `${'{"a":1}\n'.repeat(200_000)}{"a":2,"late":1}\n{"late":2,"__proto__":3}\n`,
    );
    expect(names).toEqual(['a']);
    expect(columns[0]?.slice(-2)).toEqual([2, none]);
    expect(facts.warnings).toEqual([
      'data.jsonl:200001: the columns "late", "__proto__" come up first behind the rows that the columns are taken from; they were not read. State their types to read them.',
    ]);
  });

  test('may have any name', async () => {
    const row = '{"__proto__":1,"constructor":2,"a\\"b":3,"\\u00e9":4,"漢字":5,"x y":6,"x\\ny":7,"1":8}\n';
    const { names, columns } = await scanOf(row.repeat(3));
    expect([...names].sort()).toEqual(['x\ny', '1', '__proto__', 'a"b', 'constructor', 'x y', 'é', '漢字'].sort());
    const found = new Map(names.map((name, index) => [name, columns[index]]));
    expect(found.get('__proto__')).toEqual([1, 1, 1]);
    expect(found.get('é')).toEqual([4, 4, 4]);
    expect(found.get('a"b')).toEqual([3, 3, 3]);
  });

  test('may be 10,000, in any order', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `column ${index}`);
    const row = (order: string[]) =>
      JSON.stringify(Object.fromEntries(order.map((name) => [name, Number(name.slice(7))])));
    const { columns } = await scanOf(`${row(names)}\n${row([...names].reverse())}\n{"column 5":5}\n`);
    expect(columns).toEqual(names.map((_, index) => [index, index, index === 5 ? 5 : none]));
  });
});

describe('a row', () => {
  test('may have its keys in any order, leave some out, and have blanks and blank lines around it', async () => {
    const { columns } = await scanOf('{"a":1,"b":"x"}\r\n\n  {"b" : "y" ,\t"a":2 } \n   \n{}\n{"b":"z"}');
    expect(columns).toEqual([
      [1, 2, none, none],
      ['x', 'y', null, 'z'],
    ]);
  });

  test('may have a key twice: the last counts', async () => {
    const { columns } = await scanOf('{"a":1,"b":2}\n{"a":1,"a":3,"b":2}\n');
    expect(columns).toEqual([
      [1, 3],
      [2, 2],
    ]);
  });

  test('may hold what Python writes and JSON does not know', async () => {
    const { columns, counts } = await scanOf(
      '{"a":NaN,"b":[NaN]}\n{"a":-Infinity}\n{"a":Infinity,"b":["NaN"]}\n{"a":1}\n',
    );
    expect(columns).toEqual([
      [none, -Infinity, Infinity, 1],
      ['["NaN"]', null, '["NaN"]', null],
    ]);
    expect(counts[0]).toEqual({ nulls: 0, nans: 1, mistyped: 0 });
  });

  test('may have numbers as categories: as JavaScript writes them, whole ones beyond 2^53 as they stand', async () => {
    const texts = ['1', '1.0', '1e3', '-0', '0', '12345678901234567890', '9007199254740993'];
    const rows = texts.map((text) => `{"id":${text}}\n{"id":${text},"nested":{"x":1}}\n`).join('');
    const { columns } = await scanOf(rows, { types: stated({ id: 'category' }) });
    const expected = ['1', '1', '1000', '0', '0', '12345678901234567890', '9007199254740993'];
    expect(columns[0]).toEqual(expected.flatMap((text) => [text, text]));
  });

  test('has a mistyped cell where a value is not of the type', async () => {
    const { facts, counts } = await scanOf(
      `${'{"n":1,"t":"2024-01-01"}\n'.repeat(60_000)}{"n":"x","t":5}\n{"n":[1],"t":"y"}\n`,
    );
    expect(counts).toEqual([
      { nulls: 0, nans: 0, mistyped: 2 },
      { nulls: 0, nans: 0, mistyped: 2 },
    ]);
    expect(facts.mistyped.get('n')).toEqual({ row: 60_001, line: 60_001, text: 'x' });
    expect(facts.mistyped.get('t')).toEqual({ row: 60_001, line: 60_001, text: '5' });
  });
});

describe('values are those of JSON.parse', () => {
  const key = fc.constantFrom('a', 'b', 'some longer key', 'é', 'k"', '__proto__', 'x.y');
  const value = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\n', 'é', '😀', '\ud800', 'x', '1', '\u0001'), maxLength: 40 }),
    fc.boolean(),
    fc.constant(null),
  );
  const blank = fc.constantFrom('', '', ' ', '\t', ' \r ');
  const row = fc.array(fc.tuple(key, value), { maxLength: 8 });

  /** Escapes some letters that need none, as Python does. */
  function written(text: unknown, ascii: boolean): string {
    const json = JSON.stringify(text) ?? 'null';
    return ascii
      ? json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : json;
  }

  function shown(cell: unknown, type: ScanType): Cell {
    // A text in a column of numbers is empty or writes one.
    if (type === 'number') return cell === null || cell === undefined || cell === '' ? none : Number(cell);
    if (cell === null || cell === undefined || cell === '') return null;
    return Buffer.from(String(cell)).toString();
  }

  test('for any flat rows, however they are written and wherever chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.array(blank, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (rows, [b0, b1, b2, b3, b4], ascii, chunk) => {
          const text = rows
            .map((cells) => {
              const members = cells.map(([name, cell]) => `${written(name, ascii)}${b1}:${b2}${written(cell, ascii)}`);
              return `${b0}{${b3}${members.join(`${b4},${b3}`)}}${b0}`;
            })
            .join('\n');
          const parsed = text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
          const source = chunked(Buffer.from(text), () => chunk, 'data.jsonl');
          if (parsed.every((each) => Object.keys(each).length === 0)) {
            return;
          }
          const scanner = await openJsonl(source, { chunkBytes: 64 });
          const { columns, facts } = await collected(scanner);
          expect(facts.rows).toBe(rows.length);
          scanner.columns.forEach(({ name, type }, index) => {
            if (type === 'timestamp') return;
            const expected = parsed.map((each) => shown(Object.getOwnPropertyDescriptor(each, name)?.value, type));
            expect(columns[index]).toEqual(expected);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('also number by number, bit for bit', async () => {
    const texts = Array.from({ length: 50_000 }, (_, index) => {
      const value = (Math.random() - 0.5) * 10 ** ((index % 600) - 300);
      return [String(value), value.toPrecision(1 + (index % 20)), value.toExponential()][index % 3] as string;
    });
    const { columns } = await scanOf(texts.map((text) => `{"n": ${text}}`).join('\n'));
    expect(texts.filter((text, index) => !Object.is(columns[0]?.[index], Number(text)))).toEqual([]);
  });

  test('and what JSON.parse refuses is refused', async () => {
    const broken = [
      '01',
      '+1',
      '.5',
      '1.',
      '1.e5',
      '-',
      '1e',
      '--1',
      '1 2',
      'tru',
      'nul',
      'truex',
      '"x',
      '"\t"',
      '"\\x"',
      '"\\u12g4"',
      '',
      '}',
      '[1',
      '{"b":1',
      'Nan',
      "'x'",
      '1,',
      '"x"y',
    ];
    for (const text of broken) {
      const line = `{"a":${text}}`;
      expect(() => JSON.parse(line)).toThrow();
      expect(await faultOf(`{"a":1}\n${line}\n`)).toMatch(
        /^data.jsonl:2: row 2: is not valid JSON \(.*\)\. Write one JSON object a line\.$/,
      );
    }
    expect(await faultOf(`${'{"a":1}\n'.repeat(150_000)}{"a":1.}\n`)).toMatch(
      /^data.jsonl:150001: row 150001: is not valid JSON/,
    );
    // The kernel itself must refuse them too, not only the reader of the first rows.
    for (const text of broken) {
      const parser = jsonlParser(
        'data.jsonl',
        [{ name: 'a', type: 'number' }],
        [{ name: 'a', type: 'number' }],
        ignoring,
      );
      expect(() => {
        parser.push(Buffer.from(`{"a":1}\n{"a":${text}}\n`));
        parser.end();
      }).toThrow(/^data.jsonl:2: row 2: is not valid JSON/);
    }
  });
});

describe('a file is refused with its place', () => {
  const deep = `{"a":${'['.repeat(101)}${']'.repeat(101)}}`;
  test.each<[string, string | Buffer, string]>([
    ['that is empty', '', 'data.jsonl: holds no rows. Check what writes it.'],
    ['of blank lines', '\n  \n', 'data.jsonl: holds no rows. Check what writes it.'],
    [
      'that is one list',
      '[\n{"a":1},\n{"a":2}]',
      'data.jsonl:1: row 1: starts a JSON list. Write one object a line, without brackets and commas around them.',
    ],
    [
      'with a row that is no object',
      '{"a":1}\n7\n',
      'data.jsonl:2: row 2: is 7, not a JSON object. Write `{"column": value, …}` on each line.',
    ],
    [
      'with a row cut off at the end',
      '{"a":1}\n{"a":',
      'data.jsonl:2: row 2: is not valid JSON (Unexpected end of JSON input). Write one JSON object a line.',
    ],
    [
      'with a value nested too deep',
      `{"a":1}\n${deep}\n`,
      'data.jsonl:2: row 2: is nested over 100 levels deep. Write the values that matter as columns.',
    ],
    [
      'of brackets',
      '{"a":'.repeat(1 << 20),
      'data.jsonl:1: row 1: is nested over 100 levels deep. Write the values that matter as columns.',
    ],
    [
      'with a NUL byte',
      '{"a":1}\n{"a":"\0"}\n',
      'data.jsonl:2: holds a NUL byte. Is it a text file? Save it as UTF-8 text.',
    ],
    [
      'with bytes that are not UTF-8',
      Buffer.from('{"a":1}\n{"a":"caf\xe9"}\n', 'latin1'),
      'data.jsonl:2: holds bytes that are not UTF-8, near "{\\"a\\":\\"caf�\\"}\\n". Save the file as UTF-8.',
    ],
    ['with a column without a name', '{"":1}\n', 'data.jsonl: column 1 has no name. Name it.'],
    [
      'in one line over 16 MiB',
      `{"a":"${'x'.repeat(18 << 20)}"}`,
      'data.jsonl:1: the row that starts here is over 16 MiB. Is a quote never closed?',
    ],
  ])('%s', async (_, content, message) => {
    expect(await faultOf(content)).toBe(message);
  });

  test('with over 10,000 columns', async () => {
    const row = JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`c${index}`, 1])));
    expect(await faultOf(`${row}\n`)).toMatch(/^data.jsonl: has 10001 columns, over the limit of 10000\./);
  });

  test('when a wanted column is not there', async () => {
    const scanner = await opened('{"a":1}\n');
    await expect(collected(scanner, [{ name: 'z', type: 'number' }])).rejects.toThrow(
      'data.jsonl: has no column "z". It has "a".',
    );
  });
});

test('a file may be packed, begin with a byte order mark, and be known by its first byte', async () => {
  const text = '\ufeff{"a":1}\n{"a":2}\n';
  for (const [content, name] of [
    [text, 'data.ndjson'],
    [text, 'data'],
    [gzipSync(text), 'data.jsonl.gz'],
    [gzipSync(text), 'data'],
  ] as const) {
    expect((await collected(await opened(content, {}, name))).columns).toEqual([[1, 2]]);
  }
});

test('a stream can be scanned once, a file again', async () => {
  const stream = await openJsonl(chunked(Buffer.from('{"a":1}\n'), () => 2));
  expect((await collected(stream)).columns).toEqual([[1]]);
  await expect(collected(stream)).rejects.toThrow('data.csv: can be read once only. Save it as a file first.');
  const file = await opened('{"a":1}\n{"a":2}\n');
  await collected(file);
  expect((await collected(file)).columns).toEqual([[1, 2]]);
});

test('a line may be many megabytes long', async () => {
  const long = 'x\\n'.repeat(4 << 20);
  const { columns } = await scanOf(`{"a":"y","b":1}\n{"a":"${long}","b":2}\n{"b":3,"a":"z"}\n`);
  expect(String(columns[0]?.[1]).length).toBe(8 << 20);
  expect(columns[1]).toEqual([1, 2, 3]);
});

test('a scan stops when its signal aborts', async () => {
  const scanner = await opened('{"a":1}\n'.repeat(1 << 20));
  const abort = new AbortController();
  const sink: Sink = { rowsWanted: true, numbers() {}, codes() {}, endBatch: () => abort.abort(new Error('enough')) };
  await expect(scanner.scan(scanner.columns, sink, abort.signal)).rejects.toThrow('enough');
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cellValue } from '../cell.ts';
import type { KernelExports } from '../kernels/kernel.ts';
import { openTable } from '../open-table.ts';
import { firstHashCode, type ScanColumn, type ScanType, type Sink } from '../scan.ts';
import { fileSource } from '../sources/file.ts';
import { type Collected, chunked, collected } from '../testing/collect.ts';
import { userErrorOf } from '../testing/user-error.ts';
import { type CsvOptions, openCsv } from './scanner.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function opened(content: string | Buffer, options: CsvOptions = {}, name = 'data.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  return openTable(await fileSource(path, name), options);
}

async function scanOf(content: string | Buffer, options?: CsvOptions): Promise<Collected & { types: string }> {
  const scanner = await opened(content, options);
  return { ...(await collected(scanner)), types: scanner.columns.map(({ type }) => type[0]).join('') };
}

function faultOf(content: string | Buffer, options?: CsvOptions): Promise<string> {
  return userErrorOf(scanOf(content, options));
}

const types = (stated: Record<string, ScanType>) => new Map(Object.entries(stated));

describe('the types of columns', () => {
  test('are what every cell of the first rows is', async () => {
    const { types, columns } = await scanOf(
      'n,t,c,empty,mixed\n1,2024-01-02,x,,1\n,2024-01-02T03:04:05Z,y,,a\n-2.5e3,,,,\n',
    );
    expect(types).toBe('ntcnc');
    expect(columns).toEqual([
      [1, Number.NaN, -2500],
      [Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 2, 3, 4, 5), Number.NaN],
      ['x', 'y', null],
      [Number.NaN, Number.NaN, Number.NaN],
      ['1', 'a', null],
    ]);
  });

  test('are what the user states', async () => {
    const { types: found, columns } = await scanOf('id,when\n1,2024\n2,2025\n', {
      types: types({ id: 'category' }),
    });
    expect(found).toBe('cn');
    expect(columns[0]).toEqual(['1', '2']);
  });

  test('can only be stated for columns that are there', async () => {
    expect(await faultOf('a,b\n1,2\n', { types: types({ c: 'number' }) })).toBe(
      'data.csv: has no column "c". It has "a", "b".',
    );
  });
});

describe('cells of a number column', () => {
  test('that are empty, NaN or mistyped are told apart, and the first mistyped one is remembered', async () => {
    const cells = ['1', '', 'NA', 'nan', 'NaN', '-inf', 'Infinity', '"7"', ' 8 ', '0x10', '1,5'];
    const text = `n,x\n${cells.map((cell) => (cell.includes(',') ? `"${cell}",` : `${cell},`)).join('\n')}\n`;
    const { columns, counts, facts } = await scanOf(text, { types: types({ n: 'number' }) });
    const { NaN: none } = Number;
    expect(columns[0]).toEqual([1, none, none, none, none, -Infinity, Infinity, 7, 8, none, none]);
    expect(counts[0]).toEqual({ nulls: 2, nans: 2, mistyped: 2 });
    expect(facts.mistyped).toEqual(new Map([['n', { row: 10, line: 11, text: '0x10' }]]));
  });

  test('say null in the words that the user states, also when these are numbers', async () => {
    const options = { nullTexts: { values: ['-999', '?'], categories: ['none'] } };
    const { columns, types: found } = await scanOf('n,c\n-999,none\n?,x\n3,\n"-999",None\n', options);
    expect(found).toBe('nc');
    expect(columns).toEqual([
      [Number.NaN, Number.NaN, 3, Number.NaN],
      [null, 'x', null, 'None'],
    ]);
  });

  test('have bit for bit the value of Number(text)', async () => {
    const texts = numberTexts(100_000);
    const { columns } = await scanOf(`n\n${texts.join('\n')}\n`);
    const wrong = texts.filter((text, index) => !Object.is(columns[0]?.[index], Number(text)));
    expect(wrong).toEqual([]);
  });

  test('have the value of Number(text) for any decimal text', async () => {
    const digits = fc.stringMatching(/^[0-9]{0,25}$/);
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        digits,
        fc.constantFrom('', '.'),
        digits,
        fc.constantFrom('', 'e5', 'E-7', 'e+30', 'e-330', 'e400'),
      )
      .map((parts) => parts.join(''))
      .filter((text) => Number.isNaN(Number(text)) === false && /\d/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(decimal, { minLength: 1, maxLength: 200 }), async (texts) => {
        const source = chunked(Buffer.from(`n\n${texts.join('\n')}`), () => 1000);
        const { columns } = await collected(await openCsv(source, { types: types({ n: 'number' }) }));
        expect(columns[0]).toEqual(texts.map(Number));
      }),
      { numRuns: 50 },
    );
  });
});

function numberTexts(count: number): string[] {
  const bits = new DataView(new ArrayBuffer(8));
  const below = (limit: number) => Math.floor(Math.random() * limit);
  const kinds: readonly (() => string)[] = [
    () => {
      bits.setUint32(0, below(2 ** 32));
      bits.setUint32(4, below(2 ** 32));
      const value = bits.getFloat64(0);
      return Number.isFinite(value) ? String(value) : '0';
    },
    () => String(Math.random()),
    () => (Math.random() * 1e6).toFixed(below(20)),
    () => String(below(2 ** 31) * below(2 ** 31)),
    () => (Math.random() * 10 ** below(30)).toExponential(below(17)),
    () => `-0.000${below(1e9)}${below(1e9)}`,
    () => `9007199254740993.${below(10)}`,
    () => `${2 ** 53 + 2 * below(1000) + 1}${'0'.repeat(below(5))}e${below(40) - 20}`,
    () => String(below(1000) / 8),
    () => `${below(2) === 0 ? '-' : '+'}${below(100)}.`,
  ];
  return Array.from({ length: count }, (_, index) => (kinds[index % kinds.length] as () => string)());
}

describe('cells of a timestamp column', () => {
  test.each([
    '2024-02-29',
    '2023-02-29',
    '1900-02-29',
    '2000-02-29',
    '2024-04-31',
    '2024-00-10',
    '2024-13-10',
    '2024-01-00',
    '0000-01-01',
    '0000-03-01',
    '9999-12-31T23:59:59.999999999Z',
    '2024-01-02 03:04',
    '2024-01-02T03:04:05.1+05:30',
    '2024-01-02T03:04:05-0800',
    '2024-01-02T03:04+01:00',
    '2024-01-02T03:04:05.123456789',
    '2024-01-02T03:04:05.1234567890',
    '2024-01-02T03:04:05.',
    '2024-01-02T24:00',
    '2024-01-02T03:60',
    '2024-01-02T03:04:60',
    '2024-01-02T03:04Z+',
    '2024-01-02T03:04+24:00',
    '2024-01-02T03:04+1:00',
    '2024-01-02T03',
    '2024-01-02T',
    '2024-1-2',
    '2024/01/02',
    '20240102',
    'yesterday!',
  ])('read %s as a schema does', async (text) => {
    const { columns, counts } = await scanOf(`t\n${text}\n"${text}"`, { types: types({ t: 'timestamp' }) });
    const value = cellValue('timestamp', text, true) ?? Number.NaN;
    expect(columns[0]).toEqual([value, value]);
    expect(counts[0]?.mistyped).toBe(Number.isNaN(value) ? 2 : 0);
  });

  test('are milliseconds for any moment that can be written', async () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(dates, { minLength: 1, maxLength: 300 }), async (moments) => {
        const text = `t\n${moments.map((moment) => moment.toISOString()).join('\n')}`;
        const { columns } = await collected(await openCsv(chunked(Buffer.from(text), () => 500)));
        expect(columns[0]).toEqual(moments.map(Number));
      }),
      { numRuns: 30 },
    );
  });
});

describe('cells of a category column', () => {
  test('have codes in the order of their first appearance that never change', async () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => `text ${(index * 7919) % 5000}`);
    const seen: number[] = [];
    const byCode = new Map<number, string>();
    const sink: Sink = {
      rowsWanted: true,
      numbers() {},
      codes(_, { codes, text, distinct }) {
        for (const code of codes) {
          seen.push(code);
          byCode.set(code, text(code));
          expect(code).toBeLessThanOrEqual(distinct);
        }
      },
    };
    const scanner = await opened(`c\n${texts.join('\n')}\n`);
    await scanner.scan(scanner.columns, sink);
    expect(seen.map((code) => byCode.get(code))).toEqual(texts);
    expect(seen.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(byCode.size).toBe(5000);
  });

  test('come as hashes once a column has outgrown its limit, the same in every scan', async () => {
    const texts = Array.from({ length: 3000 }, (_, index) => `user-${index}`);
    const first = await scanOf(`c\n${texts.join('\n')}\n${texts.join('\n')}`, { interning: { texts: 100 } });
    const cells = first.columns[0] as string[];
    expect(cells.slice(0, 100)).toEqual(texts.slice(0, 100));
    expect(cells.slice(100, 3000).every((cell) => cell.startsWith('#'))).toBe(true);
    expect(cells.slice(3000)).toEqual(cells.slice(0, 3000));
    expect(new Set(cells).size).toBe(3000);
    const reversed = await scanOf(`c\n${[...texts].reverse().join('\n')}`, { interning: { texts: 100 } });
    expect((reversed.columns[0] as string[]).reverse().slice(100, 2900)).toEqual(cells.slice(100, 2900));
  });

  test('say which hash a text with a code would have', async () => {
    const hashes = async (texts: number) => {
      const found: number[] = [];
      const scanner = await opened('c\nx\ny\nsome longer text of more than one word\n', { interning: { texts } });
      await scanner.scan(scanner.columns, {
        rowsWanted: true,
        numbers() {},
        codes: (_, { codes, hash }) => found.push(...Array.from(codes, (code) => hash?.(code) ?? 0)),
      });
      return found;
    };
    const known = await hashes(10);
    expect(known).toEqual(await hashes(0));
    expect(known.every((code) => code >= firstHashCode)).toBe(true);
  });

  test('are kept within the bytes that the user allows', async () => {
    const texts = Array.from(
      { length: 50_000 },
      (_, index) => `a rather long text that is different in each row ${index}`,
    );
    let kernel: KernelExports | undefined;
    let distinct = 0;
    const scanner = await opened(`c\n${texts.join('\n')}\n`, { interning: { bytes: 1 << 20 } });
    await scanner.scan(scanner.columns, {
      rowsWanted: true,
      start: (started) => {
        kernel = started;
      },
      numbers() {},
      codes: (_, cells) => {
        distinct = cells.distinct;
      },
    });
    expect(distinct).toBeGreaterThan(5_000);
    expect(distinct).toBeLessThan(20_000);
    expect(kernel?.memory.buffer.byteLength).toBeLessThan(10 << 20);
  });

  test('keep any text, of prototypes too', async () => {
    const texts = [
      '__proto__',
      'constructor',
      '',
      'é',
      'e\u0301',
      '😀',
      ' x',
      'x ',
      'X',
      '"',
      'a\r\nb',
      '\u202eabc',
      'x'.repeat(100_000),
    ];
    const { columns } = await scanOf(`c,d\n${texts.map((text) => `"${text.replaceAll('"', '""')}",1`).join('\n')}`);
    expect(columns[0]).toEqual(texts.map((text) => (text === '' ? null : text)));
  });
});

/** RFC 4180 letter by letter: nothing in common with the kernel. Empty lines are no rows. */
function referenceRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  const endField = () => {
    row.push(field);
    field = '';
    state = 'start';
  };
  const endRow = () => {
    if (row.length > 0 || field !== '' || state !== 'start') {
      endField();
      rows.push(row);
    }
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (state === 'quoted') {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') field += text[++at];
      else state = 'closed';
    } else if (letter === '"' && state === 'start') state = 'quoted';
    else if (letter === delimiter) endField();
    else if (letter === '\n') endRow();
    else if (letter === '\r' && text[at + 1] === '\n') continue;
    else {
      field += letter;
      state = 'plain';
    }
  }
  endRow();
  return rows;
}

describe('any table', () => {
  const letters = [
    'a',
    'b',
    ',',
    '\t',
    ';',
    '"',
    'é',
    '漢',
    '😀',
    ' ',
    '1',
    '.',
    '-',
    '\n',
    '\r',
    '\r\n',
    'xyzxyzxyzxyz',
    '',
  ];
  const below = (limit: number) => Math.floor(Math.random() * limit);

  function written(rows: readonly string[][], delimiter: string, lineEnd: string): string {
    const special = new RegExp(`[${delimiter}"\\n\\r]`);
    const field = (text: string) => (special.test(text) || below(4) === 0 ? `"${text.replaceAll('"', '""')}"` : text);
    return rows.map((row) => row.map(field).join(delimiter)).join(lineEnd) + (below(2) === 0 ? lineEnd : '');
  }

  test('is read as a reader that goes letter by letter reads it, wherever its chunks end', async () => {
    let cells = 0;
    for (let run = 0; cells < 200_000; run++) {
      const width = 1 + below(6);
      const delimiter = [',', '\t', ';', '|'][below(4)] as string;
      const height = 1 + below(run % 50 === 0 ? 6000 : 60);
      const rows = Array.from({ length: height }, () =>
        Array.from({ length: width }, () =>
          Array.from({ length: below(8) }, () => letters[below(letters.length)]).join(''),
        ),
      );
      const header = Array.from({ length: width }, (_, index) => `column ${index}`);
      const text = written([header, ...rows], delimiter, below(2) === 0 ? '\n' : '\r\n');
      const source = chunked(Buffer.from(text), () => 1 + below(height > 100 ? 40_000 : 40));
      const stated = types(Object.fromEntries(header.map((name) => [name, 'category'])));
      const scanner = await openCsv(source, { delimiter: delimiter as ',', types: stated, chunkBytes: 1 + below(200) });
      const { columns } = await collected(scanner);
      const [, ...expected] = referenceRows(text, delimiter);
      const found = expected.map((_, row) => columns.map((column) => column[row] ?? ''));
      if (JSON.stringify(found) !== JSON.stringify(expected))
        throw new Error(`Read otherwise: ${JSON.stringify(text)}`);
      expect(columns[0]).toHaveLength(expected.length);
      cells += height * width;
    }
  });

  test('gives each column the same cells whatever other columns are wanted', async () => {
    const text = `a,b,c,d,e\n${Array.from({ length: 9000 }, (_, row) => `${row},"x,""${row}""",${row % 7},,"l\n${row}"`).join('\n')}\n`;
    const scanner = await opened(text);
    const whole = await collected(scanner);
    expect(whole.batches).toEqual([4096, 4096, 808]);
    for (const chosen of [['e'], ['a', 'e'], ['d', 'b'], ['c'], []]) {
      const wanted = chosen.map((name) => scanner.columns['abcde'.indexOf(name)] as ScanColumn);
      const part = await collected(scanner, wanted);
      expect(part.facts.rows).toBe(9000);
      chosen.forEach((name, position) => {
        expect(part.columns[position]).toEqual(whole.columns['abcde'.indexOf(name)]);
      });
    }
  });
});

describe('a header', () => {
  test.each([
    ['a,b;c,d\n1,2,3\n', 3],
    ['a;b,c;d\n1;2;3\n', 3],
    ['a\tb\n1\t2\n', 2],
    ['a|b|c\n1|2|3\n', 3],
    ['"a;b;c","d"\n1,2\n', 2],
    ['one\n1\n', 1],
    ['\ufeffa,b\r\n1,2\r\n', 2],
    ['\n\r\na,b\n1,2', 2],
  ])('says what the delimiter is: %j', async (text, width) => {
    const { columns } = await scanOf(text);
    expect(columns).toEqual(Array.from({ length: width }, (_, index) => [index + 1]));
  });

  test('may hold quotes that open nothing', async () => {
    const scanner = await opened('a;"b,c "d",e\n1,2,3\n', { delimiter: ',' });
    expect(scanner.columns.map(({ name }) => name)).toEqual(['a;"b', 'c "d"', 'e']);
  });

  test('may hold 10,000 columns', async () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `column ${index}`);
    const { columns } = await scanOf(`${names.join(',')}\n${names.map((_, index) => index).join(',')}\n`);
    expect(columns.map(([cell]) => cell)).toEqual(names.map((_, index) => index));
    const { columns: categories } = await scanOf(`${names.join(',')}\n${names.join(',')}\n`);
    expect(categories.map(([cell]) => cell)).toEqual(names);
  });

  test('may be all there is', async () => {
    const { facts } = await scanOf('a,b\n');
    expect(facts.rows).toBe(0);
    expect((await scanOf('a,b')).facts.rows).toBe(0);
  });

  test('may hold the names of prototypes', async () => {
    const scanner = await opened('__proto__,constructor\n1,2\n');
    expect(scanner.columns.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });
});

describe('a table is refused with its place', () => {
  test.each<[string, string | Buffer, string]>([
    ['that is empty', '', 'data.csv: is empty. Check what writes it.'],
    ['of blank lines', '\n\n', 'data.csv: is empty. Check what writes it.'],
    [
      'with a row too short',
      'a,b,c\n1,2,3\n\n1,2\n',
      'data.csv:4: row 2, column "c": has 2 fields, but the header names 3 columns. This column is missing.',
    ],
    [
      'with a row cut off at the end',
      'a,b,c\n1,2,3\n1,"2\n3"',
      'data.csv:3: row 2, column "c": has 2 fields, but the header names 3 columns. This column is missing.',
    ],
    [
      'with a row too long',
      'a,b\n1,"2\n"\n1,2,"3\n",4\n',
      'data.csv:4: row 2: has 4 fields, but the header names 2 columns. Quote fields that hold the delimiter.',
    ],
    [
      'with text behind a closing quote',
      'a,b\n"x" y,2\n',
      'data.csv:2: row 1: field 1 goes on after its closing quote. Double the quotes inside it.',
    ],
    [
      'with a quote that is never closed',
      'a,b\n1,2\n3,"4\n5,6\n',
      'data.csv:3: a quote in the row that starts here is never closed. Close it, or double it.',
    ],
    [
      'with a quote in the header that is never closed',
      '"a,b\n1,2\n',
      'data.csv:1: a quote in the row that starts here is never closed. Close it, or double it.',
    ],
    ['with a NUL byte', 'a,b\n1,2\n3,\0\n', 'data.csv:3: holds a NUL byte. Is it a text file? Save it as UTF-8 text.'],
    [
      'with bytes that are not UTF-8',
      Buffer.from('a,b\n1,"\n"\n3,caf\xe9\n', 'latin1'),
      'data.csv:4: holds bytes that are not UTF-8, near "3,caf�\\n". Save the file as UTF-8.',
    ],
    ['in UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'data.csv: is UTF-16. Save it as UTF-8.'],
    [
      'whose lines end in carriage returns alone',
      'a,b\r1,2\r3,4\r',
      'data.csv:1: ends lines with carriage returns alone, near "a,b\\r1,2\\r3,4". Save it with line feeds.',
    ],
    ['with a column twice', 'a,b,a\n', 'data.csv:1: column "a": stands twice, as column 1 and 3. Rename one.'],
    [
      'with a column without a name',
      'a,,c\n',
      'data.csv:1: column 2 has no name. Name it (pandas: `to_csv(…, index=False)`).',
    ],
    [
      'with too many columns',
      `${Array.from({ length: 10_001 }, (_, index) => `c${index}`).join(',')}\n`,
      'data.csv:1: has 10001 columns, over the limit of 10000. Check the delimiter.',
    ],
    [
      'with a row over 16 MiB',
      `a,b\n1,2\n3,"${'x\n'.repeat(9 << 20)}`,
      'data.csv:3: the row that starts here is over 16 MiB. Is a quote never closed?',
    ],
    [
      'in one line over 16 MiB',
      'x'.repeat(20 << 20),
      'data.csv:1: the row that starts here is over 16 MiB. Is a quote never closed?',
    ],
  ])('%s', async (_, content, message) => {
    expect(await faultOf(content)).toBe(message);
  });

  test('also behind the first MiB, with its row and line', async () => {
    const rows = 'x,"y\nz"\n'.repeat(200_000);
    expect(await faultOf(`a,b\n${rows}1,2,3\n`)).toBe(
      'data.csv:400002: row 200001: has 3 fields, but the header names 2 columns. Quote fields that hold the delimiter.',
    );
    expect(await faultOf(`a,b\n${rows}1,\0\n`)).toMatch(/^data.csv:400002: holds a NUL byte/);
  });

  test('when a wanted column is not there', async () => {
    const scanner = await opened('a,b\n1,2\n');
    await expect(collected(scanner, [{ name: 'z', type: 'number' }])).rejects.toThrow(
      'data.csv: has no column "z". It has "a", "b".',
    );
  });
});

test('a lone carriage return is text', async () => {
  const { columns } = await scanOf('a,b\nx\ry,1\r\n\r,2\r');
  expect(columns).toEqual([
    ['x\ry', '\r'],
    [1, 2],
  ]);
});

test('a stream can be scanned once, a file again', async () => {
  const stream = await openCsv(chunked(Buffer.from('a\n1\n2\n'), () => 2));
  expect((await collected(stream)).columns).toEqual([[1, 2]]);
  await expect(collected(stream)).rejects.toThrow('data.csv: can be read once only. Save it as a file first.');
  const file = await opened('a\n1\n2\n');
  await collected(file);
  expect((await collected(file)).columns).toEqual([[1, 2]]);
});

test('a scan stops when its signal aborts', async () => {
  const scanner = await opened(`a\n${'1\n'.repeat(3 << 20)}`);
  const abort = new AbortController();
  const sink: Sink = { rowsWanted: true, numbers() {}, codes() {}, endBatch: () => abort.abort(new Error('enough')) };
  await expect(scanner.scan(scanner.columns, sink, abort.signal)).rejects.toThrow('enough');
});

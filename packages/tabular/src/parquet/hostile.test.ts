import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { ScanColumn } from '../scan.ts';
import { openParquet } from './parquet.ts';
import { bytesSource, countsOf, rowsOf } from './testing/collect.ts';
import { type ThriftStruct, thrift, varint, type WrittenPage, withFooter, writtenFile } from './testing/write.ts';

/** Reads column `x` both ways, and returns what each says. */
async function faultsOf(bytes: Buffer, type: ScanColumn['type'] = 'category'): Promise<string[]> {
  const faults: string[] = [];
  for (const read of [rowsOf, countsOf]) {
    try {
      const scanner = await openParquet(bytesSource(bytes), {});
      await read(scanner, [{ name: 'x', type }]);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'UserError') throw error;
      faults.push(error.message);
    }
  }
  return faults;
}

async function requireDamage(bytes: Buffer, what: string, type?: ScanColumn['type']): Promise<void> {
  const message = `data.parquet: column "x": row group 1 is damaged: ${what}. Write or fetch the file again.`;
  expect(await faultsOf(bytes, type)).toEqual([message, message]);
}

async function requireFault(bytes: Buffer, message: string): Promise<void> {
  expect(await faultsOf(bytes)).toEqual([`data.parquet: ${message}`, `data.parquet: ${message}`]);
}

function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

const dictionary: WrittenPage = { body: Buffer.concat([text('a'), text('b')]), values: 2, isDictionary: true };
const int32: ThriftStruct = { 1: 1 };
const optional: ThriftStruct = { 3: 1 };

describe('a file put together by hand', () => {
  test('is read', async () => {
    const bytes = writtenFile({ pages: [{ body: Buffer.concat([text('a'), text('bc')]), values: 2 }], rows: 2 });
    const scanner = await openParquet(bytesSource(bytes), {});
    expect((await rowsOf(scanner, scanner.columns)).cells.get('x')).toEqual(['a', 'bc']);
  });

  test('is read with a dictionary of which some values never occur', async () => {
    const bytes = writtenFile({
      pages: [dictionary, { body: Buffer.from([1, 6, 1]), values: 3, encoding: 8 }],
      rows: 3,
    });
    const scanner = await openParquet(bytesSource(bytes), {});
    expect((await rowsOf(scanner, scanner.columns)).cells.get('x')).toEqual(['b', 'b', 'b']);
    expect([...((await countsOf(scanner, scanner.columns)).counts.get('x') ?? [])]).toEqual([['b', 3]]);
  });
});

describe('pages that lie about their size are refused before memory is taken:', () => {
  const page = { body: text('a'), values: 1 };

  test('one of 2 GiB', async () => {
    const bytes = writtenFile({ pages: [{ ...page, header: { 2: 2 ** 31 - 1 } }], rows: 1, metadata: { 4: 6 } });
    await requireDamage(bytes, 'a page of 2147483647 bytes, over the limit of 268435456');
  });

  test.each([
    ['not packed', 0],
    ['packed with snappy', 1],
    ['packed with gzip', 2],
    ['packed with LZ4', 7],
  ])('one of 200 MiB in five bytes, %s', async (_, codec) => {
    const bytes = writtenFile({ pages: [{ ...page, header: { 2: 200 << 20 } }], rows: 1, metadata: { 4: codec } });
    await requireDamage(bytes, 'a page has another size than its header says');
  });

  test.each([
    ['gzip', 2, gzipSync(Buffer.alloc(1 << 20))],
    ['brotli', 4, brotliCompressSync(Buffer.alloc(1 << 20))],
  ])('one that unpacks to more than it says, with %s', async (_, codec, body) => {
    const bytes = writtenFile({ pages: [{ body, values: 1, header: { 2: 1000 } }], rows: 1, metadata: { 4: codec } });
    await requireDamage(bytes, 'a page cannot be unpacked');
  });

  test('one that reaches beyond its chunk, and one of less than nothing', async () => {
    await requireDamage(
      writtenFile({ pages: [{ ...page, header: { 3: 1000 } }], rows: 1 }),
      'a page reaches beyond its end',
    );
    await requireDamage(
      writtenFile({ pages: [{ ...page, header: { 3: -1 } }], rows: 1 }),
      'a page reaches beyond its end',
    );
  });
});

describe('pages that lie about their cells are refused:', () => {
  test('an index beyond the dictionary', async () => {
    const bytes = writtenFile({
      pages: [dictionary, { body: Buffer.from([2, 2, 3]), values: 1, encoding: 8 }],
      rows: 1,
    });
    await requireDamage(bytes, 'a cell names a value that is not in its dictionary');
  });

  test('indices without a dictionary, and two dictionaries', async () => {
    const page: WrittenPage = { body: Buffer.from([1, 2, 0]), values: 1, encoding: 8 };
    await requireDamage(writtenFile({ pages: [page], rows: 1 }), 'its pages name a dictionary that it does not have');
    await requireDamage(writtenFile({ pages: [dictionary, dictionary, page], rows: 1 }), 'it has two dictionaries');
  });

  test('indices that end early, and indices of 200 bits', async () => {
    const page = (body: number[]): WrittenPage => ({ body: Buffer.from(body), values: 1000, encoding: 8 });
    await requireDamage(
      writtenFile({ pages: [dictionary, page([1, 4, 0])], rows: 1000 }),
      'the indices of a page end early',
    );
    await requireDamage(
      writtenFile({ pages: [dictionary, page([200, 4, 0])], rows: 1000 }),
      'the indices of a page have no width',
    );
  });

  test('a dictionary with fewer values than it says', async () => {
    const page: WrittenPage = { body: Buffer.from([1, 2, 0]), values: 1, encoding: 8 };
    const bytes = writtenFile({ pages: [{ ...dictionary, values: 2 ** 31 - 1 }, page], rows: 1 });
    await requireDamage(bytes, 'its dictionary ends before its last value');
  });

  test('more cells than rows, fewer, and less than none', async () => {
    const page = { body: Buffer.alloc(400), values: 100 };
    await requireDamage(
      writtenFile({ pages: [page], rows: 99, column: int32 }),
      'it has more cells than its 99 rows',
      'number',
    );
    await requireDamage(
      writtenFile({ pages: [page], rows: 101, column: int32 }),
      'it ends 1 cells before its last row',
      'number',
    );
    await requireDamage(
      writtenFile({ pages: [{ ...page, values: -1 }], rows: 1, column: int32 }),
      'a page of -1 values',
      'number',
    );
  });

  test('numbers and texts that reach beyond their page', async () => {
    const numbers = writtenFile({ pages: [{ body: Buffer.alloc(7), values: 2 }], rows: 2, column: int32 });
    await requireDamage(numbers, 'a page ends before its last value', 'number');
    const texts = writtenFile({ pages: [{ body: Buffer.from([255, 255, 255, 255, 65]), values: 1 }], rows: 1 });
    await requireDamage(texts, 'a text reaches beyond its page');
  });

  test('levels that are longer than their page, and levels that end early', async () => {
    const page = (body: number[]): WrittenPage => ({ body: Buffer.from(body), values: 9 });
    const long = writtenFile({ pages: [page([255, 255, 255, 127, 2, 1])], rows: 9, column: optional });
    await requireDamage(long, 'the levels of a page reach beyond it');
    const short = writtenFile({ pages: [page([2, 0, 0, 0, 2, 1])], rows: 9, column: optional });
    await requireDamage(short, 'the levels of a page end early');
  });

  test('levels of a second version that are longer than their page', async () => {
    const header = { 1: 3, 8: { 1: 9, 2: 0, 3: 9, 4: 0, 5: 2 ** 30, 6: 2 ** 30 } };
    const pages = [{ body: Buffer.alloc(8), values: 9, header }];
    await requireDamage(writtenFile({ pages, rows: 9, column: optional }), 'the levels of a page reach beyond it');
  });

  test('texts that grow from the one before without end', async () => {
    const count = 5000;
    // Every text begins with all of the one before, and adds a byte.
    const prefixes = deltas(count, 0, 1);
    const suffixes = Buffer.concat([deltas(count, 1, 0), Buffer.alloc(count, 65)]);
    const long = writtenFile({
      pages: [{ body: Buffer.concat([prefixes, suffixes]), values: count, encoding: 7 }],
      rows: count,
    });
    expect(await faultsOf(long)).toEqual([]);
    const more = 60_000;
    const body = Buffer.concat([deltas(more, 0, 1), deltas(more, 1, 0), Buffer.alloc(more, 65)]);
    const tooLong = writtenFile({ pages: [{ body, values: more, encoding: 7 }], rows: more });
    await requireDamage(tooLong, 'a page of texts of over 268435456 bytes');
  });

  test('differences with a header that makes no sense', async () => {
    const body = Buffer.concat([varint(2 ** 31 - 1), varint(2 ** 31 - 1), varint(5), varint(0)]);
    const bytes = writtenFile({ pages: [{ body, values: 5, encoding: 5 }], rows: 5, column: int32 });
    await requireDamage(bytes, 'the differences of a page begin wrongly', 'number');
  });

  test('an encoding that the format does not know', async () => {
    const bytes = writtenFile({ pages: [{ body: text('a'), values: 1, encoding: 77 }], rows: 1 });
    await requireDamage(bytes, 'texts in encoding 77');
  });
});

/** Numbers from `first` on, each `step` more than the one before, in the delta encoding. */
function deltas(count: number, first: number, step: number): Buffer {
  const block = Buffer.concat([varint(2 * step), Buffer.from([0])]);
  const blocks = Array.from({ length: Math.ceil((count - 1) / 128) }, () => block);
  return Buffer.concat([varint(128), varint(1), varint(count), varint(2 * first), ...blocks]);
}

describe('footers that lie are refused:', () => {
  const pages = [{ body: text('a'), values: 1 }];
  const again = 'Write or fetch the file again.';

  test('more rows than the file can hold', async () => {
    const rows = 2 ** 31 - 1;
    const bytes = writtenFile({ pages, rows });
    await requireFault(bytes, `has a damaged footer: ${rows} rows cannot stand in ${bytes.length} bytes. ${again}`);
  });

  test('row groups that do not sum up, and one of over 2^31 rows', async () => {
    await requireFault(
      writtenFile({ pages, rows: 1, footer: { 3: 2 } }),
      `has a damaged footer: it counts 2 rows, and its row groups 1. ${again}`,
    );
    await requireFault(
      writtenFile({ pages, rows: 2 ** 40 }),
      'has a row group of 1099511627776 rows, over the limit of 2147483647. Write smaller row groups.',
    );
  });

  test('rows of the second row group, which is named', async () => {
    const written = writtenFile({ pages, rows: 1 });
    const place = { 1: 6, 3: ['x'], 4: 0, 5: 1, 6: 5, 7: 5, 9: 2 ** 40 };
    const whole = { 1: 6, 3: ['x'], 4: 0, 5: 1, 6: 20, 7: 20, 9: 4 };
    const groups = [whole, place].map((each) => ({ 1: [{ 2: 4, 3: each }], 2: 5, 3: 1 }));
    expect((await faultsOf(writtenFile({ pages, rows: 2, footer: { 4: groups } })))[0]).toContain(
      'row group 2 is damaged',
    );
    expect(await faultsOf(written)).toEqual([]);
  });

  test('pages outside the file, of another type, and in other numbers', async () => {
    const outside = 'its pages lie outside the file';
    await requireDamage(writtenFile({ pages, rows: 1, metadata: { 9: 2 ** 40 } }), outside);
    await requireDamage(writtenFile({ pages, rows: 1, metadata: { 7: 2 ** 40 } }), outside);
    await requireDamage(writtenFile({ pages, rows: 1, metadata: { 9: -5 } }), outside);
    await requireDamage(
      writtenFile({ pages, rows: 1, metadata: { 1: 2 } }),
      'its pages are of another type than the column',
    );
    await requireDamage(writtenFile({ pages, rows: 1, metadata: { 5: 7 } }), 'it has 7 cells in 1 rows');
    await requireDamage(
      writtenFile({ pages, rows: 1, footer: { 4: [{ 1: [], 3: 1 }] } }),
      'it has no pages of this column',
    );
  });

  test('pages in another file, and encrypted ones', async () => {
    await requireFault(
      writtenFile({ pages, rows: 1, chunk: { 1: 'other.parquet', 2: 4 } }),
      'column "x": lies in another file, which is not read.',
    );
    await requireFault(
      writtenFile({ pages, rows: 1, chunk: { 3: {}, 8: {} } }),
      'column "x": is encrypted. Write it without encryption.',
    );
  });

  test('codecs that are not read', async () => {
    for (const [codec, what] of [
      [3, 'packed with LZO'],
      [5, 'packed with the old form of LZ4'],
      [99, 'packed with codec 99'],
    ] as const) {
      await requireFault(
        writtenFile({ pages, rows: 1, metadata: { 4: codec } }),
        `column "x": is ${what}, which is not read. Write it with zstd or snappy.`,
      );
    }
  });

  test('two columns of one name', async () => {
    const schema = [
      { 4: 'schema', 5: 2 },
      { 1: 6, 3: 0, 4: 'x' },
      { 1: 6, 3: 0, 4: 'x' },
    ];
    await requireFault(writtenFile({ pages, rows: 1, footer: { 2: schema } }), 'column "x": stands twice. Rename one.');
  });

  test('trees of columns with children that are not there, or without end', async () => {
    const damaged = `has a damaged footer: its tree of columns is damaged. ${again}`;
    const element = (name: string, children: number) => ({ 3: 0, 4: name, 5: children });
    await requireFault(writtenFile({ pages, rows: 1, footer: { 2: [element('schema', 5)] } }), damaged);
    await requireFault(
      writtenFile({ pages, rows: 1, footer: { 2: [element('schema', 1), element('x', 2 ** 31 - 1)] } }),
      damaged,
    );
    const deep = Array.from({ length: 100_000 }, (_, index) => element(`x${index}`, 1));
    await requireFault(writtenFile({ pages, rows: 1, footer: { 2: deep } }), damaged);
  });

  test('over 10,000 columns', async () => {
    const columns = Array.from({ length: 10_001 }, (_, index) => ({ 1: 1, 3: 0, 4: `x${index}` }));
    await requireFault(
      writtenFile({ pages, rows: 1, footer: { 2: [{ 4: 'schema', 5: 10_001 }, ...columns] } }),
      'has 10001 columns, over the limit of 10000. Write fewer.',
    );
  });

  test('a number without end, lists in lists of 2^31 elements, and structs in structs', async () => {
    const start = Buffer.from('PAR1');
    const fault = (what: string) => `has a damaged footer: ${what}. ${again}`;
    const endless = Buffer.concat([Buffer.from([0x36]), Buffer.alloc(300_000, 0xff), Buffer.from([1, 0])]);
    await requireFault(withFooter(start, endless), fault('it holds a number of more than 64 bits'));
    const lists = Buffer.from([0x79, ...Array.from({ length: 40 }, () => [0xf9, 0xff, 0xff, 0xff, 0xff, 0x07]).flat()]);
    await requireFault(withFooter(start, lists), fault('it holds a length beyond its end'));
    const structs = Buffer.alloc(100_000, 0x1c);
    structs[0] = 0x7c;
    await requireFault(withFooter(start, structs), fault('it is nested too deeply'));
    await requireFault(withFooter(start, thrift({ 2: [] })), fault('it names no columns'));
  });
});

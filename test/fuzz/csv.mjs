import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { fuzz, randomNumbers } from './fuzzing.mjs';

// Damages CSV files at random, packed ones too, and reads them in chunks of any length: each must be read, or refused with a UserError, and
// the row-by-row reader must say the same of it. `node test/fuzz/csv.mjs --runs 100000` (after `npm run compile`).

const types = ['number', 'timestamp', 'category'];
const lengths = [1, 7, 100, 4096];

/**
 * Reads damaged file number `run`, `tabular` being what reads: `openTable`, `streamSource` and `readTable`. Returns whether it could be read;
 * throws when it ends in anything but a `UserError`, and when the two readers differ.
 */
export async function fuzzOnce(tabular, folder, run) {
  const random = randomNumbers(run);
  const text = damaged(written(random), random);
  const packed = random(4) === 0;
  const bytes = packed ? gzipSync(text) : text;
  if (packed && random(2) === 0) {
    damagedOnce(bytes, random);
    return readable(() => scanned(tabular, bytes, random, undefined));
  }
  const expected = await rowsOf(tabular, folder, text);
  const found = await cellsOf(tabular, bytes, random);
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`The readers differ in run ${run}: ${JSON.stringify({ text: text.toString(), found, expected })}`);
  }
  // The same as other types, which only has to end well.
  const read = await readable(() => scanned(tabular, bytes, random, types[random(3)]));
  return read && found !== undefined;
}

async function readable(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (error?.name !== 'UserError') throw error;
    return false;
  }
}

/** All cells as texts, by the scanner; undefined when it refuses the file, and when there are none, as the other reader refuses that. */
async function cellsOf(tabular, bytes, random) {
  let columns;
  const read = await readable(async () => {
    columns = await scanned(tabular, bytes, random, 'category');
  });
  return read && columns[0].length > 0 ? columns : undefined;
}

async function scanned({ openTable, streamSource }, bytes, random, type) {
  const chunkLength = lengths[random(lengths.length)];
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkLength) yield bytes.subarray(at, at + chunkLength);
  }
  const source = streamSource(chunks(), 'data.csv');
  const scanner = await openTable(source, { delimiter: ',', chunkBytes: 1 + random(300) });
  const columns = scanner.columns.map(() => []);
  const wanted = scanner.columns.map((column) => ({ name: column.name, type: type ?? column.type }));
  await scanner.scan(wanted, {
    rowsWanted: true,
    numbers(_, { values, nulls, nans, mistyped }) {
      const found = values.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
      if (found !== nulls + nans + mistyped) throw new Error(`${found} NaNs: ${nulls}, ${nans}, ${mistyped}`);
    },
    codes: (column, { codes, text }) =>
      columns[column].push(...Array.from(codes, (code) => (code ? text(code) : null))),
  });
  return columns;
}

/** All cells as texts, by the reader that prepare-data has; undefined when it refuses the file. */
async function rowsOf({ readTable }, folder, text) {
  const path = join(folder, 'data.csv');
  await writeFile(path, text);
  let columns;
  const read = await readable(async () => {
    for await (const { columns: names, rows } of readTable(path, 'csv')) {
      columns ??= names.map(() => []);
      for (const { cells } of rows) for (const [index, cell] of cells.entries()) columns[index].push(cell);
    }
  });
  return read ? columns : undefined;
}

const cells = [
  '',
  '1',
  '-2.5',
  '1e9',
  'NaN',
  '2024-01-02',
  '2024-01-02T03:04:05Z',
  'text',
  'é',
  '"q"',
  '"a,b"',
  '"l\nm"',
  '"d""d"',
];

function written(random) {
  const width = 1 + random(5);
  const header = Array.from({ length: width }, (_, index) => `c${index}`);
  const rows = Array.from({ length: 1 + random(40) }, () => header.map(() => cells[random(cells.length)]));
  const lineEnd = random(3) === 0 ? '\r\n' : '\n';
  return Buffer.from([header, ...rows].map((row) => row.join(',')).join(lineEnd) + (random(2) === 0 ? lineEnd : ''));
}

function damaged(text, random) {
  let bytes = text;
  for (let left = random(4); left > 0; left--) bytes = damagedOnce(bytes, random);
  return bytes;
}

const nasty = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\xff',
  '\xef\xbb\xbf',
  '\xc3',
  '"\n',
  ',"',
  ' ',
  '9'.repeat(400),
  'x'.repeat(5000),
];

function damagedOnce(bytes, random) {
  const at = random(bytes.length + 1);
  const upTo = at + 1 + random(8);
  switch (random(5)) {
    case 0:
      bytes[at] ^= 1 << random(8);
      return bytes;
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(upTo)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, upTo), bytes.subarray(at)]);
    case 3:
      return random(4) === 0 ? bytes.subarray(0, at) : bytes;
    default: {
      const inserted = Buffer.from(nasty[random(nasty.length)], 'latin1');
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    }
  }
}

/** What reads, as compiled, and a folder for the file of each run. */
async function prepared() {
  const tabular = await import('../../packages/tabular/lib/index.js');
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-csv-'));
  process.once('exit', () => rm(folder, { recursive: true, force: true }));
  return (run) => fuzzOnce(tabular, folder, run);
}

const isRun = isMainThread ? process.argv[1] === fileURLToPath(import.meta.url) : workerData?.fuzz !== undefined;
if (isRun) await fuzz(import.meta.url, prepared);

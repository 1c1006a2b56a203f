import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { damaged } from './damage.mjs';
import { fuzz, randomNumbers } from './fuzzing.mjs';
import { anyType, readable, scanned } from './read.mjs';

// Damages CSV files at random, packed ones too, and reads them in chunks of any length: each must be read, or refused with a UserError, and
// the row-by-row reader must say the same of it. `node test/fuzz/csv.mjs --runs 100000` (after `npm run compile`).

const options = { format: 'csv', delimiter: ',' };

/**
 * Reads damaged file number `run`, `tabular` being what reads: `openTable`, `streamSource` and `readTable`. Returns whether it could be read;
 * throws when it ends in anything but a `UserError`, and when the two readers differ.
 */
export async function fuzzOnce(tabular, folder, run) {
  const random = randomNumbers(run);
  const text = damaged(written(random), random, nasty);
  const packed = random(4) === 0;
  const bytes = packed ? gzipSync(text) : text;
  if (packed && random(2) === 0) {
    return readable(() => scanned(tabular, damaged(bytes, random, nasty), random, options));
  }
  const expected = await rowsOf(tabular, folder, text);
  const found = await cellsOf(tabular, bytes, random);
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`The readers differ in run ${run}: ${JSON.stringify({ text: text.toString(), found, expected })}`);
  }
  // The same as other types, which only has to end well.
  const read = await readable(() => scanned(tabular, bytes, random, options, anyType(random)));
  return read && found !== undefined;
}

/** All cells as texts, by the scanner; undefined when it refuses the file, and when there are none, as the other reader refuses that. */
async function cellsOf(tabular, bytes, random) {
  let columns;
  const read = await readable(async () => {
    const found = await scanned(tabular, bytes, random, options, 'category');
    columns = found.map(([, cells]) => cells);
  });
  return read && columns[0].length > 0 ? columns : undefined;
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

/** What reads, as compiled, and a folder for the file of each run. */
async function prepared() {
  const tabular = await import('../../packages/tabular/lib/index.js');
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-csv-'));
  process.once('exit', () => rm(folder, { recursive: true, force: true }));
  return (run) => fuzzOnce(tabular, folder, run);
}

await fuzz(import.meta.url, prepared);

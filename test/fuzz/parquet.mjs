import { readdirSync, readFileSync } from 'node:fs';
import { fuzz, randomNumbers } from './fuzzing.mjs';
import { anyType, readable, requireCountedGaps, requireTexts } from './read.mjs';

// Damages valid Parquet files at random and reads them: each must be read, or refused with a UserError, soon and in little memory.
// `node test/fuzz/parquet.mjs --runs 100000` (after `npm run compile`).

const folder = new URL('../../packages/tabular/src/parquet/fixtures/', import.meta.url);

/** The files that are damaged. */
export function seedFiles() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => readFileSync(new URL(name, folder)));
}

/** Reads damaged file number `run`. Returns whether it could be read; throws when it ends in anything but a `UserError`. */
export async function fuzzOnce(openParquet, files, run) {
  const random = randomNumbers(run);
  const bytes = damaged(files[random(files.length)], files, random);
  const source = {
    label: `run ${run}`,
    size: bytes.length,
    range: async (from, to) => bytes.slice(from, to),
    async *stream() {
      yield bytes;
    },
  };
  return readable(async () => {
    const scanner = await openParquet(source, {});
    // Some columns alone, as other types too, because the first fault ends a scan; then all together.
    for (let left = 3; left > 0 && scanner.columns.length > 0; left--) {
      const column = scanner.columns[random(scanner.columns.length)];
      const type = random(3) === 0 ? anyType(random) : column.type;
      await readable(() => scanner.scan([{ name: column.name, type }], newSink(random(2) === 0)));
    }
    const flat = scanner.columns.filter(({ name }) => name !== 'list');
    await scanner.scan(flat, newSink(random(2) === 0));
  });
}

/** Looks at all that it is given. */
function newSink(rowsWanted) {
  const requireCells = (count) => {
    if (!Number.isSafeInteger(count) || count < 0) throw new Error(`${count} cells`);
  };
  return {
    rowsWanted,
    numbers(_, batch) {
      requireCountedGaps(batch);
      requireCells(batch.values.length);
    },
    codes(_, batch) {
      requireTexts(batch);
      requireCells(batch.codes.length);
    },
    numberCounts: (_, values, counts, nulls) =>
      requireCells(values.length === counts.length ? sum(counts) + nulls : -1),
    textCounts: (_, texts, counts, nulls) => requireCells(texts.length === counts.length ? sum(counts) + nulls : -1),
    endBatch: requireCells,
  };
}

function sum(counts) {
  return counts.reduce((total, count) => total + count, 0);
}

/** A copy of `file` with one to four damages. Half of them hit the footer, where few bytes decide on much. */
function damaged(file, files, random) {
  let bytes = Buffer.from(file);
  for (let left = 1 + random(4); left > 0; left--) bytes = damagedOnce(bytes, files, random);
  return bytes;
}

const nastyBytes = [0x00, 0x01, 0x7f, 0x80, 0xff];

function damagedOnce(bytes, files, random) {
  if (bytes.length < 16) return bytes;
  const footer = Math.max(0, bytes.length - 8 - Math.min(bytes.length - 8, bytes.readUInt32LE(bytes.length - 8)));
  const at = random(2) === 0 ? footer + random(bytes.length - footer) : random(bytes.length);
  const length = 1 + random(8);
  switch (random(7)) {
    case 0:
      bytes[at] ^= 1 << random(8);
      return bytes;
    case 1:
      bytes[at] = random(256);
      return bytes;
    case 2:
      return bytes.fill(nastyBytes[random(nastyBytes.length)], at, Math.min(bytes.length, at + length));
    case 3:
      return withFooterLength(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]), footer);
    case 4:
      return withFooterLength(
        Buffer.concat([bytes.subarray(0, at), randomBytes(length, random), bytes.subarray(at)]),
        footer,
      );
    case 5: {
      const other = files[random(files.length)];
      const from = random(other.length);
      other.copy(bytes, at, from, from + length * 8);
      return bytes;
    }
    default:
      return random(8) === 0 ? bytes.subarray(0, at) : bytes.fill(0xff, at, at + 1);
  }
}

/** Keeps the end of the file in order half of the time, so that the footer itself is read. */
function withFooterLength(bytes, footer) {
  if (bytes.length >= 12 && bytes.length - 8 - footer > 0)
    bytes.writeUInt32LE(bytes.length - 8 - footer, bytes.length - 8);
  return bytes;
}

function randomBytes(length, random) {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** What reads, as compiled. */
async function prepared() {
  const { openParquet } = await import('../../packages/tabular/lib/parquet/parquet.js');
  const files = seedFiles();
  return (run) => fuzzOnce(openParquet, files, run);
}

await fuzz(import.meta.url, prepared);

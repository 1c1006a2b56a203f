import { isUtf8 } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import { damaged, nastyJson } from './damage.mjs';
import { fuzz, randomNumbers } from './fuzzing.mjs';
import { anyType, readable, scanned } from './read.mjs';

// Damages JSONL files at random, packed ones too, and reads them in chunks of any length: each must be read as JSON.parse reads its lines, or refused
// with a UserError where JSON.parse refuses one. `node test/fuzz/jsonl.mjs --runs 100000` (after `npm run compile`).

const options = { format: 'jsonl' };

/**
 * Reads damaged file number `run`, `tabular` being what reads: `openTable` and `streamSource`. Returns whether it could be read; throws when it
 * ends in anything but a `UserError`, and when JSON.parse says otherwise.
 */
export async function fuzzOnce(tabular, run) {
  const random = randomNumbers(run);
  const text = damaged(written(random), random, nastyJson);
  const bytes = random(4) === 0 ? gzipSync(text) : text;
  if (bytes !== text && random(2) === 0) {
    return readable(() => scanned(tabular, damaged(bytes, random, nastyJson), random, options));
  }
  const found = await cellsOf(tabular, bytes, random);
  const expected = cellsByParse(text);
  if (expected !== 'unknown' && JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`Read otherwise in run ${run}: ${JSON.stringify({ text: text.toString(), found, expected })}`);
  }
  // The same as other types, which only has to end well.
  return (await readable(() => scanned(tabular, bytes, random, options, anyType(random)))) && found !== undefined;
}

/** All cells as texts, by column; undefined when the scanner refuses the file. */
async function cellsOf(tabular, bytes, random) {
  let columns;
  const read = await readable(async () => {
    columns = await scanned(tabular, bytes, random, options, 'category');
  });
  return read ? columns : undefined;
}

/** The same by JSON.parse; undefined when it must be refused, 'unknown' where the two may differ by design. */
function cellsByParse(bytes) {
  const text = bytes.toString().replace(/^\ufeff/, '');
  if (/NaN|Infinity|\d{16}|[{[]{60}|(?:\{"a":){60}/.test(text) || /^\s*\[/.test(text)) return 'unknown';
  const [first, second] = bytes;
  if (!isUtf8(bytes) || bytes.includes(0) || (first === 0xff && second === 0xfe)) return undefined;
  const columns = new Map();
  let rows = 0;
  for (const line of text.split('\n')) {
    // JSON's blanks are fewer than those that `trim` takes away.
    if (line.trim() === '' && /[^ \t\r]/.test(line)) return 'unknown';
    if (line.trim() === '') continue;
    let value;
    try {
      value = JSON.parse(line);
    } catch {
      return undefined;
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    addCells(columns, '', value, rows++);
  }
  if (rows === 0 || [...columns.keys()].some((name) => name.trim() === '')) return undefined;
  return [...columns].map(([name, cells]) => [name, Array.from({ length: rows }, (_, row) => cells.get(row) ?? null)]);
}

function addCells(columns, prefix, value, row) {
  for (const [key, cell] of Object.entries(value)) {
    const name = prefix + key;
    if (cell !== null && typeof cell === 'object' && !Array.isArray(cell)) addCells(columns, `${name}.`, cell, row);
    else {
      if (!columns.has(name)) columns.set(name, new Map());
      columns.get(name).set(row, textOf(cell));
    }
  }
}

function textOf(cell) {
  if (cell === null || cell === '') return null;
  return Buffer.from(Array.isArray(cell) ? JSON.stringify(cell) : String(cell)).toString();
}

const keys = ['a', 'b', 'a longer name', 'é', '__proto__', 'x.y', 'k"', '1'];
const values = [
  ...['1', '-2.5', '1e9', '0', '-0', '1.0', 'null', 'true', 'false', '""', '"text"', '"é"', '"\\u00e9\\n"'],
  ...['"2024-01-02"', '"12"', '[1,2]', '{"n":1}', '{}', '"\\ud83d\\ude00"'],
];

function written(random) {
  const order = keys.filter(() => random(2) === 0);
  const rows = Array.from({ length: 1 + random(30) }, () => {
    const own = random(8) === 0 ? keys.filter(() => random(3) === 0) : order;
    const members = own.map(
      (key) => `${JSON.stringify(key)}:${random(3) === 0 ? ' ' : ''}${values[random(values.length)]}`,
    );
    return `{${members.join(random(3) === 0 ? ', ' : ',')}}`;
  });
  const lineEnd = random(3) === 0 ? '\r\n' : '\n';
  return Buffer.from(rows.join(lineEnd) + (random(2) === 0 ? lineEnd : ''));
}

/** What reads, as compiled. */
async function prepared() {
  const tabular = await import('../../packages/tabular/lib/index.js');
  return (run) => fuzzOnce(tabular, run);
}

await fuzz(import.meta.url, prepared);

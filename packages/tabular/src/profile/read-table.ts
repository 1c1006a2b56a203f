import { type ByteReader, DamagedBytes } from './byte-reader.ts';
import { checkCategories, checkLimits, checkNumeric, ensure } from './check-sketch.ts';
import { registerCount } from './distinct-estimate.ts';
import { type ProfileLimits, usualHeldCategories } from './limits.ts';
import type { Marks } from './marks.ts';
import { noMoments } from './moments.ts';
import {
  type CategorySketch,
  type ColumnSketch,
  columnTypes,
  type NumericSketch,
  type TableOrigin,
  type TableSketch,
  type Values,
  valueKinds,
} from './sketch.ts';
import { emptyTally, type Tally } from './tally.ts';

/** Reads what `writeTable` wrote, and sees to it that everything that a profile promises holds. Throws `DamagedBytes`. */
export function readTable(reader: ByteReader): TableSketch {
  const rows = reader.whole();
  const limits = readLimits(reader);
  const source = readSource(reader);
  const columns = new Map<string, ColumnSketch>();
  const count = reader.length();
  for (let i = 0; i < count; i++) {
    const name = reader.text();
    ensure(!columns.has(name), 'a column comes twice');
    columns.set(name, readColumn(reader, rows, limits));
  }
  return { rows, limits, ...(source === undefined ? {} : { source }), columns };
}

function readLimits(reader: ByteReader): ProfileLimits {
  const [distinct = 0, bins = 0, pages = 0, categories = 0] = [0, 1, 2, 3].map(() => reader.whole());
  const heldCategories = usualHeldCategories(categories);
  const limits = { distinct, bins, pages, categories, heldCategories, keptBytes: 0 };
  checkLimits(limits);
  return limits;
}

function readSource(reader: ByteReader): TableOrigin | undefined {
  const known = reader.byte();
  ensure(known <= 2, 'its source is of no known kind');
  if (known === 0) return undefined;
  const label = reader.text();
  return known === 1 ? { label } : { label, digest: reader.text() };
}

function readColumn(reader: ByteReader, rows: number, limits: ProfileLimits): ColumnSketch {
  const type = columnTypes[reader.byte()];
  if (type === undefined) throw new DamagedBytes('a column is of no known type');
  if (type === 'category') {
    const column = readCategories(reader, rows);
    checkCategories(column, limits);
    return column;
  }
  const column = readNumeric(reader, type, rows);
  checkNumeric(column, limits);
  return column;
}

function readNumeric(reader: ByteReader, type: NumericSketch['type'], rows: number): NumericSketch {
  const [nulls = 0, nans = 0, infinities = 0, mistyped = 0, count = 0] = [0, 1, 2, 3, 4].map(() => reader.whole());
  const facts = { kind: 'numeric', type, rows, nulls, nans, infinities, mistyped } as const;
  if (count === 0) {
    const none = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, atMin: 0, atMax: 0 };
    return { ...facts, ...none, moments: noMoments, values: { kind: 'counted', tally: emptyTally } };
  }
  const [mean = 0, rest = 0, squares = 0, min = 0, max = 0] = [0, 1, 2, 3, 4].map(() => reader.double());
  const moments = { count, mean, rest, squares, exponent: reader.signed() };
  return { ...facts, moments, min, max, atMin: reader.whole(), atMax: reader.whole(), values: readValues(reader) };
}

function readValues(reader: ByteReader): Values {
  const kind = valueKinds[reader.byte()];
  if (kind === 'counted') {
    const keys = readNumbers(reader);
    return { kind, tally: { keys, counts: readWholes(reader, keys.length) } };
  }
  if (kind !== 'binned') throw new DamagedBytes('values are held in no known way');
  const linear = { exponent: reader.signed(), ...readBins(reader) };
  const prefix = { bits: reader.byte(), ...readBins(reader) };
  return { kind, linear, prefix, marks: readMarks(reader) };
}

function readCategories(reader: ByteReader, rows: number): CategorySketch {
  const [nulls = 0, mistyped = 0, other = 0, missed = 0] = [0, 1, 2, 3].map(() => reader.whole());
  const registers = reader.byte() === 0 ? undefined : reader.bytes(registerCount).slice();
  const counts = new Map<string, number>();
  const length = reader.length();
  for (let i = 0; i < length; i++) {
    const text = reader.text();
    ensure(!counts.has(text), 'a category comes twice');
    counts.set(text, reader.whole());
  }
  const facts = { kind: 'categorical', type: 'category', rows, nulls, mistyped, counts, other, missed } as const;
  return registers === undefined ? facts : { ...facts, registers };
}

function readBins(reader: ByteReader): Tally {
  const length = reader.length();
  const keys = readDistances(reader, length);
  return { keys, counts: readWholes(reader, length) };
}

function readNumbers(reader: ByteReader): Float64Array {
  const length = reader.length();
  return reader.byte() === 1 ? readDistances(reader, length) : readPlanes(reader, length);
}

function readDistances(reader: ByteReader, length: number): Float64Array {
  const keys = new Float64Array(length);
  let key = reader.double();
  for (let i = 0; i < length; i++) {
    if (i > 0) key += reader.whole();
    keys[i] = key;
  }
  return keys;
}

function readPlanes(reader: ByteReader, length: number): Float64Array {
  const planes = reader.bytes(8 * length);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length }, (_, index) => {
    for (let plane = 0; plane < 8; plane++) bytes[plane] = planes[plane * length + index] as number;
    return view.getFloat64(0);
  });
}

function readWholes(reader: ByteReader, length: number): Float64Array {
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) numbers[i] = reader.whole();
  return numbers;
}

function readMarks(reader: ByteReader): Marks {
  const length = reader.length();
  const marks = { values: new Float64Array(length), below: new Float64Array(length), equal: new Float64Array(length) };
  for (let i = 0; i < length; i++) {
    marks.values[i] = reader.double();
    marks.below[i] = reader.whole();
    marks.equal[i] = reader.whole();
  }
  return marks;
}

import { binned } from './binned.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { ProfileLimits } from './limits.ts';
import type { Marks } from './marks.ts';
import { type CategorySketch, columnTypes, type NumericSketch, type TableSketch, valueKinds } from './sketch.ts';
import type { Tally } from './tally.ts';

/** Writes a table's profile; `readTable` reads the same fields in the same order. */
export function writeTable({ rows, limits, source, columns }: TableSketch, writer: ByteWriter): void {
  writer.whole(rows);
  for (const limit of [limits.distinct, limits.bins, limits.pages, limits.categories]) writer.whole(limit);
  writer.byte(source === undefined ? 0 : source.digest === undefined ? 1 : 2);
  if (source !== undefined) writer.text(source.label);
  if (source?.digest !== undefined) writer.text(source.digest);
  writer.whole(columns.size);
  for (const [name, column] of columns) {
    writer.text(name);
    writer.byte(columnTypes.indexOf(column.type));
    if (column.kind === 'numeric') writeNumeric(column, limits, writer);
    else writeCategories(column, writer);
  }
}

function writeNumeric(column: NumericSketch, limits: ProfileLimits, writer: ByteWriter): void {
  const { nulls, nans, infinities, mistyped, moments } = column;
  for (const count of [nulls, nans, infinities, mistyped, moments.count]) writer.whole(count);
  if (moments.count === 0) return;
  for (const figure of [moments.mean, moments.rest, moments.squares, column.min, column.max]) writer.double(figure);
  writer.signed(moments.exponent);
  writer.whole(column.atMin);
  writer.whole(column.atMax);
  const values = column.values.kind === 'kept' ? binned(column.values, limits) : column.values;
  writer.byte(valueKinds.indexOf(values.kind));
  if (values.kind === 'counted') {
    writeValues(values.tally.keys, writer);
    writeCounts(values.tally.counts, writer);
    return;
  }
  writer.signed(values.linear.exponent);
  writeBins(values.linear, writer);
  writer.byte(values.prefix.bits);
  writeBins(values.prefix, writer);
  writeMarks(values.marks, writer);
}

function writeCategories(
  { nulls, mistyped, other, missed, registers, counts }: CategorySketch,
  writer: ByteWriter,
): void {
  for (const count of [nulls, mistyped, other, missed]) writer.whole(count);
  writer.byte(registers === undefined ? 0 : 1);
  if (registers !== undefined) writer.bytes(registers);
  writer.whole(counts.size);
  for (const [text, count] of counts) {
    writer.text(text);
    writer.whole(count);
  }
}

/** Bins as the distances between them, which are small. */
function writeBins({ keys, counts }: Tally, writer: ByteWriter): void {
  writer.whole(keys.length);
  writer.double(keys[0] as number);
  writeDistances(keys, writer);
  writeCounts(counts, writer);
}

/** Ascending numbers: whole ones as distances; others byte by byte, the highest of all first, as neighbours have the highest in common. */
function writeValues(values: Float64Array, writer: ByteWriter): void {
  writer.whole(values.length);
  const areWhole = values.every((value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 52);
  writer.byte(areWhole ? 1 : 0);
  if (areWhole) {
    writer.double(values[0] as number);
    writeDistances(values, writer);
  } else {
    writePlanes(values, writer);
  }
}

function writePlanes(values: Float64Array, writer: ByteWriter): void {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const planes = new Uint8Array(8 * values.length);
  values.forEach((value, index) => {
    view.setFloat64(0, value);
    for (let plane = 0; plane < 8; plane++) planes[plane * values.length + index] = bytes[plane] as number;
  });
  writer.bytes(planes);
}

function writeDistances(keys: Float64Array, writer: ByteWriter): void {
  for (let i = 1; i < keys.length; i++) writer.whole((keys[i] as number) - (keys[i - 1] as number));
}

function writeCounts(counts: Float64Array, writer: ByteWriter): void {
  for (const count of counts) writer.whole(count);
}

function writeMarks({ values, below, equal }: Marks, writer: ByteWriter): void {
  writer.whole(values.length);
  values.forEach((value, index) => {
    writer.double(value);
    writer.whole(below[index] as number);
    writer.whole(equal[index] as number);
  });
}

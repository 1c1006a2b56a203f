import type { ParquetColumn } from './columns.ts';
import type { NumberForm, Workspace } from './kernel.ts';
import { numberReader } from './numbers.ts';
import type { Damage, DictionaryPage } from './pages.ts';

/** The text of the value in `bytes` between `from` and `to`. */
export type TextOf = (bytes: Buffer, from: number, to: number) => string;

/** How the values of a column are written as texts, be they texts or not. */
export function textOf(workspace: Workspace, column: ParquetColumn, damage: Damage): TextOf {
  const { storage, type } = column;
  if (storage.kind === 'texts') return (bytes, from, to) => bytes.toString('utf8', from, to);
  if (storage.kind === 'bytes') return storage.uuid ? uuidText : (bytes, from, to) => bytes.toString('hex', from, to);
  if (storage.kind !== 'numbers') throw new Error(`Values of kind ${storage.kind} are not written as texts.`);
  if (type === 'number' && storage.divisor === 1) {
    const exact = wholeTexts[storage.form];
    if (exact !== undefined) return exact;
  }
  const toDouble = doubleReader(workspace, column, damage);
  return (_, from) => (type === 'timestamp' ? momentText(toDouble(from)) : String(toDouble(from)));
}

const wholeTexts: Partial<Record<NumberForm, TextOf>> = {
  int32: (bytes, from) => String(bytes.readInt32LE(from)),
  uint32: (bytes, from) => String(bytes.readUInt32LE(from)),
  int64: (bytes, from) => String(bytes.readBigInt64LE(from)),
  uint64: (bytes, from) => String(bytes.readBigUInt64LE(from)),
};

function uuidText(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('hex', from, to).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** ISO 8601 where the calendar of JavaScript reaches, else milliseconds since 1970. */
function momentText(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

/** The number that lies at a place in the kernel's memory. */
function doubleReader(workspace: Workspace, column: ParquetColumn, damage: Damage): (pointer: number) => number {
  const numbers = numberReader(workspace, column, damage);
  const target = workspace.scratch('number')(8);
  return (pointer) => {
    numbers.convert(pointer, 1, target);
    return new DataView(workspace.kernel.memory.buffer).getFloat64(target, true);
  };
}

/** Where each value of a dictionary begins and ends: value `i` between `bounds[2 i]` and `bounds[2 i + 1]`. */
export function dictionaryBounds(
  { kernel }: Workspace,
  { storage }: ParquetColumn,
  { start, end, count }: DictionaryPage,
  damage: Damage,
): Uint32Array {
  const width = storage.kind === 'numbers' || storage.kind === 'bytes' ? storage.width : 0;
  if (count * (width || 4) > end - start) damage('its dictionary ends before its last value');
  const bounds = new Uint32Array(2 * count);
  const view = new DataView(kernel.memory.buffer);
  let at = start;
  for (let index = 0; index < count; index++) {
    const from = width === 0 ? at + 4 : at;
    if (from > end) damage('its dictionary ends before its last value');
    at = from + (width || view.getUint32(at, true));
    if (at > end) damage('its dictionary ends before its last value');
    bounds[2 * index] = from;
    bounds[2 * index + 1] = at;
  }
  return bounds;
}

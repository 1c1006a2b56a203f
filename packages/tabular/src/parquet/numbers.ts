import type { NumberStorage, ParquetColumn } from './columns.ts';
import { numberForms, type Workspace } from './kernel.ts';
import type { Damage, DictionaryPage } from './pages.ts';

/** The numbers of a dictionary as doubles, in the kernel's memory. */
export interface NumberTable {
  readonly pointer: number;
  readonly distinct: number;
}

/** Makes doubles of the numbers of one column. */
export interface NumberReader {
  /** How many of the `count` doubles at `pointer` are NaN. */
  nans(pointer: number, count: number): number;
  /** Writes the `count` numbers at `source` to `target`. */
  convert(source: number, count: number, target: number): void;
  /** The dictionary of a chunk; undefined is that of Booleans, 0 and 1. The table holds until the next one is asked for. */
  table(page: DictionaryPage | undefined): NumberTable;
  /** Whether a whole number had no double of its own so far. */
  rounded(): boolean;
}

export function numberReader(
  { kernel, stretch, scratch }: Workspace,
  { storage, type }: ParquetColumn,
  damage: Damage,
): NumberReader {
  const tableOf = stretch('table');
  const nanCounts = scratch('NaN counts')(12);
  const mayBeNan = storage.kind === 'numbers' && ['float', 'double', 'float16'].includes(storage.form);
  let isRounded = false;

  function convert(source: number, count: number, target: number): void {
    if (storage.kind !== 'numbers') damage('it holds numbers where none can be');
    const { form, width, divisor } = storage;
    const wide = kernel.toDoubles(numberForms[form], source, count, width, divisor, target);
    if (wide === 0 || type === 'timestamp') return;
    if (divisor === 1) isRounded = true;
    if (divisor !== 1 || form === 'bigEndian') {
      const bytes = Buffer.from(kernel.memory.buffer, source, count * width);
      new Float64Array(kernel.memory.buffer, target, count).set(exactDecimals(bytes, storage, count));
    }
  }

  return {
    nans(pointer, count) {
      if (!mayBeNan) return 0;
      kernel.countNaNs(pointer, count, nanCounts);
      return new Uint32Array(kernel.memory.buffer, nanCounts, 3).reduce((sum, each) => sum + each);
    },
    convert,
    table(page) {
      if (page === undefined) {
        const pointer = tableOf(16);
        new Float64Array(kernel.memory.buffer, pointer, 2).set([0, 1]);
        return { pointer, distinct: 2 };
      }
      const { start, end, count } = page;
      if (storage.kind !== 'numbers') damage('it has a dictionary where none can be');
      if (count * storage.width > end - start) damage('its dictionary ends before its last value');
      const pointer = tableOf(count * 8);
      convert(start, count, pointer);
      return { pointer, distinct: count };
    },
    rounded: () => isRounded,
  };
}

/** The double nearest to each decimal, where the kernel's arithmetic of 64 bits is not enough. */
function exactDecimals(bytes: Buffer, { form, width, scale }: NumberStorage, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const from = index * width;
    return Number(`${wholeNumber(form === 'bigEndian', bytes, from, width)}e-${scale}`);
  });
}

function wholeNumber(isBigEndian: boolean, bytes: Buffer, from: number, width: number): bigint {
  if (!isBigEndian) return width === 4 ? BigInt(bytes.readInt32LE(from)) : bytes.readBigInt64LE(from);
  return BigInt.asIntN(8 * width, BigInt(`0x${bytes.toString('hex', from, from + width)}`));
}

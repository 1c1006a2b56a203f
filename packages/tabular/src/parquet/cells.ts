import type { ScanColumn, Sink } from '../scan.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import { type NumberTable, numberReader } from './numbers.ts';
import type { Damage, DictionaryPage } from './pages.ts';
import { parsedCells } from './parsed-cells.ts';
import { dictionaryBounds, textOf } from './texts.ts';
import type { ValueReader } from './values.ts';

/** Makes cells of one kind out of values, at `target` in the kernel's memory. */
export interface CellMaker {
  readonly cellBytes: 4 | 8;
  /** Takes the dictionary of a chunk; undefined is that of Booleans. */
  useDictionary(page: DictionaryPage | undefined): void;
  /** Writes the cells of `count` indices into the dictionary. */
  lookUp(indices: number, count: number, target: number): void;
  /** Writes the cells of the next `count` values. */
  read(values: ValueReader, count: number, target: number): void;
  /** Moves `present` cells to where `levels` says 1, and writes empty ones between them. */
  spread(levels: number, count: number, present: number, target: number): void;
  /** Hands `rows` cells on, of which the first stands in row `firstRow` (from 1) and `nulls` are empty. */
  hand(sink: Sink, column: number, pointer: number, rows: number, nulls: number, firstRow: number): void;
  /** What was seen so far that the user should know of. */
  seen(): ColumnFacts;
}

export interface ColumnFacts {
  /** The first cell that was handed on and is not of the wanted type. */
  readonly mistyped?: Mistyped | undefined;
  /** Whether whole numbers had no double of their own. */
  readonly rounded?: boolean;
}

export interface Mistyped {
  readonly row: number;
  readonly text: string;
}

/** How the cells of `column` become what `wanted` asks for. */
export function cellMaker(workspace: Workspace, column: ParquetColumn, wanted: ScanColumn, damage: Damage): CellMaker {
  if (wanted.type === 'category') return codeCells(workspace, column, damage);
  return column.storage.kind === 'numbers' || column.storage.kind === 'booleans'
    ? numberCells(workspace, column, damage)
    : parsedCells(workspace, column, wanted.type, damage);
}

/** Numbers and moments that the file keeps as such. */
function numberCells(workspace: Workspace, column: ParquetColumn, damage: Damage): CellMaker {
  const { kernel } = workspace;
  const numbers = numberReader(workspace, column, damage);
  let table: NumberTable = { pointer: 0, distinct: 0 };
  return {
    cellBytes: 8,
    useDictionary(page) {
      table = numbers.table(page);
    },
    lookUp(indices, count, target) {
      if (kernel.gatherDoubles(indices, count, table.pointer, table.distinct, target) === 0) beyondDictionary(damage);
    },
    read(values, count, target) {
      numbers.convert(values.fixed(count), count, target);
    },
    spread: (levels, count, present, target) => kernel.spreadDoubles(levels, count, present, target),
    hand(sink, column, pointer, rows, nulls) {
      const nans = numbers.mayBeNan ? kernel.countNans(pointer, rows) - nulls : 0;
      const values = new Float64Array(kernel.memory.buffer, pointer, rows);
      sink.numbers(column, { values, pointer, nulls, nans, mistyped: 0 });
    },
    seen: () => ({ rounded: numbers.rounded() }),
  };
}

export function beyondDictionary(damage: Damage): never {
  return damage('a cell names a value that is not in its dictionary');
}

/** Texts, or whatever else is wanted as a category. Codes are given in the order of appearance and stay for the whole scan. */
function codeCells(workspace: Workspace, column: ParquetColumn, damage: Damage): CellMaker {
  const { kernel } = workspace;
  const known = new Map<string, number>();
  const texts: string[] = [];
  const toText = column.storage.kind === 'booleans' ? undefined : textOf(workspace, column, damage);
  const table = workspace.stretch();
  /** Of the dictionary: its size, how many of its texts have no code yet, and each text. */
  let distinct = 0;
  let codeless = 0;
  let dictionaryText: (index: number) => string = () => '';

  function codeOf(text: string): number {
    const code = known.get(text);
    if (code !== undefined) return code;
    texts.push(text);
    known.set(text, texts.length);
    return texts.length;
  }

  /** Only what appears gets a code. */
  function giveCodes(indices: number, count: number): void {
    const codes = new Uint32Array(kernel.memory.buffer, table(distinct * 4), distinct);
    for (const index of new Uint32Array(kernel.memory.buffer, indices, count)) {
      if (codes[index] !== 0) {
        if (index >= distinct) beyondDictionary(damage);
        continue;
      }
      codes[index] = codeOf(dictionaryText(index));
      codeless--;
      if (codeless === 0) return;
    }
  }

  return {
    cellBytes: 4,
    useDictionary(page) {
      if (page === undefined || toText === undefined) {
        if (page !== undefined) damage('it has a dictionary where none can be');
        distinct = 2;
        dictionaryText = (index) => (index === 0 ? 'false' : 'true');
      } else {
        const bounds = dictionaryBounds(workspace, column, page, damage);
        distinct = page.count;
        dictionaryText = (index) =>
          toText(Buffer.from(kernel.memory.buffer), bounds[2 * index] as number, bounds[2 * index + 1] as number);
      }
      codeless = distinct;
      kernel.clear(table(distinct * 4), distinct * 4);
    },
    lookUp(indices, count, target) {
      if (codeless > 0) giveCodes(indices, count);
      if (kernel.gatherCodes(indices, count, table(distinct * 4), distinct, target) === 0) beyondDictionary(damage);
    },
    read(values, count, target) {
      if (toText === undefined) return beyondDictionary(damage);
      const codes = new Uint32Array(count);
      let index = 0;
      values.bytes(count, (bytes, from, to) => {
        codes[index++] = codeOf(toText(bytes, from, to));
      });
      new Uint32Array(kernel.memory.buffer, target, count).set(codes);
    },
    spread: (levels, count, present, target) => kernel.spreadCodes(levels, count, present, target),
    hand(sink, index, pointer, rows) {
      const codes = new Uint32Array(kernel.memory.buffer, pointer, rows);
      sink.codes(index, { codes, pointer, distinct: texts.length, text: (code) => texts[code - 1] as string });
    },
    seen: () => ({}),
  };
}

import type { ScanType, Sink } from '../scan.ts';
import { beyondDictionary, type ColumnFacts } from './cells.ts';
import { codeCells, type TextLimits } from './code-cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import { type NumberTable, numberReader } from './numbers.ts';
import type { Damage, DataPage, DictionaryPage, PageReader } from './pages.ts';
import { dictionaryBounds, type TextOf, textOf } from './texts.ts';
import { valueReader, windowCells } from './values.ts';

/** A sink that takes different values with their counts. */
export type CountingSink = Sink & Required<Pick<Sink, 'numberCounts' | 'textCounts'>>;

/** Reads the pages of a chunk without putting rows in order: what stands in a dictionary is only counted. */
export interface ChunkCounter {
  count(pages: PageReader): void;
  seen(): ColumnFacts;
}

/** Texts are handed on so many at a time: strings take far more memory than the bytes they were read from. */
const mostTexts = 16_384;

const noBounds = new Uint32Array(0);
/** `false` is 0 and `true` is 1. */
const booleanBounds = Uint32Array.of(0, 0, 1, 1);

/** Whether a column that is wanted as `type` can be counted without its rows. */
export function isCountable({ storage }: ParquetColumn, type: ScanType): boolean {
  return storage.kind === 'booleans' || (storage.kind === 'numbers' ? type !== 'category' : type === 'category');
}

/** Counts the different values of a column, and hands on values that are in no dictionary in windows. */
export function chunkCounter(
  workspace: Workspace,
  column: ParquetColumn,
  type: ScanType,
  limits: TextLimits,
  index: number,
  sink: CountingSink,
  damage: Damage,
): ChunkCounter {
  const { kernel } = workspace;
  const values = valueReader(workspace, column, damage);
  const output =
    type === 'category'
      ? textOutput(workspace, column, limits, index, sink, damage)
      : numberOutput(workspace, column, index, sink, damage);
  const countsOf = workspace.stretch('counts');
  const isBoolean = column.storage.kind === 'booleans';
  let distinct: number | undefined;
  let counts = 0;

  function useDictionary(page: DictionaryPage | undefined): void {
    distinct = output.useDictionary(page);
    // One count more, for indices beyond the dictionary.
    counts = countsOf(4 * (distinct + 1));
    kernel.clear(counts, 4 * (distinct + 1));
  }

  function presentCells({ levels, cells }: DataPage): number {
    if (levels === undefined) return cells;
    const present = kernel.countOnes(levels, cells);
    return present < 0 ? damage('the levels of a page end early') : present;
  }

  function readPage(page: DataPage, present: number): void {
    if (values.isIndexed(page)) {
      if (distinct === undefined) damage('its pages name a dictionary that it does not have');
      const runs = values.openIndices(page);
      if (kernel.countRuns(runs, present, counts, distinct) === 0) damage('the indices of a page end early');
      return;
    }
    values.openValues(page, present);
    for (let left = present; left > 0; left -= windowCells) output.read(values, Math.min(left, windowCells));
  }

  return {
    count(pages) {
      distinct = undefined;
      if (isBoolean) useDictionary(undefined);
      let nulls = 0;
      for (let page = pages.next(useDictionary); page !== undefined; page = pages.next(useDictionary)) {
        const present = presentCells(page);
        nulls += page.cells - present;
        if (present > 0) readPage(page, present);
      }
      if (distinct !== undefined && new Uint32Array(kernel.memory.buffer, counts + 4 * distinct, 1)[0] !== 0)
        beyondDictionary(damage);
      output.finish(counts, nulls);
    },
    seen: () => output.seen(),
  };
}

interface Output {
  seen(): ColumnFacts;
  /** Takes the dictionary, of Booleans when undefined; returns how many values it has. */
  useDictionary(page: DictionaryPage | undefined): number;
  read(values: ReturnType<typeof valueReader>, count: number): void;
  /** Hands on what is left: the counts of the dictionary's values, and the nulls. */
  finish(counts: number, nulls: number): void;
}

function numberOutput(
  workspace: Workspace,
  column: ParquetColumn,
  index: number,
  sink: CountingSink,
  damage: Damage,
): Output {
  const { kernel } = workspace;
  const numbers = numberReader(workspace, column, damage);
  const cells = workspace.scratch('cells')(8 * windowCells);
  const none: NumberTable = { pointer: 0, distinct: 0 };
  let table = none;
  return {
    useDictionary(page) {
      table = numbers.table(page);
      return table.distinct;
    },
    read(values, count) {
      numbers.convert(values.fixed(count), count, cells);
      const nans = numbers.nans(cells, count);
      const doubles = new Float64Array(kernel.memory.buffer, cells, count);
      sink.numbers(index, { values: doubles, pointer: cells, nulls: 0, nans, mistyped: 0 });
    },
    finish(counts, nulls) {
      const { pointer, distinct } = table;
      const kept = kernel.keepOccurring(pointer, counts, distinct);
      table = none;
      if (kept === 0 && nulls === 0) return;
      const { buffer } = kernel.memory;
      sink.numberCounts(index, new Float64Array(buffer, pointer, kept), new Uint32Array(buffer, counts, kept), nulls);
    },
    seen: () => ({ rounded: numbers.rounded() }),
  };
}

function textOutput(
  workspace: Workspace,
  column: ParquetColumn,
  limits: TextLimits,
  index: number,
  sink: CountingSink,
  damage: Damage,
): Output {
  const { kernel } = workspace;
  const maker = codeCells(workspace, column, limits, damage);
  const cells = workspace.scratch('cells')(8 * windowCells);
  const isBoolean = column.storage.kind === 'booleans';
  const toText: TextOf = isBoolean ? (_, from) => String(from === 1) : textOf(workspace, column, damage);
  /** Where each text of the dictionary begins and ends, in turn. */
  let bounds: Uint32Array = noBounds;

  return {
    useDictionary(page) {
      bounds = page === undefined ? booleanBounds : dictionaryBounds(workspace, column, page, damage);
      return bounds.length / 2;
    },
    read(values, count) {
      maker.read(values, count, cells);
      maker.hand(sink, index, cells, count, 0, 0);
    },
    finish(counts, nulls) {
      const distinct = bounds.length / 2;
      const times = new Uint32Array(kernel.memory.buffer, counts, distinct).slice();
      let nullsLeft = nulls;
      for (let from = 0; from < distinct || nullsLeft > 0; from += mostTexts) {
        const texts: string[] = [];
        const occurring: number[] = [];
        const bytes = Buffer.from(kernel.memory.buffer);
        for (let entry = from; entry < Math.min(distinct, from + mostTexts); entry++) {
          if (times[entry] === 0) continue;
          texts.push(toText(bytes, bounds[2 * entry] as number, bounds[2 * entry + 1] as number));
          occurring.push(times[entry] as number);
        }
        if (texts.length > 0 || nullsLeft > 0) {
          sink.textCounts(index, texts, Uint32Array.from(occurring), nullsLeft);
        }
        nullsLeft = 0;
      }
      bounds = noBounds;
    },
    seen: () => ({}),
  };
}

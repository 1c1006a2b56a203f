import type { ScanType, Sink } from '../scan.ts';
import { beyondDictionary, type ColumnFacts } from './cells.ts';
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
const mostTexts = 65_536;
const mostCharacters = 16 << 20;

/** Whether a column that is wanted as `type` can be counted without its rows. */
export function isCountable({ storage }: ParquetColumn, type: ScanType): boolean {
  return storage.kind === 'booleans' || (storage.kind === 'numbers' ? type !== 'category' : type === 'category');
}

/** Counts the different values of a column, and hands on values that are in no dictionary in windows. */
export function chunkCounter(
  workspace: Workspace,
  column: ParquetColumn,
  type: ScanType,
  index: number,
  sink: CountingSink,
  damage: Damage,
): ChunkCounter {
  const { kernel } = workspace;
  const values = valueReader(workspace, column, damage);
  const output =
    type === 'category'
      ? textOutput(workspace, column, index, sink, damage)
      : numberOutput(workspace, column, index, sink, damage);
  const countsOf = workspace.stretch();
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
  const cells = workspace.stretch()(8 * windowCells);
  const none: NumberTable = { pointer: 0, distinct: 0 };
  let table = none;
  return {
    useDictionary(page) {
      table = numbers.table(page);
      return table.distinct;
    },
    read(values, count) {
      numbers.convert(values.fixed(count), count, cells);
      const nans = numbers.mayBeNan ? kernel.countNans(cells, count) : 0;
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
  index: number,
  sink: CountingSink,
  damage: Damage,
): Output {
  const { kernel } = workspace;
  const toText: TextOf = column.storage.kind === 'booleans' ? () => '' : textOf(workspace, column, damage);
  const noBounds = new Uint32Array(0);
  let bounds: Uint32Array = noBounds;
  const found = new Map<string, number>();
  let characters = 0;

  function handFound(nulls: number): void {
    if (found.size > 0 || nulls > 0) sink.textCounts(index, [...found.keys()], Uint32Array.from(found.values()), nulls);
    found.clear();
    characters = 0;
  }

  function add(text: string, times: number): void {
    const before = found.get(text);
    found.set(text, (before ?? 0) + times);
    if (before === undefined) characters += text.length;
    if (found.size >= mostTexts || characters >= mostCharacters) handFound(0);
  }

  return {
    useDictionary(page) {
      if (page === undefined) return 2;
      bounds = dictionaryBounds(workspace, column, page, damage);
      return page.count;
    },
    read(values, count) {
      values.bytes(count, (bytes, from, to) => add(toText(bytes, from, to), 1));
    },
    finish(counts, nulls) {
      const isBoolean = column.storage.kind === 'booleans';
      const distinct = isBoolean ? 2 : bounds.length / 2;
      const times = new Uint32Array(kernel.memory.buffer, counts, distinct).slice();
      for (let entry = 0; entry < distinct; entry++) {
        if (times[entry] === 0) continue;
        const bytes = Buffer.from(kernel.memory.buffer);
        const text = isBoolean
          ? String(entry === 1)
          : toText(bytes, bounds[2 * entry] as number, bounds[2 * entry + 1] as number);
        add(text, times[entry] as number);
      }
      bounds = noBounds;
      handFound(nulls);
    },
    seen: () => ({}),
  };
}

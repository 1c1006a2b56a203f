import type { ScanColumn, Sink } from '../scan.ts';
import { type CellMaker, type ColumnFacts, cellMaker } from './cells.ts';
import type { TextLimits } from './code-cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import type { Damage, DataPage, PageReader } from './pages.ts';
import { type ValueReader, valueReader, windowCells } from './values.ts';

/** Reads a column cell by cell. Pages of several columns begin at different rows; windows of rows that they agree on are cut out here. */
export interface RowColumn {
  /** Starts on the pages of a row group. */
  open(pages: PageReader): void;
  /** Hands on the next `rows` cells (`windowCells` at most), the first of which stands in row `firstRow`. */
  hand(rows: number, firstRow: number): void;
  seen(): ColumnFacts;
}

export function rowColumn(
  workspace: Workspace,
  column: ParquetColumn,
  wanted: ScanColumn,
  limits: TextLimits,
  index: number,
  sink: Sink,
  damage: Damage,
): RowColumn {
  const { kernel } = workspace;
  const maker: CellMaker = cellMaker(workspace, column, wanted, limits, damage);
  const values: ValueReader = valueReader(workspace, column, damage);
  const cells = workspace.scratch('cells')(windowCells * 8);
  const levels = workspace.scratch('level window')(windowCells * 4);
  const indices = workspace.scratch('index window')(windowCells * 4);
  let pages: PageReader;
  let page: DataPage | undefined;
  let cellsLeft = 0;
  /** The kernel's `Runs` of the page's indices; undefined when it holds the values themselves. */
  let indexRuns: number | undefined;
  let hasDictionary = false;

  function nextPage(): void {
    page = pages.next((dictionary) => {
      hasDictionary = true;
      maker.useDictionary(dictionary);
    });
    if (page === undefined) damage('it ends before its last row');
    cellsLeft = page.cells;
    const isIndexed = values.isIndexed(page);
    if (isIndexed && !hasDictionary) damage('its pages name a dictionary that it does not have');
    indexRuns = isIndexed ? values.openIndices(page) : undefined;
    // Only two encodings have to know beforehand how many values a page holds; for a page without nulls all know.
    if (!isIndexed) values.openValues(page, presentCells(page));
  }

  /** How many of a page's cells are there; leaves its levels to be read again. */
  function presentCells({ levels: runs, cells: all }: DataPage): number {
    if (runs === undefined) return all;
    const before = new Uint8Array(kernel.memory.buffer).slice(runs, runs + 32);
    const present = kernel.countOnes(runs, all);
    new Uint8Array(kernel.memory.buffer).set(before, runs);
    return present < 0 ? damage('the levels of a page end early') : present;
  }

  /** Writes `count` cells of the page to `target`, and returns how many of them are null. */
  function readCells(count: number, target: number): number {
    let present = count;
    const runs = page?.levels;
    if (runs !== undefined) {
      if (kernel.expandRuns(runs, count, levels) === 0) damage('the levels of a page end early');
      present = kernel.sumLevels(levels, count);
    }
    if (present > 0) readPresent(present, target);
    if (present < count) maker.spread(levels, count, present, target);
    return count - present;
  }

  function readPresent(count: number, target: number): void {
    if (indexRuns === undefined) {
      maker.read(values, count, target);
      return;
    }
    if (kernel.expandRuns(indexRuns, count, indices) === 0) damage('the indices of a page end early');
    maker.lookUp(indices, count, target);
  }

  return {
    open(next) {
      pages = next;
      cellsLeft = 0;
      hasDictionary = column.storage.kind === 'booleans';
      if (hasDictionary) maker.useDictionary(undefined);
    },
    hand(rows, firstRow) {
      let nulls = 0;
      for (let done = 0; done < rows; ) {
        if (cellsLeft === 0) nextPage();
        const count = Math.min(rows - done, cellsLeft);
        nulls += readCells(count, cells + done * maker.cellBytes);
        done += count;
        cellsLeft -= count;
      }
      maker.hand(sink, index, cells, rows, nulls, firstRow);
    },
    seen: () => maker.seen(),
  };
}

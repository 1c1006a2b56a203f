import { cellValue } from '../cell.ts';
import type { CellMaker, Mistyped } from './cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import type { Damage } from './pages.ts';
import { dictionaryBounds, textOf } from './texts.ts';

/** What a NaN stands for is written into its lowest bits, which looking up and spreading carry along. */
const nullMark = 0;
const nanMark = 1;
/** From here on: the number of a text that is not of the type, plus this. */
const firstTextMark = 2;
const nanHighBits = 0x7ff80000;

/** Texts that are wanted as numbers or moments, read as cells of a CSV file are. */
export function parsedCells(
  workspace: Workspace,
  column: ParquetColumn,
  type: 'number' | 'timestamp',
  damage: Damage,
): CellMaker {
  const { kernel } = workspace;
  const toText = textOf(workspace, column, damage);
  const table = workspace.stretch();
  let distinct = 0;
  /** Texts that are not of the type, until the first of them is found. */
  let wrongTexts: string[] = [];
  let first: Mistyped | undefined;

  function write(text: string, target: DataView, index: number): void {
    const value = text === '' ? undefined : cellValue(type, text, true);
    if (typeof value === 'number') target.setFloat64(8 * index, value, true);
    else {
      target.setUint32(8 * index, markOf(text), true);
      target.setUint32(8 * index + 4, nanHighBits, true);
    }
  }

  function markOf(text: string): number {
    if (text === '') return nullMark;
    if (/^nan$/i.test(text)) return nanMark;
    if (first === undefined) wrongTexts.push(text);
    return firstTextMark + Math.max(0, wrongTexts.length - 1);
  }

  function viewAt(pointer: number, count: number): DataView {
    return new DataView(kernel.memory.buffer, pointer, 8 * count);
  }

  return {
    cellBytes: 8,
    useDictionary(page) {
      if (page === undefined) return damage('it has a dictionary where none can be');
      const bounds = dictionaryBounds(workspace, column, page, damage);
      distinct = page.count;
      const view = viewAt(table(8 * distinct), distinct);
      const bytes = Buffer.from(kernel.memory.buffer);
      wrongTexts = [];
      for (let index = 0; index < distinct; index++) {
        write(toText(bytes, bounds[2 * index] as number, bounds[2 * index + 1] as number), view, index);
      }
    },
    lookUp(indices, count, target) {
      if (kernel.gatherDoubles(indices, count, table(8 * distinct), distinct, target) === 0) {
        damage('a cell names a value that is not in its dictionary');
      }
    },
    read(values, count, target) {
      const view = viewAt(target, count);
      let index = 0;
      values.bytes(count, (bytes, from, to) => write(toText(bytes, from, to), view, index++));
    },
    spread: (levels, count, present, target) => kernel.spreadDoubles(levels, count, present, target),
    hand(sink, index, pointer, rows, _, firstRow) {
      const values = new Float64Array(kernel.memory.buffer, pointer, rows);
      const words = new Uint32Array(kernel.memory.buffer, pointer, 2 * rows);
      let nulls = 0;
      let nans = 0;
      let mistyped = 0;
      for (let cell = 0; cell < rows; cell++) {
        if (!Number.isNaN(values[cell])) continue;
        const mark = words[2 * cell] as number;
        if (mark === nullMark) nulls++;
        else if (mark === nanMark) nans++;
        else {
          mistyped++;
          first ??= { row: firstRow + cell, text: wrongTexts[mark - firstTextMark] as string };
        }
      }
      sink.numbers(index, { values, pointer, nulls, nans, mistyped });
    },
    seen: () => ({ mistyped: first }),
  };
}

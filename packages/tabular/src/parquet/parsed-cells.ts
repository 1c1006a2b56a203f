import { cellKinds, defaultNullTexts, textList } from '../kernels/cells.ts';
import type { MistypedCell } from '../scan.ts';
import { beyondDictionary, type CellMaker } from './cells.ts';
import type { ParquetColumn } from './columns.ts';
import type { Workspace } from './kernel.ts';
import type { Damage } from './pages.ts';
import { dictionaryBounds, textOf } from './texts.ts';

/** What a NaN stands for is written into its lower half, which looking up and spreading carry along: as in the kernel of cells up to here. */
const nullMark = 0;
const nanMark = 1;
/** From here on: this, and the number of a text that is not of the type. */
const mistypedMark = 2;

/** Texts that are wanted as numbers or moments: the kernel of cells reads them, as it reads those of a CSV file. */
export function parsedCells(
  workspace: Workspace,
  column: ParquetColumn,
  type: 'number' | 'timestamp',
  damage: Damage,
): CellMaker {
  const { kernel, stretch, scratch } = workspace;
  const toText = textOf(workspace, column, damage);
  const table = stretch('table');
  const text = scratch('text');
  const cell = scratch('cell')(8);
  const nullTexts = textList(kernel, defaultNullTexts);
  let distinct = 0;
  /** Texts that are not of the type, until the first cell that has one is handed on. */
  let wrongTexts: string[] = [];
  let first: MistypedCell | undefined;

  /** The bits of the cell that a text is, the lower half first. */
  function parse(value: string): readonly [low: number, high: number] {
    const bytes = Buffer.from(value);
    const pointer = text(bytes.length + 8);
    const memory = new Uint8Array(kernel.memory.buffer);
    memory.set(bytes, pointer);
    // A number must end where the text does.
    memory[pointer + bytes.length] = 0;
    kernel.setColumn(0, cellKinds[type], cell, nullTexts, 0, 0);
    kernel.putCellAt(0, 0, pointer, bytes.length);
    const [low = 0, high = 0] = new Uint32Array(kernel.memory.buffer, cell, 2);
    const isMistyped = low === mistypedMark && Number.isNaN(new Float64Array(kernel.memory.buffer, cell, 1)[0]);
    return [isMistyped ? markOf(value) : low, high];
  }

  function markOf(value: string): number {
    if (first === undefined) wrongTexts.push(value);
    return mistypedMark + Math.max(0, wrongTexts.length - 1);
  }

  /** Writes the cells of `texts`. */
  function write(texts: readonly string[], target: number): void {
    const words = new Uint32Array(2 * texts.length);
    texts.forEach((each, index) => {
      words.set(parse(each), 2 * index);
    });
    new Uint32Array(kernel.memory.buffer, target, words.length).set(words);
  }

  return {
    cellBytes: 8,
    useDictionary(page) {
      if (page === undefined) return beyondDictionary(damage);
      const bounds = dictionaryBounds(workspace, column, page, damage);
      const bytes = Buffer.from(kernel.memory.buffer);
      distinct = page.count;
      wrongTexts = [];
      const texts: string[] = [];
      for (let at = 0; at < bounds.length; at += 2) {
        texts.push(toText(bytes, bounds[at] as number, bounds[at + 1] as number));
      }
      write(texts, table(8 * distinct));
    },
    lookUp(indices, count, target) {
      if (kernel.gatherDoubles(indices, count, table(8 * distinct), distinct, target) === 0) beyondDictionary(damage);
    },
    read(values, count, target) {
      const texts: string[] = [];
      values.bytes(count, (bytes, from, to) => texts.push(toText(bytes, from, to)));
      write(texts, target);
    },
    spread: (levels, count, present, target) => kernel.spreadDoubles(levels, count, present, target),
    hand(sink, index, pointer, rows, _, firstRow) {
      const values = new Float64Array(kernel.memory.buffer, pointer, rows);
      const words = new Uint32Array(kernel.memory.buffer, pointer, 2 * rows);
      let nulls = 0;
      let nans = 0;
      let mistyped = 0;
      for (let row = 0; row < rows; row++) {
        if (!Number.isNaN(values[row])) continue;
        const mark = words[2 * row] as number;
        if (mark === nullMark) nulls++;
        else if (mark === nanMark) nans++;
        else {
          mistyped++;
          first ??= { row: firstRow + row, text: wrongTexts[mark - mistypedMark] as string };
        }
      }
      sink.numbers(index, { values, pointer, nulls, nans, mistyped });
    },
    seen: () => ({ mistyped: first }),
  };
}

import { type CellOptions, cellColumns } from '../kernels/cells.ts';
import { lineBuffer } from '../kernels/line-buffer.ts';
import { isText, lengthFault, linesOf, textFault } from '../records.ts';
import { cellWriter, type RowKernel } from '../rows/cell-writer.ts';
import { extraColumns } from '../rows/extra-columns.ts';
import { flatRow, parsedJsonCells } from '../rows/flat.ts';
import type { ScanColumn, ScanFacts, Sink } from '../scan.ts';

/** What the JSONL kernel exports. */
interface JsonlKernel extends RowKernel {
  jsonOpen(columns: number, names: number): void;
  jsonParse(from: number, end: number, row: number, rows: number): number;
  jsonStoppedAt(): number;
  jsonLines(): number;
}

const newline = 10;
export const lineAdvice = 'Write one JSON object a line.';

export interface JsonlParserOptions extends CellOptions {
  readonly chunkBytes?: number | undefined;
}

/** Reads the rows of a JSONL file from its bytes, which are pushed in chunks of any length. */
export interface JsonlParser {
  push(bytes: Uint8Array): void;
  end(): ScanFacts;
}

/**
 * A parser of a file with the columns `columns`, without a byte order mark, that hands those of `wanted` to `sink`. Memory is bounded by the
 * longest line. `push` and `end` throw a located `UserError` for a line that is no JSON object, is over 16 MiB, or holds NUL bytes or bytes that are
 * not UTF-8.
 */
export function jsonlParser(
  file: string,
  columns: readonly ScanColumn[],
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: JsonlParserOptions = {},
): JsonlParser {
  const cells = cellColumns<JsonlKernel>(wanted, sink, options, () => lineOf());
  const { kernel } = cells;
  const indexes = new Map(columns.map(({ name }, index) => [name, index]));
  kernel.jsonOpen(columns.length, namesOf(kernel, columns));
  cells.place(wanted.map(({ name }) => indexes.get(name) as number));
  const put = cellWriter(kernel);
  const extra = extraColumns(file);
  const lines = lineBuffer(kernel, {
    chunkBytes: options.chunkBytes,
    parse,
    tooLong: () => lengthFault({ file, line: lineOf() }),
  });
  let rows = 0;
  /** Lines that the kernel left to us. */
  let ownLines = 0;

  function lineOf(): number {
    return kernel.jsonLines() + ownLines + 1;
  }

  function parse(from: number, end: number): number {
    const bytes = Buffer.from(kernel.memory.buffer, from, end - from);
    if (!isText(bytes)) throw textFault(file, linesOf(bytes, lineOf()));
    let at = from;
    while (at < end) {
      rows = kernel.jsonParse(at, end, rows, cells.batchRows);
      at = kernel.jsonStoppedAt();
      if (rows === cells.batchRows) {
        cells.endBatch(rows);
        rows = 0;
      } else if (at < end) {
        at = readLine(at, end);
      }
    }
    return at;
  }

  /** Reads a line that the kernel cannot; returns where the next starts. */
  function readLine(at: number, end: number): number {
    const rest = Buffer.from(kernel.memory.buffer, at, end - at);
    const length = rest.indexOf(newline);
    const place = { file, line: lineOf(), row: cells.rowsBefore + rows + 1 };
    const row = flatRow(parsedJsonCells(rest.toString('utf8', 0, length), place, lineAdvice), place);
    for (const column of wanted) put(column, indexes.get(column.name) as number, rows, row.get(column.name));
    for (const name of row.keys()) if (!indexes.has(name)) extra.see(name, place.line);
    rows++;
    ownLines++;
    return at + length + 1;
  }

  return {
    push: (bytes) => lines.push(bytes),
    end() {
      lines.end();
      if (rows > 0) cells.endBatch(rows);
      return { rows: cells.rowsBefore, mistyped: cells.mistyped, warnings: extra.warnings() };
    },
  };
}

/** The names of columns as the kernel reads them. One that JSON writes with escapes is left out: its rows come to JavaScript. */
function namesOf(kernel: JsonlKernel, columns: readonly ScanColumn[]): number {
  const list = Buffer.concat(
    columns.flatMap(({ name }) => {
      const bytes = JSON.stringify(name) === `"${name}"` ? Buffer.from(name) : Buffer.alloc(0);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
  const pointer = kernel.allocate(list.length);
  new Uint8Array(kernel.memory.buffer).set(list, pointer);
  return pointer;
}

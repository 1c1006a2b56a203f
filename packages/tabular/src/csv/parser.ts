import { afterQuoteFault } from '../csv.ts';
import { widthFault } from '../header.ts';
import { type CellKernel, type CellOptions, cellColumns } from '../kernels/cells.ts';
import { isText, lengthFault, longestRecord, openQuoteFault, textFault } from '../records.ts';
import type { ScanColumn, ScanFacts, Sink } from '../scan.ts';
import type { Dialect } from './dialect.ts';

/** What the CSV kernel exports. */
interface CsvKernel extends CellKernel {
  csvOpen(columns: number, delimiter: number): void;
  csvPlan(): void;
  csvParse(from: number, end: number, row: number, rows: number): number;
  csvStatus(): number;
  csvFields(): number;
  csvStoppedAt(): number;
  csvLines(): number;
}

const unfinished = 1;
const wrongWidth = 2;
const goesOnAfterQuote = 3;

const newline = 10;

/** Bytes that are parsed at a time. */
const defaultChunkBytes = 2 << 20;

export interface ParserOptions extends CellOptions {
  readonly chunkBytes?: number | undefined;
}

/** Reads the rows of a CSV file from its bytes, which are pushed in chunks of any length. */
export interface CsvParser {
  push(bytes: Uint8Array): void;
  /** Hands over all whole rows pushed so far. */
  flush(): void;
  end(): ScanFacts;
}

/**
 * A parser of the rows behind the header that hands the columns `wanted` to `sink`. Memory is bounded by the longest row. `push` and `end`
 * throw a located `UserError` for rows with more or fewer fields than columns, text behind a closing quote, a quote that is never closed, a row over
 * 16 MiB, NUL bytes and bytes that are not UTF-8.
 */
export function csvParser(
  file: string,
  dialect: Dialect,
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: ParserOptions = {},
): CsvParser {
  const cells = cellColumns<CsvKernel>(wanted, sink, options, () => lineOf());
  const { kernel } = cells;
  kernel.csvOpen(dialect.columns.length, dialect.delimiter.charCodeAt(0));
  cells.place(wanted.map(({ name }) => dialect.columns.indexOf(name)));
  kernel.csvPlan();

  let capacity = options.chunkBytes ?? defaultChunkBytes;
  // One byte more, for the line end that the last line may lack.
  let buffer = kernel.allocate(capacity + 1);
  let filled = 0;
  let rows = 0;

  function lineOf(): number {
    return dialect.line + kernel.csvLines();
  }

  /** The first `length` bytes of the buffer. */
  function buffered(length: number): Buffer {
    return Buffer.from(kernel.memory.buffer, buffer, length);
  }

  /** Parses the whole lines that are there, hands over full batches and keeps the rest. */
  function parse(last: boolean): void {
    const end = buffered(filled).lastIndexOf(newline) + 1;
    const lines = buffered(end);
    if (!isText(lines)) throw textFault(file, linesOf(lines, lineOf()));
    let at = buffer;
    while (at < buffer + end) {
      rows = kernel.csvParse(at, buffer + end, rows, cells.batchRows);
      at = kernel.csvStoppedAt();
      if (rows === cells.batchRows) {
        cells.endBatch(rows);
        rows = 0;
      } else if (kernel.csvStatus() === unfinished) {
        if (last) throw openQuoteFault({ file, line: lineOf() });
        break;
      } else {
        throwFault(kernel.csvStatus());
      }
    }
    keepFrom(at - buffer);
  }

  function throwFault(status: number): void {
    const place = { file, line: lineOf(), row: cells.rowsBefore + rows + 1 };
    if (status === wrongWidth) throw widthFault(dialect.columns, kernel.csvFields(), place);
    if (status === goesOnAfterQuote) throw afterQuoteFault(kernel.csvFields(), place);
  }

  /** Moves what was not parsed to the front, and makes room when it fills the buffer. */
  function keepFrom(offset: number): void {
    const kept = filled - offset;
    if (kept > longestRecord) throw lengthFault({ file, line: lineOf() });
    if (kept === capacity) {
      capacity = Math.min(4 * capacity, longestRecord + defaultChunkBytes);
      const larger = kernel.allocate(capacity + 1);
      new Uint8Array(kernel.memory.buffer).copyWithin(larger, buffer + offset, buffer + filled);
      buffer = larger;
    } else {
      new Uint8Array(kernel.memory.buffer).copyWithin(buffer, buffer + offset, buffer + filled);
    }
    filled = kept;
  }

  return {
    push(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        const part = bytes.subarray(offset, offset + capacity - filled);
        new Uint8Array(kernel.memory.buffer).set(part, buffer + filled);
        filled += part.length;
        offset += part.length;
        if (filled === capacity) parse(false);
      }
    },
    flush() {
      parse(false);
      if (rows > 0) cells.endBatch(rows);
      rows = 0;
    },
    end() {
      if (filled > 0) {
        const bytes = buffered(filled + 1);
        if (bytes[filled - 1] !== newline) bytes[filled++] = newline;
        parse(true);
      }
      if (rows > 0) cells.endBatch(rows);
      return { rows: cells.rowsBefore, mistyped: cells.mistyped, warnings: [] };
    },
  };
}

function* linesOf(bytes: Buffer, firstLine: number): Generator<{ bytes: Buffer; line: number }> {
  let start = 0;
  for (let line = firstLine; start < bytes.length; line++) {
    const end = bytes.indexOf(newline, start) + 1;
    yield { bytes: bytes.subarray(start, end), line };
    start = end;
  }
}

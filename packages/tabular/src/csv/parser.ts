import type { UserError } from '@mlops-actions/core';
import { afterQuoteFault } from '../csv.ts';
import { widthFault } from '../header.ts';
import { type CellKernel, type CellOptions, cellColumns } from '../kernels/cells.ts';
import { isText, lengthFault, linesOf, longestRecord, openQuoteFault, textFault } from '../records.ts';
import type { PartExtent, ScanColumn, ScanFacts, Sink } from '../scan.ts';
import type { Dialect } from './dialect.ts';

/** What the CSV kernel exports. */
interface CsvKernel extends CellKernel {
  csvOpen(columns: number, delimiter: number): void;
  csvPlan(): void;
  csvParse(from: number, until: number, end: number, row: number, rows: number): number;
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

/** Where in the file the bytes lie that a parser is given. */
export interface Stretch {
  /** Where the first byte pushed lies. */
  readonly from: number;
  /** Records that start here or behind are not read. */
  readonly until: number;
  /** Whether a record starts with the first byte; otherwise the first line end is looked for. */
  readonly isRecordStart: boolean;
  /** On which line the first record is. */
  readonly line: number;
}

/** Reads the rows of a CSV file from its bytes, which are pushed in chunks of any length. */
export interface CsvParser {
  push(bytes: Uint8Array): void;
  /** Whether all records of the stretch have been read, so that more bytes would not be looked at. */
  readonly done: boolean;
  /** Hands over all whole rows pushed so far. */
  flush(): void;
  end(): ScanFacts & { readonly extent: PartExtent };
}

/**
 * A parser of the rows of a stretch that hands the columns `wanted` to `sink`. Memory is bounded by the longest row. `push` and `end`
 * throw a located `UserError` for rows with more or fewer fields than columns, text behind a closing quote, a quote that is never closed, a row over
 * 16 MiB, NUL bytes and bytes that are not UTF-8.
 */
export function csvParser(
  file: string,
  dialect: Dialect,
  stretch: Stretch,
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: ParserOptions = {},
): CsvParser {
  const cells = cellColumns<CsvKernel>(wanted, sink, options, () => lineOf());
  const { kernel } = cells;
  const positions = new Map(dialect.columns.map((name, index) => [name, index]));
  kernel.csvOpen(dialect.columns.length, dialect.delimiter.charCodeAt(0));
  cells.place(wanted.map(({ name }) => positions.get(name) as number));
  kernel.csvPlan();

  let capacity = options.chunkBytes ?? defaultChunkBytes;
  // One byte more, for the line end that the last line may lack.
  let buffer = kernel.allocate(capacity + 1);
  let filled = 0;
  /** Where in the file the buffer starts. */
  let offset = stretch.from;
  let began = stretch.isRecordStart ? stretch.from : undefined;
  let done = stretch.isRecordStart && stretch.from >= stretch.until;
  let rows = 0;

  function lineOf(): number {
    return stretch.line + kernel.csvLines();
  }

  /** The first `length` bytes of the buffer. */
  function buffered(length: number): Buffer {
    return Buffer.from(kernel.memory.buffer, buffer, length);
  }

  /** Parses the whole lines that are there, hands over full batches and keeps the rest. */
  function parse(last: boolean): void {
    const length = buffered(filled).lastIndexOf(newline) + 1;
    const lines = buffered(length);
    if (!isText(lines)) throw textFault(file, linesOf(lines, lineOf()));
    const end = buffer + length;
    const until = Math.min(end, buffer + stretch.until - offset);
    let at = buffer;
    while (at < until) {
      rows = kernel.csvParse(at, until, end, rows, cells.batchRows);
      at = kernel.csvStoppedAt();
      const status = kernel.csvStatus();
      if (status === wrongWidth || status === goesOnAfterQuote) throw rowFault(status);
      if (status === unfinished && last) throw openQuoteFault({ file, line: lineOf() });
      if (status === unfinished) break;
      if (rows === cells.batchRows) endBatch();
    }
    keepFrom(at - buffer);
    done = offset >= stretch.until;
  }

  function rowFault(status: number): UserError {
    const place = { file, line: lineOf(), row: cells.rowsBefore + rows + 1 };
    if (status === wrongWidth) return widthFault(dialect.columns, kernel.csvFields(), place);
    return afterQuoteFault(kernel.csvFields(), place);
  }

  function endBatch(): void {
    cells.endBatch(rows);
    rows = 0;
  }

  /** Moves what was not parsed to the front, and makes room when it fills the buffer. */
  function keepFrom(start: number): void {
    const kept = filled - start;
    if (kept > longestRecord) throw lengthFault({ file, line: lineOf() });
    const before = buffer;
    if (kept === capacity) {
      capacity = Math.min(4 * capacity, longestRecord + defaultChunkBytes);
      buffer = kernel.allocate(capacity + 1);
    }
    new Uint8Array(kernel.memory.buffer).copyWithin(buffer, before + start, before + filled);
    filled = kept;
    offset += start;
  }

  /** How many of `bytes` are in front of the first record, which is behind the first line end. */
  function passed(bytes: Uint8Array): number {
    if (began !== undefined) return 0;
    const lineEnd = bytes.indexOf(newline);
    const count = lineEnd === -1 ? bytes.length : lineEnd + 1;
    offset += count;
    if (lineEnd !== -1) began = offset;
    done = offset >= stretch.until && began !== undefined;
    return count;
  }

  return {
    get done() {
      return done;
    },
    push(bytes) {
      for (let at = passed(bytes); at < bytes.length && !done; ) {
        const part = bytes.subarray(at, at + capacity - filled);
        new Uint8Array(kernel.memory.buffer).set(part, buffer + filled);
        filled += part.length;
        at += part.length;
        if (filled === capacity) parse(false);
      }
    },
    flush() {
      parse(false);
      if (rows > 0) endBatch();
    },
    end() {
      let missing = 0;
      if (filled > 0 && !done) {
        const bytes = buffered(filled + 1);
        if (bytes[filled - 1] !== newline) {
          bytes[filled++] = newline;
          missing = 1;
        }
        parse(true);
      }
      if (rows > 0) endBatch();
      const to = offset - (filled === 0 ? missing : 0);
      const extent = { from: began ?? offset, to, lines: lineOf() - 1 };
      return { rows: cells.rowsBefore, mistyped: cells.mistyped, warnings: [], extent };
    },
  };
}

import type { UserError } from '@mlops-actions/core';
import { afterQuoteFault } from '../csv.ts';
import { widthFault } from '../header.ts';
import { type CellKernel, type CellOptions, cellColumns } from '../kernels/cells.ts';
import { lineBuffer } from '../kernels/line-buffer.ts';
import { isText, lengthFault, linesOf, openQuoteFault, textFault } from '../records.ts';
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

  const lines = lineBuffer(kernel, {
    chunkBytes: options.chunkBytes,
    parse,
    tooLong: () => lengthFault({ file, line: lineOf() }),
  });
  /** Where in the file what was not parsed starts, and where the bytes pushed so far end. */
  let offset = stretch.from;
  let pushed = stretch.from;
  let began = stretch.isRecordStart ? stretch.from : undefined;
  let done = stretch.isRecordStart && stretch.from >= stretch.until;
  let rows = 0;

  function lineOf(): number {
    return stretch.line + kernel.csvLines();
  }

  /** Parses whole lines up to the end of the stretch and hands over full batches. */
  function parse(from: number, end: number, last: boolean): number {
    if (done) return end;
    const bytes = Buffer.from(kernel.memory.buffer, from, end - from);
    if (!isText(bytes)) throw textFault(file, linesOf(bytes, lineOf()));
    const until = Math.min(end, from + stretch.until - offset);
    let at = from;
    while (at < until) {
      rows = kernel.csvParse(at, until, end, rows, cells.batchRows);
      at = kernel.csvStoppedAt();
      const status = kernel.csvStatus();
      if (status === wrongWidth || status === goesOnAfterQuote) throw rowFault(status);
      if (status === unfinished && last) throw openQuoteFault({ file, line: lineOf() });
      if (status === unfinished) break;
      if (rows === cells.batchRows) endBatch();
    }
    offset += at - from;
    done = offset >= stretch.until;
    return at;
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
      if (done) return;
      pushed += bytes.length;
      const skipped = passed(bytes);
      if (!done) lines.push(bytes.subarray(skipped));
    },
    flush() {
      lines.flush();
      if (rows > 0) endBatch();
    },
    end() {
      if (!done) lines.end();
      if (rows > 0) endBatch();
      // A line end that the last line lacked and was given is not in the file.
      const extent = { from: began ?? offset, to: Math.min(offset, pushed), lines: lineOf() - 1 };
      return { rows: cells.rowsBefore, mistyped: cells.mistyped, warnings: [], extent };
    },
  };
}

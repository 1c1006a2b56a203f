import { UserError } from '@mlops-actions/core';
import { requireColumns } from '../header.ts';
import type { NullTexts } from '../kernels/cells.ts';
import { longestRecord } from '../records.ts';
import type { ScanColumn, Scanner, ScanOptions, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
import { type Headed, headOf } from '../sources/head.ts';
import { inOrder } from '../sources/ranges.ts';
import { type Delimiter, type Dialect, dialectOf } from './dialect.ts';
import { inferredTypes } from './infer.ts';
import { type CsvParser, csvParser, type Stretch } from './parser.ts';
import { equalParts } from './parts.ts';

export interface CsvOptions extends ScanOptions {
  /** Default: what the header line holds most often. */
  readonly delimiter?: Delimiter;
  readonly nullTexts?: NullTexts;
  /** Bytes that are parsed at a time. Default: 2 MiB. */
  readonly chunkBytes?: number;
}

/** The types of columns are inferred from so many bytes. */
const sampleBytes = 1 << 20;
const partReadBytes = 2 << 20;

/**
 * Opens a CSV file with a header line. The types are those of `options.types`, for the other columns what the first MiB suggests: numbers or
 * timestamps where each cell is one or empty, else categories. Throws a located `UserError` for a header that names no columns, for what makes
 * rows in the first MiB unreadable, and for a type stated for a column that is not there.
 */
export async function openCsv(source: ByteSource, options: CsvOptions = {}): Promise<Scanner> {
  const { headed, dialect } = await beginning(source, options);
  const rows = headed.head.subarray(dialect.start);
  requireColumns(source.label, dialect.columns, options.types?.keys() ?? []);
  const types = inferredTypes(source.label, dialect, rows, headed.whole, options);
  const columns = dialect.columns.map((name, index) => ({ name, type: types[index] as ScanColumn['type'] }));
  const rowsFrom = { from: dialect.start, line: dialect.line, isRecordStart: true };
  const parserOf = (stretch: Stretch, wanted: readonly ScanColumn[], sink: Sink) => {
    requireColumns(
      source.label,
      dialect.columns,
      wanted.map(({ name }) => name),
    );
    return csvParser(source.label, dialect, stretch, wanted, sink, options);
  };
  let spent = false;

  const scanner: Scanner = {
    columns,
    async scan(wanted, sink, signal = options.signal) {
      const parser = parserOf({ ...rowsFrom, until: Number.POSITIVE_INFINITY }, wanted, sink);
      if (headed.source.once === true && spent) {
        throw new UserError(`${source.label}: can be read once only. Save it as a file first.`);
      }
      spent = true;
      const { extent: _, ...facts } = await parsed(parser, withoutHeader(headed.source, dialect.start, signal), signal);
      return facts;
    },
  };
  const { size, range } = headed.source;
  if (size === undefined || range === undefined) return scanner;
  return {
    ...scanner,
    parts: (count) => equalParts(dialect.start, size, count),
    scanPart(part, wanted, sink, signal = options.signal) {
      // A line that starts exactly at `from` is seen by the line end before it.
      const from = part.isRecordStart === true ? part.from : part.from - 1;
      const stretch = { from, until: part.to, isRecordStart: part.isRecordStart === true, line: 1 };
      const parser = parserOf(part.from === dialect.start ? { ...rowsFrom, until: part.to } : stretch, wanted, sink);
      return parsed(parser, inOrder(range, { from, to: size, bytes: partReadBytes, atOnce: 2 }, signal), signal);
    },
  };
}

/** The header, with as much of the file as it takes to have it whole and a row or more behind it. */
async function beginning(
  source: ByteSource,
  { delimiter, signal }: CsvOptions,
): Promise<{ headed: Headed; dialect: Dialect }> {
  let headed: Headed | undefined;
  for (const bytes of [sampleBytes, 2 * (longestRecord + sampleBytes)]) {
    headed = await headOf(headed?.source ?? source, bytes, signal);
    const { head, whole } = headed;
    const dialect = dialectOf(source.label, head, whole, delimiter);
    if (dialect !== undefined && (whole || head.includes(10, dialect.start))) return { headed, dialect };
  }
  const dialect = headed && dialectOf(source.label, headed.head, true, delimiter);
  return { headed: headed as Headed, dialect: dialect as Dialect };
}

async function parsed(parser: CsvParser, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    parser.push(chunk);
    if (parser.done) break;
  }
  return parser.end();
}

async function* withoutHeader(
  source: ByteSource,
  header: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let left = header;
  for await (const chunk of source.stream(signal)) {
    const passed = Math.min(left, chunk.length);
    left -= passed;
    yield chunk.subarray(passed);
  }
}

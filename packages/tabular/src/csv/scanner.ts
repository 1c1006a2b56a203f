import { UserError } from '@mlops-actions/core';
import { requireColumns } from '../header.ts';
import type { NullTexts } from '../kernels/cells.ts';
import { longestRecord } from '../records.ts';
import type { ScanColumn, ScanFacts, Scanner, ScanOptions, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
import { type Headed, headOf } from '../sources/head.ts';
import { type Delimiter, type Dialect, dialectOf } from './dialect.ts';
import { inferredTypes } from './infer.ts';
import { csvParser } from './parser.ts';

export interface CsvOptions extends ScanOptions {
  /** Default: what the header line holds most often. */
  readonly delimiter?: Delimiter;
  readonly nullTexts?: NullTexts;
  /** Bytes that are parsed at a time. Default: 2 MiB. */
  readonly chunkBytes?: number;
}

/** The types of columns are inferred from so many bytes. */
const sampleBytes = 1 << 20;

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
  let spent = false;

  return {
    columns,
    async scan(wanted, sink, signal = options.signal) {
      if (headed.source.once === true && spent) {
        throw new UserError(`${source.label}: can be read once only. Save it as a file first.`);
      }
      spent = true;
      requireColumns(
        source.label,
        dialect.columns,
        wanted.map(({ name }) => name),
      );
      return scanned(headed.source, dialect, wanted, sink, options, signal);
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

async function scanned(
  source: ByteSource,
  dialect: Dialect,
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: CsvOptions,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  const parser = csvParser(source.label, dialect, wanted, sink, options);
  let header = dialect.start;
  for await (const chunk of source.stream(signal)) {
    signal?.throwIfAborted();
    const passed = Math.min(header, chunk.length);
    header -= passed;
    parser.push(chunk.subarray(passed));
  }
  return parser.end();
}

import { tableFault } from '../fault.ts';
import type { ScanColumn, ScanFacts, Scanner, ScanOptions, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
import type { ParquetColumn } from './columns.ts';
import { readFooter } from './footer.ts';
import { type RangeSource, scanGroups, type WantedColumn } from './scan.ts';

/** A reader of a Parquet file, which several threads can share: each scans some of the row groups. */
export interface ParquetScanner extends Scanner {
  readonly rowGroups: readonly { readonly rows: number }[];
  /** `scan` of the row groups `groups` alone (numbers from 0, each once). Rows are counted from the start of the file. */
  scanRowGroups(
    groups: readonly number[],
    wanted: readonly ScanColumn[],
    sink: Sink,
    signal?: AbortSignal,
  ): Promise<ScanFacts>;
}

/**
 * Opens a Parquet file: reads its footer, and later only the pages of the columns that are wanted. Numbers, dates and decimals become doubles,
 * moments milliseconds since 1970 (those without a zone count as UTC), Booleans and texts categories; a column may be asked for as
 * another type where its cells can be read as one. Nested columns are listed, and refused when they are wanted.
 *
 * Memory is bounded by one row group's wanted chunks as they are in the file, plus one page of each.
 *
 * Throws a `UserError` for a source that can only be read in order, a file that is no Parquet file, cut off, damaged or encrypted, and for
 * types and codecs that are not read.
 */
export async function openParquet(source: ByteSource, options: ScanOptions): Promise<ParquetScanner> {
  options.signal?.throwIfAborted();
  if (!isRangeSource(source)) {
    throw tableFault({ file: source.label }, 'is Parquet, which is read from its end: save it as a file first.');
  }
  const footer = await readFooter(source);
  const byName = new Map(footer.columns.map((column) => [column.name, column]));

  function wantedColumn(wanted: ScanColumn): WantedColumn {
    const place = { file: source.label, column: wanted.name };
    const column = byName.get(wanted.name);
    if (column === undefined) throw tableFault(place, 'is not in the table. Check its name.');
    const { storage } = column;
    if (storage.kind === 'unreadable') throw tableFault(place, `${storage.why}.`);
    requireType(place, column, wanted);
    return { column, wanted };
  }

  function scanRowGroups(
    groups: readonly number[],
    wanted: readonly ScanColumn[],
    sink: Sink,
    signal?: AbortSignal,
  ): Promise<ScanFacts> {
    return scanGroups(source as RangeSource, footer, groups, wanted.map(wantedColumn), sink, options.interning, signal);
  }

  return {
    columns: footer.columns.map(({ name, type }) => ({ name, type: options.types?.get(name) ?? type })),
    rowGroups: footer.rowGroups.map(({ rows }) => ({ rows })),
    scan: async (wanted, sink, signal) => scanRowGroups([...footer.rowGroups.keys()], wanted, sink, signal),
    scanRowGroups: async (...input) => scanRowGroups(...input),
  };
}

function isRangeSource(source: ByteSource): source is RangeSource {
  return source.size !== undefined && source.range !== undefined;
}

/** Numbers say no moment by themselves, and the other way round a moment is a number of milliseconds. */
function requireType(
  place: { file: string; column: string },
  { storage, type }: ParquetColumn,
  wanted: ScanColumn,
): void {
  const isNumber = storage.kind === 'booleans' || (storage.kind === 'numbers' && type === 'number');
  if (wanted.type === 'timestamp' && isNumber) {
    throw tableFault(place, 'holds numbers, not timestamps. Read it as a number, or write it as timestamps.');
  }
}

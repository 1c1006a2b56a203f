import type { Json } from '@mlops-actions/core';
import { checkedColumns, jsonAdvice, requireColumns } from '../header.ts';
import { cellColumns, type NullTexts } from '../kernels/cells.ts';
import type { MistypedCell, ScanColumn, ScanFacts, Scanner, ScanOptions, Sink } from '../scan.ts';
import { cellWriter, type RowKernel } from './cell-writer.ts';
import { extraColumns } from './extra-columns.ts';
import { typeInference } from './infer.ts';

/** A column of rows that are values. */
export interface RowColumn {
  readonly name: string;
  /** Whether the values come from a source that knows texts only (CSV), so that "12" is a number. */
  readonly fromText: boolean;
}

/** Some rows with the same columns, and where they stand. Batches that share `columns` are read faster. */
export interface RowBatch {
  readonly file: string;
  readonly line: number;
  readonly columns: readonly RowColumn[];
  /** Cells in the order of `columns`. */
  readonly rows: readonly (readonly Json[])[];
}

/** One reading of rows from their start. */
export interface RowReading {
  readonly batches: AsyncIterable<RowBatch>;
  /** What was passed over so far, one sentence each. */
  warnings(): readonly string[];
}

export interface RowSource {
  /** How messages name it. */
  readonly label: string;
  read(signal?: AbortSignal): RowReading;
}

export interface RowOptions extends ScanOptions {
  readonly nullTexts?: NullTexts;
}

/** The columns and their types come from the first rows, so many. */
const sampleRows = 10_000;

/**
 * A table of rows that are values. Its columns are those of the first 10,000 rows and those of `options.types`; a row that lacks one has an empty
 * cell there. The types are those stated, else what these rows suggest, as in JSONL and, for cells from text, as in CSV. Columns that
 * come up later are passed over, with a warning. Throws a `UserError` when there is no row, and for over 10,000 columns.
 */
export async function rowScanner(source: RowSource, options: RowOptions = {}): Promise<Scanner> {
  const columns = await columnsOf(source, options);
  const names = columns.map(({ name }) => name);
  checkedColumns(source.label, undefined, names, jsonAdvice);
  return {
    columns,
    async scan(wanted, sink, signal = options.signal) {
      requireColumns(
        source.label,
        names,
        wanted.map(({ name }) => name),
      );
      return scanned(source, new Set(names), wanted, sink, options, signal);
    },
  };
}

async function columnsOf(source: RowSource, options: RowOptions): Promise<ScanColumn[]> {
  const inference = typeInference(options.nullTexts);
  let count = 0;
  for await (const { columns, rows } of source.read(options.signal).batches) {
    for (const row of rows) {
      columns.forEach(({ name, fromText }, index) => {
        inference.see(name, row[index] ?? null, fromText);
      });
    }
    count += rows.length;
    if (count >= sampleRows) break;
  }
  return inference.columns(options.types);
}

async function scanned(
  source: RowSource,
  known: ReadonlySet<string>,
  wanted: readonly ScanColumn[],
  sink: Sink,
  options: RowOptions,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  let batch: RowBatch | undefined;
  const cells = cellColumns<RowKernel>(wanted, sink, options, () => (batch as RowBatch).line);
  const { kernel } = cells;
  kernel.newColumns(wanted.length);
  cells.place([...wanted.keys()]);
  const put = cellWriter(kernel);
  const extra = extraColumns(source.label);
  const mistyped = new Map<string, MistypedCell>();
  const reading = source.read(signal);
  let layout: Layout | undefined;
  let rows = 0;

  for await (batch of reading.batches) {
    signal?.throwIfAborted();
    if (layout?.columns !== batch.columns) layout = layoutOf(batch.columns, wanted, known);
    for (const name of layout.unknown) extra.see(name, batch.line);
    const { positions } = layout;
    for (const row of batch.rows) {
      for (let index = 0; index < wanted.length; index++) {
        const position = positions[index] as number;
        put(wanted[index] as ScanColumn, index, rows, position === -1 ? null : row[position]);
      }
      rows++;
      if (rows === cells.batchRows) {
        cells.endBatch(rows);
        rows = 0;
      }
    }
    if (cells.mistyped.size > mistyped.size) {
      for (const [name, cell] of cells.mistyped) {
        if (!mistyped.has(name)) mistyped.set(name, { file: batch.file, ...cell });
      }
    }
  }
  if (rows > 0) cells.endBatch(rows);
  return { rows: cells.rowsBefore, mistyped, warnings: [...reading.warnings(), ...extra.warnings()] };
}

/** Where the wanted columns are in the rows of a batch, -1 for those that are not. */
interface Layout {
  readonly columns: readonly RowColumn[];
  readonly positions: readonly number[];
  readonly unknown: readonly string[];
}

function layoutOf(columns: readonly RowColumn[], wanted: readonly ScanColumn[], known: ReadonlySet<string>): Layout {
  const positions = new Map(columns.map(({ name }, index) => [name, index]));
  return {
    columns,
    positions: wanted.map(({ name }) => positions.get(name) ?? -1),
    unknown: columns.map(({ name }) => name).filter((name) => !known.has(name)),
  };
}

import type { Json } from '@mlops-actions/core';
import { type ReadOptions, readBytes } from './bytes.ts';
import { quotedFields, withoutLineEnd } from './csv.ts';
import { shortened, tableFault } from './fault.ts';
import { checkedColumns, widthFault } from './header.ts';
import { type RawRecord, type RecordRule, recordCutter } from './records.ts';

/** `csv` and `tsv` begin with a line of column names; `jsonl` is one JSON object a line. */
export const tableFormats = ['csv', 'tsv', 'jsonl'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** One row and where it is. Rows count from 1 without the header, lines from 1. */
export interface Row {
  readonly row: number;
  readonly line: number;
  /** In the order of the table's columns. An empty CSV field is null. */
  readonly cells: readonly Json[];
  /** The row as it stands in the file, its line end included. Valid after the batch is gone. */
  readonly bytes: Buffer;
}

/** A part of a table: what it says about itself, the same in every batch, and some rows. */
export interface Batch {
  readonly file: string;
  readonly format: TableFormat;
  readonly columns: readonly string[];
  /** The line of column names as it stands in the file, without a byte order mark; empty for JSONL. */
  readonly header: Buffer;
  readonly rows: readonly Row[];
}

/** The format that a file's name tells: `.csv`, `.tsv`, `.jsonl` or `.ndjson`, each also with `.gz`. */
export function formatOf(path: string): TableFormat | undefined {
  const ending = /\.(csv|tsv|jsonl|ndjson)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  return ending === 'ndjson' ? 'jsonl' : (ending as TableFormat | undefined);
}

/**
 * Reads a table in batches of rows, with memory bounded by the longest row. Blank lines are skipped, as pandas does. In JSONL the
 * first row names the columns; a later one may leave some out (null) and may bring no new one.
 *
 * Written here and not taken from a CSV library: splits need each row's own bytes, and messages its line. csv-parse, the best kept one, gives them
 * at a third of this speed, and passes bad UTF-8 and NUL bytes on.
 *
 * Throws a `UserError` with file, line, row and column for: no rows, column names that are empty or double, over 10,000 columns, rows with more or
 * fewer fields than columns, quotes not closed, JSON that is no object, bytes that are not UTF-8, NUL bytes, rows over 16 MiB, damaged
 * or exploding gzip. `signal` ends it with the signal's reason.
 */
export async function* readTable(path: string, format: TableFormat, options: ReadOptions = {}): AsyncGenerator<Batch> {
  const file = options.label ?? path;
  const cutter = recordCutter(file, ruleOf(format));
  const read = format === 'jsonl' ? jsonReader(file) : csvReader(file, format);
  let rows = 0;
  for await (const records of cutUp(path, cutter, options)) {
    const batch = read(records);
    if (batch === undefined || batch.rows.length === 0) continue;
    rows += batch.rows.length;
    yield batch;
  }
  if (rows === 0) throw tableFault({ file }, 'holds no rows. Check what writes it.');
}

function ruleOf(format: TableFormat): RecordRule {
  return format === 'jsonl' ? { kind: 'lines' } : { kind: 'quoted', delimiter: delimiterOf(format).charCodeAt(0) };
}

function delimiterOf(format: 'csv' | 'tsv'): string {
  return format === 'csv' ? ',' : '\t';
}

async function* cutUp(
  path: string,
  cutter: ReturnType<typeof recordCutter>,
  options: ReadOptions,
): AsyncGenerator<RawRecord[]> {
  for await (const chunk of readBytes(path, options)) yield cutter.push(chunk);
  yield cutter.end();
}

type BatchReader = (records: readonly RawRecord[]) => Batch | undefined;

function csvReader(file: string, format: 'csv' | 'tsv'): BatchReader {
  const delimiter = delimiterOf(format);
  let head: Omit<Batch, 'rows'> | undefined;
  let row = 0;

  function fieldsOf(record: RawRecord, text: string): string[] {
    return record.quoted ? quotedFields(text, delimiter, { file, line: record.line }) : text.split(delimiter);
  }

  return (records) => {
    const rows: Row[] = [];
    for (const record of records) {
      const text = withoutLineEnd(record.bytes);
      if (text === '') continue;
      const fields = fieldsOf(record, text);
      if (head === undefined) {
        head = { file, format, header: record.bytes, columns: checkedColumns(file, record.line, fields) };
        continue;
      }
      row++;
      if (fields.length !== head.columns.length)
        throw widthFault(head.columns, fields.length, { file, row, line: record.line });
      rows.push({ row, line: record.line, cells: fields.map(emptyIsNull), bytes: record.bytes });
    }
    return head && { ...head, rows };
  };
}

function emptyIsNull(field: string): string | null {
  return field === '' ? null : field;
}

function jsonReader(file: string): BatchReader {
  let head: Omit<Batch, 'rows'> | undefined;
  let positions = new Map<string, number>();
  let row = 0;
  return (records) => {
    const rows: Row[] = [];
    for (const { bytes, line } of records) {
      const text = withoutLineEnd(bytes);
      if (text.trim() === '') continue;
      row++;
      const entries = Object.entries(parsedObject(text, { file, row, line }));
      if (head === undefined) {
        const columns = checkedColumns(
          file,
          line,
          entries.map(([name]) => name),
        );
        head = { file, format: 'jsonl', header: Buffer.alloc(0), columns };
        positions = new Map(columns.map((name, index) => [name, index]));
      }
      const cells = new Array<Json>(head.columns.length).fill(null);
      for (const [name, value] of entries) {
        const index = positions.get(name);
        if (index === undefined) {
          throw tableFault(
            { file, row, line, column: name },
            'is not in the first row. Write every column there, null where empty.',
          );
        }
        cells[index] = value;
      }
      rows.push({ row, line, cells, bytes });
    }
    return head && { ...head, rows };
  };
}

function parsedObject(
  text: string,
  place: { readonly file: string; readonly row: number; readonly line: number },
): { readonly [column: string]: Json } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw tableFault(
      place,
      `is not valid JSON (${shortened((error as Error).message)}). Write one JSON object a line.`,
    );
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return value as { readonly [column: string]: Json };
  }
  throw tableFault(place, `is ${shortened(text)}, not a JSON object. Write \`{"column": value, …}\` on each line.`);
}

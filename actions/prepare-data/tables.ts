import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { listFiles } from '@mlops-actions/files';
import {
  type Batch,
  formatOf,
  readTable,
  schemaValidator,
  type TableFormat,
  type TableProfile,
  tableFault,
  tableProfiler,
  type Violation,
  violationText,
} from '@mlops-actions/tabular';
import { isAbsent } from './absent.ts';
import type { TablePlan } from './plan.ts';

/** One file of the data. */
export interface DataFile {
  /** Absolute. */
  readonly path: string;
  /** Below the data's folder, with `/`. */
  readonly name: string;
  /** As messages show it. */
  readonly label: string;
  /** Absent: not read as a table. */
  readonly format?: TableFormat;
}

/** The files to store. `folder` is absent when the data is a single file. */
export interface DataFiles {
  readonly folder?: string;
  readonly files: readonly DataFile[];
}

/** Lists the data's files. `shown` is what messages call `path`. Throws a `UserError` when there is nothing, or no table is expected to be found. */
export async function findData(path: string, shown: string, format: TablePlan['format']): Promise<DataFiles> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      if (!isAbsent(error)) throw error;
      throw new UserError(`\`data\` is ${shown}, which does not exist. Check the path.`);
    },
  );
  const names = isFolder ? await listFiles(path) : [basename(path)];
  if (names.length === 0)
    throw new UserError(`${shown || 'The output of the script'} holds no files. There is nothing to store.`);
  const files = names.map((name) => {
    const found = format === 'auto' ? formatOf(name) : format === 'files' ? undefined : format;
    return {
      path: isFolder ? join(path, name) : path,
      name,
      label: isFolder ? join(shown, name) : shown,
      ...(found === undefined ? {} : { format: found }),
    };
  });
  if (format !== 'files' && files.every((file) => file.format === undefined)) {
    throw new UserError(
      `There is no table in the data (${names.slice(0, 3).join(', ')}). Name it .csv, .tsv or .jsonl, set \`format\`, or set \`format: files\` to store any files unread.`,
    );
  }
  return isFolder ? { folder: resolve(path), files } : { files };
}

/** What the first reading of the tables found. */
export interface Inspection {
  readonly profile: TableProfile;
  readonly rowsOf: ReadonlyMap<DataFile, number>;
  /** Rows of each stratum or group; of everything under `''` when there is neither. */
  readonly keys: ReadonlyMap<string, number>;
}

/** Keys that a split may have; they are held in memory. */
const mostKeys = { stratify: 10_000, group: 5_000_000 } as const;

/** Most lines of one error; the rest is counted. */
const mostLines = 50;

/**
 * Reads every table once: checks the schema, profiles the columns, counts what a split needs. Throws a `UserError` for a table that cannot be read, tables
 * with different columns, and data that breaks the schema: every rule broken, each with its place.
 */
export async function inspectTables(data: DataFiles, plan: TablePlan, signal: AbortSignal): Promise<Inspection> {
  const types = [...(plan.schema?.columns ?? [])].flatMap(([name, { type }]) => (type ? [[name, type] as const] : []));
  const profiler = tableProfiler(new Map(types));
  const validator = plan.schema === undefined ? undefined : schemaValidator(plan.schema);
  const keys = new Map<string, number>();
  const rowsOf = new Map<DataFile, number>();
  let first: Batch | undefined;
  for (const file of data.files) {
    for await (const batch of readDataFile(file, signal)) {
      first ??= batch;
      requireSameColumns(first, batch);
      validator?.check(batch);
      profiler.add(batch);
      countKeys(batch, plan.by, keys);
      rowsOf.set(file, (rowsOf.get(file) ?? 0) + batch.rows.length);
    }
  }
  refuseViolations(validator?.violations() ?? []);
  return { profile: profiler.profile(), rowsOf, keys };
}

/** The rows of a file, none when it is no table. */
export async function* readDataFile(file: DataFile, signal: AbortSignal): AsyncGenerator<Batch> {
  if (file.format !== undefined) yield* readTable(file.path, file.format, { signal, label: file.label });
}

function requireSameColumns(first: Batch, batch: Batch): void {
  if (first.file === batch.file) return;
  const extra = batch.columns.find((name) => !first.columns.includes(name));
  const missing = first.columns.find((name) => !batch.columns.includes(name));
  const different = extra ?? missing;
  if (different === undefined) return;
  const has =
    extra === undefined ? `lacks the column, and ${first.file} has it` : `has the column, and ${first.file} lacks it`;
  throw tableFault({ file: batch.file, column: different }, `${has}. The tables of one dataset have the same columns.`);
}

function countKeys(batch: Batch, by: TablePlan['by'], keys: Map<string, number>): void {
  const keyOf = rowKey(batch, by);
  batch.rows.forEach((_, index) => {
    const key = keyOf(index);
    keys.set(key, (keys.get(key) ?? 0) + 1);
  });
  if (by !== undefined && keys.size > mostKeys[by.kind]) {
    const fix = by.kind === 'stratify' ? 'Stratify by a column with few values.' : 'Split by hand in the script.';
    throw new UserError(`Column "${by.column}" in \`${by.kind}\` has over ${mostKeys[by.kind]} values. ${fix}`);
  }
}

/** The key by which a row is split, by the row's index in the batch. Throws a `UserError` for a missing column or group. */
export function rowKey({ file, columns, rows }: Batch, by: TablePlan['by']): (index: number) => string {
  if (by === undefined) return () => '';
  const column = columns.indexOf(by.column);
  if (column === -1) {
    throw tableFault(
      { file },
      `has no column "${by.column}" for \`${by.kind}\`. Its columns are: ${columns.slice(0, 20).join(', ')}.`,
    );
  }
  return (index) => {
    const row = rows[index];
    const cell = row?.cells[column] ?? null;
    if (cell === null && by.kind === 'group') {
      throw tableFault(
        { file, column: by.column, ...(row && { row: row.row, line: row.line }) },
        'is empty, and `group` needs a value in every row.',
      );
    }
    return typeof cell === 'string' ? cell : JSON.stringify(cell);
  };
}

function refuseViolations(violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  const lines = violations.slice(0, mostLines).map(violationText);
  const more = violations.length > mostLines ? [`… and ${violations.length - mostLines} more.`] : [];
  throw new UserError(['The data does not meet the schema:', ...lines, ...more].join('\n'));
}

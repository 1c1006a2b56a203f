import { formatBytes, formatDuration, formatNumber, type Log } from '@mlops-actions/core';
import {
  type ByteSource,
  type ColumnSketch,
  type ProfiledTable,
  type ProfileMode,
  profileTables,
  type ScanFacts,
  type TableSketch,
} from '@mlops-actions/tabular';
import type { PlannedColumn } from './plan.ts';
import { type Side, type SideName, sideNames, type TableSide } from './side.ts';

/** A profile of which columns can be forgotten one by one. */
export interface Known {
  readonly rows: number;
  readonly sketch: TableSketch;
  readonly columns: Map<string, ColumnSketch>;
}

export type Sides = Readonly<Record<SideName, Side>>;
export type BothKnown = Readonly<Record<SideName, Known>>;

export interface ScanContext {
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly worker: URL | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly maxCategories: number;
}

export interface Scanned {
  readonly known: BothKnown;
  /** What the reader passed over, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * How many bytes of its values a table may hold as they are. Two tables that are read by threads take some 150 MB without any, and all
 * together shall stay below 200 MB; small ones can have more.
 */
function keptBytesFor(tables: readonly TableSide[]): number {
  const bytes = tables.reduce((sum, { source }) => sum + (source.size ?? Number.POSITIVE_INFINITY), 0);
  return bytes <= smallTables ? 64 << 20 : 8 << 20;
}

const smallTables = 100 << 20;

/** Profiles the columns on both sides in one pass; a side that is a profile is not read. */
export async function scanSides(
  sides: Sides,
  columns: readonly PlannedColumn[],
  mode: ProfileMode,
  context: ScanContext,
): Promise<Scanned> {
  const tables = sideNames.filter((name) => sides[name].kind === 'table');
  const start = context.now();
  const keptBytes = keptBytesFor(tables.map((name) => sides[name] as TableSide));
  const tasks = tables.map((name) => {
    const { source, open, scanner, shown } = sides[name] as TableSide;
    return {
      source,
      open,
      scanner,
      wanted: columns.map((column) => ({ name: column.name, type: column[name] })),
      profile: { mode, keptBytes, maxCategories: context.maxCategories, source: { label: shown } },
    };
  });
  tellOfLongRead(tasks, columns.length, context.log);
  const profiled = await profileTables(tasks, { worker: context.worker, signal: context.signal });
  const read = new Map(tables.map((name, index) => [name, profiled[index] as ProfiledTable]));
  if (tables.length > 0) context.log.log('info', progressText(sides, read, columns.length, context.now() - start));
  const known = (name: SideName): Known => {
    const side = sides[name];
    const sketch = side.kind === 'profile' ? side.sketch : (read.get(name) as ProfiledTable).sketch;
    return knownOf(sketch);
  };
  return {
    known: { reference: known('reference'), current: known('current') },
    warnings: [...read].flatMap(([name, { facts }]) => warningsOf(sides[name].shown, facts)),
  };
}

/** What takes seconds is said before, so that nobody wonders. */
function tellOfLongRead(tasks: readonly { readonly source: ByteSource }[], columns: number, log: Log): void {
  const bytes = tasks.reduce((sum, { source }) => sum + (source.size ?? 0), 0);
  if (bytes > smallTables) log.log('info', `Reading ${columnsText(columns)} of ${formatBytes(bytes)} …`);
}

function columnsText(columns: number): string {
  return columns === 1 ? '1 column' : `${columns} columns`;
}

function knownOf(sketch: TableSketch): Known {
  const columns = new Map(sketch.columns);
  return { rows: sketch.rows, sketch: { ...sketch, columns }, columns };
}

function progressText(
  sides: Sides,
  read: ReadonlyMap<SideName, ProfiledTable>,
  columns: number,
  milliseconds: number,
): string {
  const parts = [...read].map(([name, { sketch }]) => {
    const { shown, source } = sides[name] as TableSide;
    const size = source.size === undefined ? '' : `, ${formatBytes(source.size)}`;
    return `${shown} (${formatNumber(sketch.rows)} rows${size})`;
  });
  return `Read ${columnsText(columns)} of ${parts.join(' and ')} in ${formatDuration(milliseconds / 1000)}.`;
}

function warningsOf(shown: string, { warnings, mistyped }: ScanFacts): string[] {
  return [
    ...warnings.map((warning) => `${shown}: ${warning}`),
    ...[...mistyped].map(([column, { row, line, text }]) => {
      const place = line === undefined ? `row ${formatNumber(row)}` : `line ${formatNumber(line)}`;
      return `${shown}: column ${column} holds ${JSON.stringify(text)} in ${place} and perhaps more that is not of its type.`;
    }),
  ];
}

import { tableFault } from '../fault.ts';
import { textLimits } from '../kernels/cells.ts';
import type { Interning, MistypedCell, ScanColumn, ScanFacts, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
import type { ByteRange } from '../sources/ranges.ts';
import type { TextLimits } from './code-cells.ts';
import type { ParquetColumn } from './columns.ts';
import { type ChunkCounter, type CountingSink, chunkCounter, isCountable } from './counts.ts';
import type { ChunkPlace, Footer, RowGroup } from './footer.ts';
import { openWorkspace, type Workspace } from './kernel.ts';
import { chunkRange, type Damage, damageOf, openPages, type PageMemory, type PageReader, pageMemory } from './pages.ts';
import { readAhead } from './read-ahead.ts';
import { type RowColumn, rowColumn } from './rows.ts';
import { type Unpack, unpackerOf } from './unpack.ts';
import { windowCells } from './values.ts';

export type RangeSource = ByteSource & Required<Pick<ByteSource, 'size' | 'range'>>;

/** A column of the file, and what is wanted of it. */
export interface WantedColumn {
  readonly column: ParquetColumn;
  readonly wanted: ScanColumn;
}

/** Most memory that the pages of a scan may take at a time. */
const mostBytes = 1 << 30;

/** One wanted column while it is read. */
interface ColumnReader {
  readonly column: ParquetColumn;
  readonly memory: PageMemory;
  /** How its chunks are counted; undefined when it is read row by row. */
  readonly counter: ChunkCounter | undefined;
  readonly rows: RowColumn | undefined;
  readonly damage: Damage;
}

/** Reads the row groups `groups` (numbers from 0, in order) and hands them to `sink`. */
export async function scanGroups(
  source: RangeSource,
  footer: Footer,
  groups: readonly number[],
  columns: readonly WantedColumn[],
  sink: Sink,
  interning: Interning | undefined,
  signal: AbortSignal | undefined,
): Promise<ScanFacts> {
  const file = source.label;
  const workspace = openWorkspace(mostBytes, () => {
    throw tableFault(
      { file },
      `needs over ${mostBytes >> 20} MiB for the pages of a row group. Write smaller pages or read fewer columns.`,
    );
  });
  let current = 0;
  const isAligned = sink.rowsWanted || !canCount(sink);
  const limits = textLimits(
    columns.map(({ wanted }) => wanted),
    interning,
  );
  const readers = openReaders(workspace, file, columns, sink, isAligned, limits, () => current);
  // Pages come in the order of the file, whatever the order of the wanted columns.
  const inFile = [...readers].sort((a, b) => a.column.leaf - b.column.leaf);
  const wantedInFile = wantedChunks(
    file,
    footer,
    groups,
    inFile.map(({ column }) => column),
  );
  const unpackers = await unpackersOf(workspace, file, wantedInFile);
  const chunks = readAhead(
    source,
    wantedInFile.map(({ range }) => range),
    !isAligned,
  );
  sink.start?.(workspace.kernel);

  function openChunk(reader: ColumnReader, group: RowGroup, bytes: Uint8Array): PageReader {
    const { codec } = group.chunks[reader.column.leaf] as ChunkPlace;
    const unpack = unpackers.get(codec) as Unpack;
    return openPages(workspace, reader.memory, reader.column, bytes, group.rows, codec, unpack, reader.damage);
  }

  /** Column by column: rows need not stand together. */
  async function scanApart(group: RowGroup, firstRow: number): Promise<void> {
    for (const reader of inFile) {
      const pages = openChunk(reader, group, await nextChunk(chunks));
      signal?.throwIfAborted();
      reader.counter?.count(pages);
      reader.rows?.open(pages);
      if (reader.rows !== undefined) forWindows(group.rows, (done, rows) => reader.rows?.hand(rows, firstRow + done));
    }
    sink.endBatch?.(group.rows);
  }

  /** Window by window of rows, of all columns. */
  async function scanTogether(group: RowGroup, firstRow: number): Promise<void> {
    for (const reader of inFile) reader.rows?.open(openChunk(reader, group, await nextChunk(chunks)));
    forWindows(group.rows, (done, rows) => {
      signal?.throwIfAborted();
      for (const reader of readers) reader.rows?.hand(rows, firstRow + done);
      sink.endBatch?.(rows);
    });
  }

  const firstRows = firstRowsOf(footer.rowGroups);
  let rows = 0;
  try {
    for (current of groups) {
      const group = footer.rowGroups[current] as RowGroup;
      if (group.rows === 0) continue;
      const firstRow = firstRows[current] as number;
      await (isAligned ? scanTogether(group, firstRow) : scanApart(group, firstRow));
      rows += group.rows;
    }
  } finally {
    await chunks.return();
  }
  return { rows, ...factsOf(file, readers) };
}

function canCount(sink: Sink): sink is CountingSink {
  return sink.numberCounts !== undefined && sink.textCounts !== undefined;
}

function openReaders(
  workspace: Workspace,
  file: string,
  columns: readonly WantedColumn[],
  sink: Sink,
  isAligned: boolean,
  limits: TextLimits,
  currentGroup: () => number,
): ColumnReader[] {
  return columns.map(({ column, wanted }, index) => {
    const own = isAligned ? workspace.apart() : workspace;
    const damage: Damage = (what) => damageOf(file, column.name, currentGroup())(what);
    const isCounted = !isAligned && isCountable(column, wanted.type);
    return {
      column,
      memory: pageMemory(own),
      counter: isCounted
        ? chunkCounter(own, column, wanted.type, limits, index, sink as CountingSink, damage)
        : undefined,
      rows: isCounted ? undefined : rowColumn(own, column, wanted, limits, index, sink, damage),
      damage,
    };
  });
}

/** What each codec of the wanted chunks is unpacked by. */
async function unpackersOf(
  workspace: Workspace,
  file: string,
  chunks: readonly WantedChunk[],
): Promise<Map<number, Unpack>> {
  const unpackers = new Map<number, Unpack>();
  const packed = workspace.scratch('packed');
  for (const { column, place } of chunks) {
    const { codec } = place;
    const refuse = (what: string): never => {
      throw tableFault({ file, column: column.name }, `${what}.`);
    };
    if (!unpackers.has(codec)) unpackers.set(codec, await unpackerOf(codec, workspace, packed, refuse));
  }
  return unpackers;
}

/** The wanted part of a row group. */
interface WantedChunk {
  readonly column: ParquetColumn;
  readonly place: ChunkPlace;
  readonly range: ByteRange;
}

/** The chunks of `columns` in the row groups `groups`, in the order in which they are read. */
function wantedChunks(
  file: string,
  footer: Footer,
  groups: readonly number[],
  columns: readonly ParquetColumn[],
): WantedChunk[] {
  return groups.flatMap((number) => {
    const { rows, chunks } = footer.rowGroups[number] as RowGroup;
    if (rows === 0) return [];
    return columns.map((column) => {
      const damage: Damage = damageOf(file, column.name, number);
      const place = chunks[column.leaf] ?? damage('it has no pages of this column');
      if (place.elsewhere !== undefined) throw tableFault({ file, column: column.name }, `${place.elsewhere}.`);
      return { column, place, range: chunkRange(column, place, rows, footer, damage) };
    });
  });
}

async function nextChunk(chunks: AsyncGenerator<Uint8Array, void>): Promise<Uint8Array> {
  return (await chunks.next()).value as Uint8Array;
}

function forWindows(rows: number, visit: (done: number, rows: number) => void): void {
  for (let done = 0; done < rows; done += windowCells) visit(done, Math.min(windowCells, rows - done));
}

/** The row that each row group begins with, from 1. */
function firstRowsOf(groups: readonly RowGroup[]): number[] {
  let next = 1;
  return groups.map(({ rows }) => {
    next += rows;
    return next - rows;
  });
}

function factsOf(file: string, readers: readonly ColumnReader[]): Pick<ScanFacts, 'mistyped' | 'warnings'> {
  const mistyped = new Map<string, MistypedCell>();
  const warnings: string[] = [];
  for (const { column, counter, rows } of readers) {
    const seen = (counter ?? rows)?.seen();
    if (seen?.mistyped !== undefined) mistyped.set(column.name, seen.mistyped);
    if (seen?.rounded) {
      warnings.push(
        `${file}: column ${JSON.stringify(column.name)} holds whole numbers beyond 2^53; they were rounded to the nearest double.`,
      );
    }
  }
  return { mistyped, warnings };
}

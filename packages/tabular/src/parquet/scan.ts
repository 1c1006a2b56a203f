import { tableFault } from '../fault.ts';
import { textLimits } from '../kernels/cells.ts';
import type { Interning, MistypedCell, ScanColumn, ScanFacts, Sink } from '../scan.ts';
import type { ByteSource } from '../source.ts';
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
  const unpackers = await unpackersOf(workspace, file, footer, groups, readers);
  const chunks = readAhead(source, rangesOf(footer, groups, readers));
  sink.start?.(workspace.kernel);

  function openChunk(reader: ColumnReader, group: RowGroup, bytes: Uint8Array): PageReader {
    const { codec } = placeOf(group, reader);
    const unpack = unpackers.get(codec) as Unpack;
    return openPages(workspace, reader.memory, reader.column, bytes, group.rows, codec, unpack, reader.damage);
  }

  /** Column by column: rows need not stand together. */
  async function scanApart(group: RowGroup, firstRow: number): Promise<void> {
    for (const reader of readers) {
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
    for (const reader of readers) reader.rows?.open(openChunk(reader, group, await nextChunk(chunks)));
    forWindows(group.rows, (done, rows) => {
      signal?.throwIfAborted();
      for (const reader of readers) reader.rows?.hand(rows, firstRow + done);
      sink.endBatch?.(rows);
    });
  }

  let rows = 0;
  try {
    for (current of groups) {
      const group = footer.rowGroups[current] as RowGroup;
      if (group.rows === 0) continue;
      const firstRow = 1 + sumOfRows(footer.rowGroups.slice(0, current));
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
  const shared = pageMemory(workspace);
  return columns.map(({ column, wanted }, index) => {
    const damage: Damage = (what) => damageOf(file, column.name, currentGroup())(what);
    const isCounted = !isAligned && isCountable(column, wanted.type);
    return {
      column,
      memory: isAligned ? pageMemory(workspace) : shared,
      counter: isCounted
        ? chunkCounter(workspace, column, wanted.type, limits, index, sink as CountingSink, damage)
        : undefined,
      rows: isCounted ? undefined : rowColumn(workspace, column, wanted, limits, index, sink, damage),
      damage,
    };
  });
}

/** What each codec of the wanted chunks is unpacked by. */
async function unpackersOf(
  workspace: Workspace,
  file: string,
  footer: Footer,
  groups: readonly number[],
  readers: readonly ColumnReader[],
): Promise<Map<number, Unpack>> {
  const unpackers = new Map<number, Unpack>();
  const packed = workspace.stretch();
  for (const number of groups) {
    const group = footer.rowGroups[number] as RowGroup;
    if (group.rows === 0) continue;
    for (const reader of readers) {
      const { codec, elsewhere } = placeOf(group, reader);
      const refuse = (what: string): never => {
        throw tableFault({ file, column: reader.column.name }, `${what}.`);
      };
      if (elsewhere !== undefined) refuse(elsewhere);
      if (!unpackers.has(codec)) unpackers.set(codec, await unpackerOf(codec, workspace, packed, refuse));
    }
  }
  return unpackers;
}

/** Where the wanted chunks lie, in the order in which they are read. */
function rangesOf(footer: Footer, groups: readonly number[], readers: readonly ColumnReader[]) {
  return groups
    .map((number) => footer.rowGroups[number] as RowGroup)
    .filter((group) => group.rows > 0)
    .flatMap((group) =>
      readers.map((reader) => chunkRange(reader.column, placeOf(group, reader), group.rows, footer, reader.damage)),
    );
}

function placeOf(group: RowGroup, { column, damage }: ColumnReader): ChunkPlace {
  return group.chunks[column.leaf] ?? damage('it has no pages of this column');
}

async function nextChunk(chunks: AsyncGenerator<Uint8Array, void>): Promise<Uint8Array> {
  return (await chunks.next()).value as Uint8Array;
}

function forWindows(rows: number, visit: (done: number, rows: number) => void): void {
  for (let done = 0; done < rows; done += windowCells) visit(done, Math.min(windowCells, rows - done));
}

function sumOfRows(groups: readonly RowGroup[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
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

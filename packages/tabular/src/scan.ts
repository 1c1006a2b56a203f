import type { KernelExports } from './kernels/kernel.ts';
import type { ByteSource } from './source.ts';

/** What the cells of a column are read as. */
export const scanTypes = ['number', 'timestamp', 'category'] as const;
export type ScanType = (typeof scanTypes)[number];

/** One column of a table that was asked for. */
export interface ScanColumn {
  readonly name: string;
  readonly type: ScanType;
}

/** A reader of one table: its columns first, then its rows in batches. */
export interface Scanner {
  /** All columns of the table, in order, with the type that the first rows suggest. */
  readonly columns: readonly ScanColumn[];
  /**
   * Reads the columns of `wanted` (in that order, with those types) and hands them to `sink` batch by batch. May be called again: each call
   * reads the table from its start (a stream can be read once). Throws a located `UserError` for what makes the table unreadable.
   */
  scan(wanted: readonly ScanColumn[], sink: Sink, signal?: AbortSignal): Promise<ScanFacts>;
  /** The rows as up to `count` parts of equal size, each to be scanned by `scanPart`; absent when the table can be read only from its start. */
  parts?(count: number): readonly TablePart[];
  /**
   * As `scan`, of one part. Its rows and lines count from the part's start, in errors too. A newline inside quotes may look like the start of a
   * record: then the part does not start where the one before it ends (`ScanFacts.extent`), or fails for that reason alone.
   */
  scanPart?(part: TablePart, wanted: readonly ScanColumn[], sink: Sink, signal?: AbortSignal): Promise<ScanFacts>;
}

/** What a whole scan saw. */
export interface ScanFacts {
  readonly rows: number;
  /** By wanted column: the first cell that is not of the column's type, where there is one. */
  readonly mistyped: ReadonlyMap<string, MistypedCell>;
  /** What was passed over and said nothing wrong, one sentence each (a truncated last line, for one). */
  readonly warnings: readonly string[];
  /** What a scan of one part of a file read of it. */
  readonly extent?: PartExtent;
}

/** A part of a file: the records that start from the byte `from` on and before the byte `to`. */
export interface TablePart {
  readonly from: number;
  readonly to: number;
  /** Whether a record is known to start at `from`. Otherwise the first line there is taken for the start of one. */
  readonly isRecordStart?: boolean;
}

/** The bytes from the first record of a part to the end of its last one, and the line ends in them; in the first part also those of the header. */
export interface PartExtent {
  readonly from: number;
  readonly to: number;
  readonly lines: number;
}

/** A cell that is not of its column's type. Rows count from 1 without the header, lines from 1 with it. */
export interface MistypedCell {
  /** Which file, where a table is more than one. */
  readonly file?: string;
  readonly row: number;
  readonly line?: number;
  readonly text: string;
}

/**
 * Takes what a scan reads. All arrays are views of the kernel's memory and hold only until the call returns. A scan hands a column either
 * row by row (`numbers`, `codes`) or, where a file keeps it so and `rowsWanted` is false, as different values with their counts.
 */
export interface Sink {
  /** Whether rows must stay in order and aligned between columns. */
  readonly rowsWanted: boolean;
  /**
   * Called before the first batch, with the kernel whose memory the views are of. The sink may allocate there in any call, which moves the memory:
   * a scan makes its views anew for each.
   */
  start?(kernel: KernelExports): void;
  /** Cells of the number or timestamp column `column` (index in `wanted`), NaN for every cell that is no number. */
  numbers(column: number, cells: NumberCells): void;
  /** Cells of the category column `column`. */
  codes(column: number, cells: CodeCells): void;
  /** Different values of a number or timestamp column, each with how often it occurs, for some more rows. */
  numberCounts?(column: number, values: Float64Array, counts: Uint32Array, nulls: number): void;
  /** Different texts of a category column, each with how often it occurs, for some more rows. */
  textCounts?(column: number, texts: readonly string[], counts: Uint32Array, nulls: number): void;
  /** After all columns of a batch of `rows` rows. */
  endBatch?(rows: number): void;
}

export interface NumberCells {
  readonly values: Float64Array;
  /** Where `values` lies in the kernel's memory. */
  readonly pointer: number;
  /** How many of the NaNs are empty cells, cells that say NaN, and cells that are not of the type. */
  readonly nulls: number;
  readonly nans: number;
  readonly mistyped: number;
}

export interface CodeCells {
  /**
   * 0 for an empty cell, otherwise 1 + index into the column's texts. Codes never change during a scan. When `hashing`, also hashes: codes from
   * `firstHashCode` on, of texts that were not kept.
   */
  readonly codes: Uint32Array;
  readonly pointer: number;
  /** How many different texts the column has been given codes for so far. */
  readonly distinct: number;
  /** The text of a code from 1 to `distinct`. */
  text(code: number): string;
  /** Whether the column has outgrown `ScanOptions.interning`: from then on texts without a code come as hashes. Absent: never. */
  readonly hashing?: boolean;
  /** The hash that the text of a code has, the code itself when it is one. The same for the same text in every scan. Absent: never hashing. */
  hash?(code: number): number;
}

/** Codes from here on are hashes, 31 bits of them below the highest bit. */
export const firstHashCode = 0x8000_0000;

/** How much of a category column is kept. */
export interface Interning {
  /** Different texts a column. Default: 2^20. */
  readonly texts?: number;
  /** Bytes for texts and tables of all category columns of a scan, in equal parts, at most 64 MiB a column. Default: 256 MiB. */
  readonly bytes?: number;
}

/** Opens a source as a table of some format. */
export type OpenScanner = (source: ByteSource, options: ScanOptions) => Promise<Scanner>;

export interface ScanOptions {
  /** Types that the user states, by column. */
  readonly types?: ReadonlyMap<string, ScanType>;
  readonly interning?: Interning;
  readonly signal?: AbortSignal;
}

import type { KernelExports } from '../kernels/kernel.ts';
import type { ScanColumn, ScanFacts, Scanner, Sink } from '../scan.ts';
import { type CategoryProfiler, categoryProfiler } from './category-column.ts';
import { kernelMemory, type ProfileKernel } from './kernel.ts';
import { limitsFor, type ProfileLimits, usualHeldCategories } from './limits.ts';
import { type NumericProfiler, numericProfiler } from './numeric-column.ts';
import type { TableOrigin, TableSketch } from './sketch.ts';
import { type Workspace, workspace } from './workspace.ts';

/**
 * How values of a number or timestamp column are held that has too many different ones to count each.
 *
 * - `exact`: all are kept, 8 bytes each.
 * - `sketch`: two histograms.
 * - `auto`: they are kept while those of all columns fit into `keptBytes`, else they are put into histograms.
 */
export const profileModes = ['auto', 'exact', 'sketch'] as const;
export type ProfileMode = (typeof profileModes)[number];

export interface ProfileOptions {
  /** `auto` when absent. */
  readonly mode?: ProfileMode;
  /** For `auto`; 128 MiB when absent. */
  readonly keptBytes?: number;
  /** Categories of a column that are shown one by one, those with the most rows; 1000 when absent. */
  readonly maxCategories?: number;
  /** Categories of a column that are held, so that those shown are right after profiles were merged; four times as many when absent. */
  readonly heldCategories?: number;
  readonly source?: TableOrigin;
  readonly signal?: AbortSignal;
}

/** A profile, and what the scan had to say. */
export interface ProfiledTable {
  readonly sketch: TableSketch;
  readonly facts: ScanFacts;
}

const defaultKeptBytes = 128 << 20;
const defaultCategories = 1000;

/** Profiles the columns `wanted` in one pass. Throws the scanner's `UserError` for what makes the table unreadable. */
export async function profileColumns(
  scanner: Scanner,
  wanted: readonly ScanColumn[],
  options: ProfileOptions = {},
): Promise<ProfiledTable> {
  const sink = profileSink(wanted, profileLimits(wanted, options));
  const facts = await scanner.scan(wanted, sink, options.signal);
  return { sketch: sink.finish(facts.rows, options.source), facts };
}

function profileLimits(wanted: readonly ScanColumn[], options: ProfileOptions): ProfileLimits {
  const { mode = 'auto', keptBytes = defaultKeptBytes, maxCategories = defaultCategories } = options;
  const bytes = { auto: keptBytes, exact: Number.POSITIVE_INFINITY, sketch: 0 };
  const numeric = wanted.filter(({ type }) => type !== 'category').length;
  const { heldCategories = usualHeldCategories(maxCategories) } = options;
  return limitsFor(numeric, { categories: maxCategories, heldCategories, keptBytes: bytes[mode] });
}

/** A sink that profiles `wanted`. `mostCells`: see `Workspace`. */
export function profileSink(wanted: readonly ScanColumn[], limits: ProfileLimits, mostCells?: number) {
  let shared: Workspace | undefined;
  let columns: readonly (NumericProfiler | CategoryProfiler)[] = [];
  let isKeeping = true;

  function start(kernel: KernelExports): void {
    const own = workspace(kernelMemory(kernel as ProfileKernel), limits, mostCells);
    shared = own;
    columns = wanted.map(({ type }) => (type === 'category' ? categoryProfiler(own) : numericProfiler(type, own)));
  }

  /** When one column was refused room, those that have some give theirs up. */
  function stopKeeping(): void {
    if (!isKeeping || shared === undefined || shared.isKeeping()) return;
    isKeeping = false;
    for (const column of columns) if ('stopKeeping' in column) column.stopKeeping();
  }

  /** Views may die while their cells are looked at, as the kernel's memory may grow; where they lie stays. */
  function pointerTo({ buffer, byteOffset }: Float64Array | Uint32Array): number {
    if (buffer !== shared?.memory.kernel.memory.buffer) throw new Error('A scan hands on views of its kernel only.');
    return byteOffset;
  }

  const numeric = (index: number) => columns[index] as NumericProfiler;
  const category = (index: number) => columns[index] as CategoryProfiler;

  const sink: Sink = {
    rowsWanted: false,
    start,
    numbers(column, { values, pointer, nulls, nans, mistyped }) {
      numeric(column).add(pointer, values.length);
      numeric(column).addMissing(nulls, nans, mistyped);
      stopKeeping();
    },
    codes: (column, cells) => category(column).add(cells),
    numberCounts(column, values, counts, nulls) {
      numeric(column).addCounts(pointerTo(values), pointerTo(counts), values.length);
      numeric(column).addMissing(nulls, 0, 0);
      stopKeeping();
    },
    textCounts(column, texts, counts, nulls) {
      category(column).addCounts(texts, counts);
      category(column).addNulls(nulls);
    },
  };

  return {
    ...sink,
    finish(rows: number, source?: TableOrigin): TableSketch {
      const sketches = wanted.map(
        ({ name }, index) => [name, (columns[index] as NumericProfiler).finish(rows)] as const,
      );
      return { rows, limits, ...(source === undefined ? {} : { source }), columns: new Map(sketches) };
    },
  };
}

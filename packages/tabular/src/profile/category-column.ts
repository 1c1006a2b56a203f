import type { CodeCells } from '../scan.ts';
import { mergeRegisters, newRegisters } from './distinct-estimate.ts';
import type { KernelMemory } from './kernel.ts';
import type { ProfileLimits } from './limits.ts';
import type { CategorySketch } from './sketch.ts';
import type { Workspace } from './workspace.ts';

/** Gathers a category column. */
export interface CategoryProfiler {
  add(cells: CodeCells): void;
  /** Different texts with how often each occurs. */
  addCounts(texts: readonly string[], counts: Uint32Array): void;
  addNulls(nulls: number): void;
  finish(rows: number): CategorySketch;
}

/** Texts that come with counts are forgotten from the rarest on when there are over so many. */
const mostTexts = 1 << 18;

/** How many categories a profile holds for each that is shown, so that the shown ones are right after merges too. */
const heldPerShown = 4;

export function categoryProfiler({ memory, limits, mostCells }: Workspace): CategoryProfiler {
  const codes = codeCounter(memory, mostCells);
  let texts = noCategories;
  let nulls = 0;

  return {
    add: (cells) => codes.add(cells),
    addCounts(names, counts) {
      const held = new Map(texts.counts);
      names.forEach((name, index) => {
        held.set(name, (held.get(name) ?? 0) + (counts[index] as number));
      });
      texts = withAtMost(mostTexts, { ...texts, counts: held });
    },
    addNulls(count) {
      nulls += count;
    },
    finish(rows) {
      const counted = codes.finish();
      const all = unionOf(texts, { ...noCategories, counts: counted.counts });
      return {
        kind: 'categorical',
        type: 'category',
        rows,
        nulls: nulls + counted.nulls,
        mistyped: 0,
        ...withAtMost(heldPerShown * limits.categories, all),
      };
    },
  };
}

/** Both columns' rows together. */
export function mergeCategories(a: CategorySketch, b: CategorySketch, limits: ProfileLimits): CategorySketch {
  return {
    kind: 'categorical',
    type: 'category',
    rows: a.rows + b.rows,
    nulls: a.nulls + b.nulls,
    mistyped: a.mistyped + b.mistyped,
    ...withAtMost(heldPerShown * limits.categories, unionOf(a, b)),
  };
}

type Categories = Pick<CategorySketch, 'counts' | 'other' | 'missed' | 'registers'>;

const noCategories: Categories = { counts: new Map(), other: 0, missed: 0 };

function unionOf(a: Categories, b: Categories): Categories {
  const counts = new Map(a.counts);
  for (const [text, count] of b.counts) counts.set(text, (counts.get(text) ?? 0) + count);
  const isWhole = a.registers === undefined && b.registers === undefined;
  return {
    counts,
    other: a.other + b.other,
    missed: a.missed + b.missed,
    ...(isWhole ? {} : { registers: mergeRegisters(registersOf(a), registersOf(b)) }),
  };
}

function registersOf({ counts, registers }: Categories): Uint8Array {
  return registers ?? newRegisters(counts.keys());
}

/**
 * The `most` categories with the most rows, the others' rows in `other` (as in Agarwal et al., "Mergeable Summaries", 2012). Ties are
 * decided by the text, so that the order of rows has no part in it.
 */
function withAtMost(most: number, categories: Categories): Categories {
  const { counts } = categories;
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (sorted.length <= most) return { ...categories, counts: new Map(sorted) };
  const dropped = sorted.slice(most);
  return {
    counts: new Map(sorted.slice(0, most)),
    other: dropped.reduce((sum, [, count]) => sum + count, categories.other),
    missed: categories.missed + (dropped[0]?.[1] ?? 0),
    registers: registersOf(categories),
  };
}

/** Counts codes in the kernel. */
function codeCounter(memory: KernelMemory, mostCells: number) {
  let capacity = 0;
  let counts = 0;
  let inKernel = 0;
  let totals = new Float64Array(0);
  let text: CodeCells['text'] = () => '';

  function grow(distinct: number): void {
    const larger = Math.max(64, 2 * distinct);
    const pointer = memory.take(larger * 4);
    memory.words(pointer, capacity).set(memory.words(counts, capacity));
    memory.give(counts, capacity * 4);
    capacity = larger;
    counts = pointer;
  }

  /** The counts in the kernel have 32 bits. */
  function empty(): void {
    const words = memory.words(counts, capacity);
    const sums = new Float64Array(capacity);
    sums.set(totals);
    words.forEach((count, code) => {
      sums[code] = (sums[code] as number) + count;
    });
    words.fill(0);
    totals = sums;
    inKernel = 0;
  }

  return {
    add(cells: CodeCells): void {
      const { length } = cells.codes;
      if (cells.distinct >= capacity) grow(cells.distinct + 1);
      if (inKernel + length > mostCells) empty();
      memory.kernel.countCodes(cells.pointer, length, counts);
      inKernel += length;
      text = (code) => cells.text(code);
    },
    finish(): { readonly nulls: number; readonly counts: ReadonlyMap<string, number> } {
      empty();
      memory.give(counts, capacity * 4);
      const result = new Map<string, number>();
      for (let code = 1; code < totals.length; code++) {
        const count = totals[code] as number;
        if (count > 0) result.set(text(code), count);
      }
      return { nulls: totals[0] ?? 0, counts: result };
    },
  };
}

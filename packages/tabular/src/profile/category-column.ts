import type { CodeCells } from '../scan.ts';
import { codeCounter } from './code-counter.ts';
import { mergeRegisters, registersOfTexts, textHash } from './distinct-estimate.ts';
import type { ProfileLimits } from './limits.ts';
import { mostFrequent } from './most-frequent.ts';
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
const mostTexts = 1 << 17;

export function categoryProfiler({ memory, limits, mostCells }: Workspace): CategoryProfiler {
  const codes = codeCounter(memory, mostCells);
  const held = limits.heldCategories;
  const texts = new Map<string, number>();
  let forgotten = noCategories;
  let nulls = 0;

  /** Keeps the most frequent half of the texts. */
  function forget(): void {
    const kept = withAtMost(mostTexts / 2, { ...forgotten, counts: texts });
    texts.clear();
    for (const [text, count] of kept.counts) texts.set(text, count);
    forgotten = { ...kept, counts: new Map() };
  }

  return {
    add: (cells) => codes.add(cells),
    addCounts(names, counts) {
      names.forEach((name, index) => {
        texts.set(name, (texts.get(name) ?? 0) + (counts[index] as number));
        if (texts.size > mostTexts) forget();
      });
    },
    addNulls(count) {
      nulls += count;
    },
    finish(rows) {
      const counted = codes.finish(held);
      const categories = unionOf(counted.categories, { ...forgotten, counts: texts });
      return {
        kind: 'categorical',
        type: 'category',
        rows,
        nulls: nulls + counted.nulls,
        mistyped: 0,
        ...withAtMost(held, categories),
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
    ...withAtMost(limits.heldCategories, unionOf(a, b)),
  };
}

/** The column with at most `held` categories. */
export function withHeldCategories(column: CategorySketch, held: number): CategorySketch {
  return { ...column, ...withAtMost(held, column) };
}

export type Categories = Pick<CategorySketch, 'counts' | 'other' | 'missed' | 'registers'>;

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
  return registers ?? registersOfTexts(counts.keys());
}

/** The `most` categories with the most rows, the others' rows in `other` (as in Agarwal et al., "Mergeable Summaries", 2012). */
function withAtMost(most: number, categories: Categories): Categories {
  const entries = [...categories.counts];
  if (entries.length <= most) return { ...categories, counts: new Map(entries.sort(byRows)) };
  const chosen = mostFrequent(
    Float64Array.from(entries, ([, count]) => count),
    most,
    (index) => textHash((entries[index] as Entry)[0]),
  );
  return {
    counts: new Map(chosen.indices.map((index) => entries[index] as Entry).sort(byRows)),
    other: categories.other + chosen.otherTotal,
    missed: categories.missed + chosen.otherMost,
    registers: registersOf(categories),
  };
}

type Entry = readonly [text: string, count: number];

/** Most rows first, then by text, so that the order of the rows has no part in it. */
export function byRows([a, m]: Entry, [b, n]: Entry): number {
  if (m !== n) return n - m;
  return a < b ? -1 : 1;
}

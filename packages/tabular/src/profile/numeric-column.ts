import { mergeNumeric, withoutKept } from './merge.ts';
import { type Moments, mergeMoments, noMoments, scaleExponent, weightedMoments } from './moments.ts';
import type { NumericSketch } from './sketch.ts';
import { valueStore } from './value-store.ts';
import { blockCells, type Workspace } from './workspace.ts';

/** Gathers a number or timestamp column. */
export interface NumericProfiler {
  /** `count` cells at `cells` in the kernel's memory; NaN for those that hold no number. */
  add(cells: number, count: number): void;
  /** Different values with how often each occurs. */
  addCounts(values: Float64Array, counts: Uint32Array): void;
  /** So many of the NaNs are empty cells, cells that say NaN, and cells that are not of the type. */
  addMissing(nulls: number, nans: number, mistyped: number): void;
  /** Puts values that are kept into bins. */
  stopKeeping(): void;
  finish(rows: number): NumericSketch;
}

/** A column in parts, each of which has fewer cells than its counters in the kernel can count. */
export function numericProfiler(type: NumericSketch['type'], shared: Workspace): NumericProfiler {
  let before: NumericSketch | undefined;
  let part = numericPart(type, shared);
  let inPart = 0;

  function finished(): NumericSketch {
    const sketch = part.finish();
    return before === undefined ? sketch : mergeNumeric(before, sketch, shared.limits, shared.isKeeping());
  }

  /** Before `cells` more are counted. */
  function makeRoom(cells: number): void {
    if (inPart + cells > shared.mostCells) {
      before = finished();
      part = numericPart(type, shared);
      inPart = 0;
    }
    inPart += cells;
  }

  return {
    add(cells, count) {
      for (let from = 0; from < count; from += blockCells) {
        const inBlock = Math.min(blockCells, count - from);
        makeRoom(inBlock);
        part.add(cells + from * 8, inBlock);
      }
    },
    addCounts(values, counts) {
      for (let from = 0; from < values.length; ) {
        let to = from;
        let rows = 0;
        while (
          to < values.length &&
          to - from < blockCells &&
          (to === from || rows + (counts[to] as number) <= shared.mostCells)
        ) {
          rows += counts[to++] as number;
        }
        makeRoom(rows);
        part.addCounts(values.subarray(from, to), counts.subarray(from, to));
        from = to;
      }
    },
    addMissing: (nulls, nans, mistyped) => part.addMissing(nulls, nans, mistyped),
    stopKeeping() {
      part.stopKeeping();
      if (before !== undefined) before = withoutKept(before, shared.limits);
    },
    finish: (rows) => ({ ...finished(), rows }),
  };
}

function numericPart(type: NumericSketch['type'], shared: Workspace) {
  const { memory, block, found } = shared;
  const { kernel } = memory;
  const store = valueStore(shared);
  const missing = { nulls: 0, nans: 0, mistyped: 0 };
  let infinities = 0;
  let moments: Moments = noMoments;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let atMin = 0;
  let atMax = 0;

  /** `equalLeast` of some values are `least`, and `equalMost` are `most`. */
  function widen(least: number, equalLeast: number, most: number, equalMost: number): void {
    if (least <= min) atMin = equalLeast + (least === min ? atMin : 0);
    if (most >= max) atMax = equalMost + (most === max ? atMax : 0);
    min = Math.min(min, least);
    max = Math.max(max, most);
  }

  return {
    add(cells: number, count: number): void {
      const finite = kernel.finiteValues(cells, count, block.values, found);
      const [least = 0, most = 0, infinite = 0] = memory.doubles(found, 3);
      infinities += infinite;
      if (finite === 0) return;
      const exponent = scaleExponent(Math.max(Math.abs(least), Math.abs(most)));
      kernel.sums(block.values, finite, 2 ** -exponent, least, most, found);
      const [mean = 0, rest = 0, squares = 0, atLeast = 0, atMost = 0] = memory.doubles(found, 5);
      moments = mergeMoments(moments, { count: finite, mean, rest, squares, exponent });
      widen(least, atLeast, most, atMost);
      store.add(block, finite, false, min, max);
    },
    /** At most one block. */
    addCounts(values: Float64Array, counts: Uint32Array): void {
      const known = finiteCounts(values, counts);
      missing.nans += known.nans;
      infinities += known.infinities;
      if (known.values.length === 0) return;
      const least = known.values.reduce((a, b) => Math.min(a, b));
      const most = known.values.reduce((a, b) => Math.max(a, b));
      moments = mergeMoments(
        moments,
        weightedMoments(known.values, known.counts, Math.max(Math.abs(least), Math.abs(most))),
      );
      widen(least, weightAt(known, least), most, weightAt(known, most));
      memory.doubles(block.values, known.values.length).set(known.values);
      memory.words(block.weights, known.counts.length).set(known.counts);
      store.add(block, known.values.length, true, min, max);
    },
    addMissing(nulls: number, nans: number, mistyped: number): void {
      missing.nulls += nulls;
      missing.nans += nans;
      missing.mistyped += mistyped;
    },
    stopKeeping: () => store.stopKeeping(),
    finish(): NumericSketch {
      const facts = { ...missing, infinities, moments, min, max, atMin, atMax };
      const rows = moments.count + infinities + missing.nulls + missing.nans + missing.mistyped;
      return { kind: 'numeric', type, rows, ...facts, values: store.finish() };
    },
  };
}

interface Counts {
  readonly values: Float64Array;
  readonly counts: Uint32Array;
}

/** The finite values (−0 as 0) that occur, and how many cells are NaN or infinite. */
function finiteCounts(values: Float64Array, counts: Uint32Array): Counts & { nans: number; infinities: number } {
  const finite = new Float64Array(values.length);
  const own = new Uint32Array(values.length);
  let length = 0;
  let nans = 0;
  let infinities = 0;
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) + 0;
    const count = counts[i] as number;
    if (Number.isNaN(value)) nans += count;
    else if (!Number.isFinite(value)) infinities += count;
    else if (count > 0) {
      finite[length] = value;
      own[length++] = count;
    }
  }
  return { values: finite.subarray(0, length), counts: own.subarray(0, length), nans, infinities };
}

function weightAt({ values, counts }: Counts, value: number): number {
  return counts.reduce((sum, count, index) => (values[index] === value ? sum + count : sum), 0);
}

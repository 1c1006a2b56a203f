import { mergeNumeric, withoutKept } from './merge.ts';
import { type Moments, mergeMoments, noMoments, scaleExponent } from './moments.ts';
import type { NumericSketch } from './sketch.ts';
import { valueStore } from './value-store.ts';
import { blockCells, type Workspace } from './workspace.ts';

/** Gathers a number or timestamp column. */
export interface NumericProfiler {
  /** `count` cells at `cells` in the kernel's memory; NaN for those that hold no number. */
  add(cells: number, count: number): void;
  /** `count` different values at `values`, each with how often it occurs (32 bits) at `counts`. */
  addCounts(values: number, counts: number, count: number): void;
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

  function addCountedBlock(values: number, counts: number, count: number): void {
    const { memory, block, found } = shared;
    const finite = memory.kernel.finiteValueCounts(values, counts, count, block.values, block.weights, found);
    const [, , infinities = 0, nans = 0, total = 0] = memory.doubles(found, 5);
    if (total > shared.mostCells && count > 1) {
      const half = count >> 1;
      addCountedBlock(values, counts, half);
      addCountedBlock(values + half * 8, counts + half * 4, count - half);
      return;
    }
    makeRoom(total);
    part.addMissing(0, nans, 0);
    part.addInfinities(infinities);
    if (finite > 0) part.addCounted(finite, total);
  }

  return {
    add(cells, count) {
      for (let from = 0; from < count; from += blockCells) {
        const inBlock = Math.min(blockCells, count - from);
        makeRoom(inBlock);
        part.add(cells + from * 8, inBlock);
      }
    },
    addCounts(values, counts, count) {
      for (let from = 0; from < count; from += blockCells) {
        addCountedBlock(values + from * 8, counts + from * 4, Math.min(blockCells, count - from));
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

  /** Takes note of what `sums` or `weightedSums` has found of `count` values. */
  function takeNote(count: number, exponent: number, least: number, most: number): void {
    const [mean = 0, rest = 0, squares = 0, atLeast = 0, atMost = 0] = memory.doubles(found, 5);
    moments = mergeMoments(moments, { count, mean, rest, squares, exponent });
    if (least <= min) atMin = atLeast + (least === min ? atMin : 0);
    if (most >= max) atMax = atMost + (most === max ? atMax : 0);
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
      takeNote(finite, exponent, least, most);
      store.add(block, finite, false, min, max);
    },
    /** The `count` values in the block, which with their weights are `total`; `finiteValueCounts` has just put them there. */
    addCounted(count: number, total: number): void {
      const [least = 0, most = 0] = memory.doubles(found, 2);
      const exponent = scaleExponent(Math.max(Math.abs(least), Math.abs(most)));
      kernel.weightedSums(block.values, block.weights, count, total, 2 ** -exponent, least, most, found);
      takeNote(total, exponent, least, most);
      store.add(block, count, true, min, max);
    },
    addInfinities(count: number): void {
      infinities += count;
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

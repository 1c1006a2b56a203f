import { growingLinearBins } from './growing-linear-bins.ts';
import { growingPrefixBins } from './growing-prefix-bins.ts';
import { keptValues } from './kept-values.ts';
import type { KernelMemory } from './kernel.ts';
import { heavyValues, type Marks } from './marks.ts';
import type { Values } from './sketch.ts';
import { type Tally, totalOf } from './tally.ts';
import { valueCounter } from './value-counter.ts';
import { type Block, blockCells, type Workspace } from './workspace.ts';

/** Holds the finite values of one column in the best form for which there is room. */
export interface ValueStore {
  /** `count` values of a block in the kernel, each once or as often as its weight says; all values so far lie between `min` and `max`. */
  add(block: Block, count: number, isWeighted: boolean, min: number, max: number): void;
  /** Puts values that are kept into bins. */
  stopKeeping(): void;
  /** What is held; after that the store is gone. */
  finish(): Values;
}

/** One of the three forms: takes values, and says what it holds. */
interface Form {
  readonly kind: Values['kind'];
  /** Returns how many values it took. */
  add(block: Block, count: number, isWeighted: boolean): number;
  finish(): Values;
}

/** Values are counted; with too many different ones they are kept; with no room for that they go into bins, and never back. */
export function valueStore(shared: Workspace): ValueStore {
  const { memory } = shared;
  const range = { min: 0, max: 0 };
  let form: Form = counting(shared);

  function stopCounting(counted: ReturnType<typeof counting>): void {
    const tally = counted.release();
    const heavy = heavyValues(tally);
    if (shared.mayKeep(totalOf(tally))) {
      form = keeping(shared, heavy);
    } else {
      form = binning(shared, heavy, range);
    }
    forEachBlock(shared, tally, (count) => form.add(shared.moving, count, true));
  }

  function stopKeeping(): void {
    if (form.kind !== 'kept') return;
    const kept = form as ReturnType<typeof keeping>;
    form = binning(shared, kept.heavy, range);
    for (const piece of kept.pieces()) {
      for (let from = 0; from < piece.length; from += blockCells) {
        const part = piece.subarray(from, from + blockCells);
        memory.doubles(shared.moving.values, part.length).set(part);
        form.add(shared.moving, part.length, false);
      }
    }
  }

  return {
    add(block, count, isWeighted, min, max) {
      range.min = min;
      range.max = max;
      let rest = block;
      let left = count;
      if (form.kind === 'counted') {
        const taken = form.add(block, count, isWeighted);
        if (taken === count) return;
        stopCounting(form as ReturnType<typeof counting>);
        rest = { values: block.values + taken * 8, weights: block.weights + taken * 4 };
        left -= taken;
      }
      if (form.kind === 'kept' && !shared.mayKeep(isWeighted ? weightOf(memory, rest, left) : left)) stopKeeping();
      form.add(rest, left, isWeighted);
    },
    stopKeeping,
    finish: () => form.finish(),
  };
}

function counting({ memory, limits }: Workspace) {
  const counter = valueCounter(memory, limits.distinct);
  return {
    kind: 'counted' as const,
    add: (block: Block, count: number, isWeighted: boolean) =>
      counter.add(block.values, count, isWeighted ? block.weights : 0),
    /** What was counted, in no order, and the memory. */
    release(): Tally {
      const entries = counter.entries();
      counter.free();
      return entries;
    },
    finish(): Values {
      const tally = counter.tally();
      counter.free();
      return { kind: 'counted', tally };
    },
  };
}

/** `heavy` are the values to mark if what is kept must go into bins after all. */
function keeping({ memory, sorted }: Workspace, heavy: Float64Array) {
  const kept = keptValues();
  return {
    kind: 'kept' as const,
    heavy,
    pieces: () => kept.pieces(),
    add(block: Block, count: number, isWeighted: boolean): number {
      const values = memory.doubles(block.values, count);
      kept.add(isWeighted ? repeated(values, memory.words(block.weights, count)) : values);
      return count;
    },
    finish: (): Values => ({ kind: 'kept', sorted: sorted(kept.pieces()) }),
  };
}

function binning({ memory, limits }: Workspace, heavy: Float64Array, range: { min: number; max: number }): Form {
  const linear = growingLinearBins(memory, limits.bins);
  const prefix = growingPrefixBins(memory, limits.pages);
  const marks = growingMarks(memory, heavy);
  return {
    kind: 'binned',
    add(block, count, isWeighted) {
      const weights = isWeighted ? block.weights : 0;
      linear.add(block.values, count, weights, range.min, range.max);
      prefix.add(block.values, count, weights);
      marks.add(block.values, count, weights);
      return count;
    },
    finish() {
      const values: Values = { kind: 'binned', linear: linear.bins(), prefix: prefix.bins(), marks: marks.marks() };
      linear.free();
      prefix.free();
      return values;
    },
  };
}

/** Counts what is below and at each of `values`, which are few. */
function growingMarks({ kernel }: KernelMemory, values: Float64Array) {
  const below = new Float64Array(values.length);
  const equal = new Float64Array(values.length);
  return {
    add(cells: number, count: number, weights: number): void {
      for (let i = 0; i < values.length; i++) {
        const found = kernel.countAtMark(cells, count, weights, values[i] as number);
        below[i] = (below[i] as number) + Number(found & 0xffff_ffffn);
        equal[i] = (equal[i] as number) + Number(found >> 32n);
      }
    },
    marks: (): Marks => ({ values, below, equal }),
  };
}

/** Puts a tally block by block into the kernel. Its counts fit into 32 bits: they come from there. */
function forEachBlock({ memory, moving }: Workspace, { keys, counts }: Tally, add: (count: number) => void): void {
  for (let from = 0; from < keys.length; from += blockCells) {
    const values = keys.subarray(from, from + blockCells);
    memory.doubles(moving.values, values.length).set(values);
    memory.words(moving.weights, values.length).set(counts.subarray(from, from + blockCells));
    add(values.length);
  }
}

/** Most weights are 1 or 2: writing those one by one is faster than filling. */
function repeated(values: Float64Array, weights: Uint32Array): Float64Array {
  const all = new Float64Array(sumOf(weights));
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    for (const end = at + (weights[i] as number); at < end; at++) all[at] = value;
  }
  return all;
}

function weightOf(memory: KernelMemory, { weights }: Block, count: number): number {
  return sumOf(memory.words(weights, count));
}

function sumOf(weights: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] as number;
  return sum;
}

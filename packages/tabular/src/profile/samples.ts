import type { Sample } from '@mlops-actions/core';
import type { LinearBins } from './linear-bins.ts';
import { type PrefixBins, prefixEdge } from './prefix-bins.ts';
import type { NumericSketch } from './sketch.ts';
import type { Tally } from './tally.ts';

/** The views of the values of a column: one exact one, or one for each histogram. Throws an Error when a histogram contradicts the marks. */
export function samplesOf(sketch: NumericSketch): readonly Sample[] {
  const { values, moments } = sketch;
  if (values.kind === 'kept') {
    return [{ lower: values.sorted, upper: values.sorted, total: values.sorted.length }];
  }
  if (values.kind === 'counted') {
    const { keys, counts } = values.tally;
    return [{ lower: keys, upper: keys, counts, total: moments.count }];
  }
  return [
    sampleOf(values.linear, linearEdge(values.linear), sketch),
    sampleOf(values.prefix, prefix(values.prefix), sketch),
  ];
}

function linearEdge({ exponent }: LinearBins): Edge {
  return (bin) => bin * 2 ** exponent;
}

function prefix({ bits }: PrefixBins): Edge {
  return (bin) => prefixEdge(bin, bits);
}

/** The least value that belongs into a bin. */
type Edge = (bin: number) => number;

/** A value at which the count of smaller and of equal values is known. */
interface Mark {
  readonly value: number;
  readonly below: number;
  readonly equal: number;
}

/**
 * One histogram as a sample. Each bin is cut at the marks that lie in it: the mark becomes an atom, and the counts on both sides of it
 * follow from what is known to be below it. The least and the greatest value are marks too, so every edge is a finite number.
 */
function sampleOf({ keys, counts }: Tally, edge: Edge, sketch: NumericSketch): Sample {
  const pieces = pieceList(keys.length + 2 * allMarks(sketch).length);
  const marks = allMarks(sketch);
  let next = 0;
  let before = 0;
  for (let i = 0; i < keys.length; i++) {
    const after = before + (counts[i] as number);
    let lower = edge(keys[i] as number);
    const upper = edge((keys[i] as number) + 1);
    for (let mark = marks[next]; mark !== undefined && mark.value < upper; mark = marks[++next]) {
      pieces.add(lower, mark.value, mark.below - before);
      pieces.add(mark.value, mark.value, mark.equal);
      before = mark.below + mark.equal;
      lower = nextDouble(mark.value);
    }
    pieces.add(lower, upper, after - before);
    before = after;
  }
  if (next < marks.length) throw new Error('A mark lies outside the bins.');
  return pieces.sample(before);
}

function allMarks({ values, min, max, atMin, atMax, moments }: NumericSketch): readonly Mark[] {
  if (values.kind !== 'binned' || moments.count === 0) return [];
  const { marks } = values;
  const inner: Mark[] = [];
  marks.values.forEach((value, i) => {
    if (value > min && value < max) {
      inner.push({ value, below: marks.below[i] as number, equal: marks.equal[i] as number });
    }
  });
  const least = { value: min, below: 0, equal: atMin };
  return min === max ? [least] : [least, ...inner, { value: max, below: moments.count - atMax, equal: atMax }];
}

function pieceList(capacity: number) {
  const lower = new Float64Array(capacity);
  const upper = new Float64Array(capacity);
  const counts = new Float64Array(capacity);
  let length = 0;
  return {
    /** `count` values from `from` up to `to`, or all `from` when they are equal. */
    add(from: number, to: number, count: number): void {
      if (count === 0) return;
      if (!(count > 0 && from <= to && Number.isFinite(from) && Number.isFinite(to)))
        throw new Error('The bins and the marks of a column contradict each other.');
      lower[length] = from;
      upper[length] = nextDouble(from) === to ? from : to;
      counts[length++] = count;
    },
    sample: (total: number): Sample => ({
      lower: lower.slice(0, length),
      upper: upper.slice(0, length),
      counts: counts.slice(0, length),
      total,
    }),
  };
}

const bits = new BigInt64Array(1);
const double = new Float64Array(bits.buffer);

/** The least double over a finite `value`. */
export function nextDouble(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  double[0] = value;
  bits[0] = (bits[0] as bigint) + (value > 0 ? 1n : -1n);
  return double[0] as number;
}

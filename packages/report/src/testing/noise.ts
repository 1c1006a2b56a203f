/** Data for the sample pages: made, the same in every run. */

/** Uniform numbers in [0, 1): mulberry32 (T. Ettinger, 2017). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller, 1958). */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Sorted numbers made by `draw`. */
export function sample(count: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: count }, draw).sort();
}

/** `count` + 1 equally spaced edges over the middle of `values`, with open tails where some lie outside. */
export function edgesOf(values: Float64Array, count: number): number[] {
  const at = (share: number): number => values[Math.floor(share * (values.length - 1))] as number;
  const [low, high] = [at(0.002), at(0.995)];
  const inner = Array.from({ length: count + 1 }, (_, index) => low + ((high - low) * index) / count);
  return [Number.NEGATIVE_INFINITY, ...inner, Number.POSITIVE_INFINITY];
}

export function countsOf(values: Float64Array, edges: readonly number[]): number[] {
  const counts = edges.slice(1).map(() => 0);
  let bin = 0;
  for (const value of values) {
    while (bin < counts.length - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Wasserstein distance of two sorted samples of one size, over the deviation of the first. */
export function distance(reference: Float64Array, current: Float64Array): number {
  const mean = reference.reduce((sum, value) => sum + value, 0) / reference.length;
  const variance = reference.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reference.length;
  let moved = 0;
  for (const [index, value] of reference.entries()) moved += Math.abs(value - (current[index] as number));
  return moved / reference.length / Math.sqrt(variance);
}

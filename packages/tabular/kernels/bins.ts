// The two histograms that stand for a column of too many different values to count. Both take a value in two nanoseconds and need not
// know the range beforehand; where one is coarse the other is fine: bins of equal width for values spread over a range (identifiers,
// times, uniform and normal values), bins of equal ratio for values over many magnitudes (amounts, counts, heavy tails).

/**
 * Adds `count` values to bins of equal width: a value v to bin ⌊v · scale⌋ − base. `scale` is a power of two, so that the product is exact,
 * except that it may vanish: a negative value so near to zero belongs to bin −1 all the same. The caller has seen to it that all fit.
 */
export function addToLinearBins(bins: usize, values: usize, count: u32, weights: usize, scale: f64, base: f64): void {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    const scaled = value * scale;
    const bin = <i32>(Math.floor(scaled) - base) - (i32(value < 0) & i32(scaled === 0));
    const at = bins + (bin << 2);
    store<u32>(at, load<u32>(at) + (weights === 0 ? 1 : load<u32>(weights + (i << 2))));
  }
}

/**
 * Adds `count` values to bins of equal ratio: the bin is the upper 64 − shift bits of the value's key, which orders doubles as numbers
 * are ordered. Bins lie in pages of 4096, since values rarely spread over all magnitudes; `pages` holds their places, 0 for a page not
 * used so far. Stops before a value whose page is missing and returns how many values were added.
 */
export function addToPrefixBins(pages: usize, values: usize, count: u32, weights: usize, shift: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const bin = <u32>(orderedKey(load<u64>(values + (i << 3))) >> shift);
    const page = load<u32>(pages + ((bin >> 12) << 2));
    if (page === 0) return i;
    const at = page + ((bin & 4095) << 2);
    store<u32>(at, load<u32>(at) + (weights === 0 ? 1 : load<u32>(weights + (i << 2))));
  }
  return count;
}

/** How many of `count` values are below `mark` (in the lower 32 bits) and how many equal it (in the upper). */
export function countAtMark(values: usize, count: u32, weights: usize, mark: f64): u64 {
  let below: u32 = 0;
  let equal: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    const weight: u32 = weights === 0 ? 1 : load<u32>(weights + (i << 2));
    below += value < mark ? weight : 0;
    equal += value === mark ? weight : 0;
  }
  return <u64>below | ((<u64>equal) << 32);
}

/** The bits of a double as a number that grows with the double: the sign bit turned for positive ones, all bits for negative ones. */
export function orderedKey(bits: u64): u64 {
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000);
}

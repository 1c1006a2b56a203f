// The two histograms that stand for a column of too many different values to count. Both take a value in two nanoseconds and need not
// know the range beforehand; where one is coarse the other is fine: bins of equal width for values spread over a range (identifiers,
// times, uniform and normal values), bins of equal ratio for values over many magnitudes (amounts, counts, heavy tails).

/**
 * Adds `count` values to bins of equal width: a value v to bin ⌊v · scale⌋ − base. `scale` is a power of two, so that the product is exact,
 * except that it may vanish: a negative value so near to zero belongs to bin −1 all the same. The caller has seen to it that all fit.
 */
export function addToLinearBins(bins: usize, values: usize, count: u32, weights: usize, scale: f64, base: f64): void {
  for (let i: u32 = 0; i + 1 < count; i += 2) {
    const pair = linearBins(v128.load(values + (i << 3)), scale, base);
    addTo(bins, <u32>i64x2.extract_lane(pair, 0), weights, i);
    addTo(bins, <u32>i64x2.extract_lane(pair, 1), weights, i + 1);
  }
  if (count & 1) {
    const last = f64x2.splat(load<f64>(values + ((count - 1) << 3)));
    addTo(bins, <u32>i64x2.extract_lane(linearBins(last, scale, base), 0), weights, count - 1);
  }
}

/** A double so large that adding a whole number below 2³² leaves that number in the lower half of its bits. */
const wholeNumbers: f64 = 4503599627370496;

/** The bins of two values, in the lower half of each lane. */
function linearBins(pair: v128, scale: f64, base: f64): v128 {
  const zero = f64x2.splat(0);
  const scaled = v128.mul<f64>(pair, f64x2.splat(scale));
  const bins = v128.add<f64>(v128.sub<f64>(v128.floor<f64>(scaled), f64x2.splat(base)), f64x2.splat(wholeNumbers));
  const vanished = v128.and(v128.lt<f64>(pair, zero), v128.eq<f64>(scaled, zero));
  // All bits set are −1.
  return v128.add<i64>(bins, vanished);
}

function addTo(bins: usize, bin: u32, weights: usize, index: u32): void {
  const at = bins + (bin << 2);
  store<u32>(at, load<u32>(at) + (weights === 0 ? 1 : load<u32>(weights + (index << 2))));
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

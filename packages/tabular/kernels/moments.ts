// What a batch of one column's cells adds up to. It is a kernel because every cell of every numeric column passes here: two cells at a
// time, in the first-level cache, it costs about a nanosecond a cell. The passes are apart because the second needs what the first
// finds: squares are taken around the batch's own mean, which keeps them accurate however far the values lie from zero.

/** What `finiteValues` and `finiteValueCounts` find, as doubles: the least value, the greatest, and how many cells are infinite. */
@unmanaged
class Extent {
  min: f64;
  max: f64;
  infinities: f64;
  /** These two of `finiteValueCounts` alone: how many cells are NaN, and how many finite. */
  nans: f64;
  finite: f64;
}

/** What `sums` finds, as doubles. */
@unmanaged
class Sums {
  /** Of the scaled values: `mean` and, as that is rounded, `rest` beside it. */
  mean: f64;
  rest: f64;
  /** The sum of the squared distances of the scaled values from their mean. */
  squares: f64;
  /** How many values equal the least, and how many the greatest. */
  atMin: f64;
  atMax: f64;
}

/**
 * Copies the finite ones of `count` cells at `cells` to `into`, −0 as 0, and returns how many they are. With none, `min` is +∞ and `max`
 * −∞.
 */
export function finiteValues(cells: usize, count: u32, into: usize, extent: usize): u32 {
  const pairs = count >> 1;
  const zero = f64x2.splat(0);
  let finite = i64x2.splat(-1);
  let least = f64x2.splat(Infinity);
  let most = f64x2.splat(-Infinity);
  for (let i: u32 = 0; i < pairs; i++) {
    const pair = v128.add<f64>(v128.load(cells + (i << 4)), zero);
    v128.store(into + (i << 4), pair);
    // Only a finite value is 0 away from itself.
    finite = v128.and(finite, v128.eq<f64>(v128.sub<f64>(pair, pair), zero));
    least = v128.pmin<f64>(least, pair);
    most = v128.pmax<f64>(most, pair);
  }
  if (!i64x2.all_true(finite)) return someFinite(cells, count, into, extent);
  let min = minimum(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  let max = maximum(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  if (count & 1) {
    const last = load<f64>(cells + ((count - 1) << 3)) + 0;
    if (!(last - last === 0)) return someFinite(cells, count, into, extent);
    store<f64>(into + ((count - 1) << 3), last);
    min = minimum(min, last);
    max = maximum(max, last);
  }
  writeExtent(extent, min, max, 0);
  return count;
}

/** `finiteValues` for a batch in which some are not: without a branch, as empty cells come in no order. */
function someFinite(cells: usize, count: u32, into: usize, extent: usize): u32 {
  let kept: u32 = 0;
  let infinities: u32 = 0;
  let min: f64 = Infinity;
  let max: f64 = -Infinity;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(cells + (i << 3)) + 0;
    const finite = value - value === 0;
    store<f64>(into + (kept << 3), value);
    kept += u32(finite);
    infinities += u32(Math.abs(value) === Infinity);
    min = finite && value < min ? value : min;
    max = finite && value > max ? value : max;
  }
  writeExtent(extent, min, max, infinities);
  return kept;
}

/**
 * Sums of `count` finite values, each times `scale`: a power of two that keeps squares from overflowing. The correction for the rounding
 * of the mean is that of Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance", 1983, equation 1.7.
 */
export function sums(values: usize, count: u32, scale: f64, min: f64, max: f64, into: usize): void {
  const by = f64x2.splat(scale);
  const mean = sumOf(values, count, by) / count;
  const middle = f64x2.splat(mean);
  const least = f64x2.splat(min);
  const most = f64x2.splat(max);
  let squares = f64x2.splat(0);
  let rest = f64x2.splat(0);
  let atMin = i64x2.splat(0);
  let atMax = i64x2.splat(0);
  const pairs = count >> 1;
  for (let i: u32 = 0; i < pairs; i++) {
    const pair = v128.load(values + (i << 4));
    const distance = v128.sub<f64>(v128.mul<f64>(pair, by), middle);
    squares = v128.add<f64>(squares, v128.mul<f64>(distance, distance));
    rest = v128.add<f64>(rest, distance);
    atMin = v128.sub<i64>(atMin, v128.eq<f64>(pair, least));
    atMax = v128.sub<i64>(atMax, v128.eq<f64>(pair, most));
  }
  let sumOfSquares = bothLanes(squares);
  let remainder = bothLanes(rest);
  let equalMin = i64x2.extract_lane(atMin, 0) + i64x2.extract_lane(atMin, 1);
  let equalMax = i64x2.extract_lane(atMax, 0) + i64x2.extract_lane(atMax, 1);
  if (count & 1) {
    const last = load<f64>(values + ((count - 1) << 3));
    const distance = last * scale - mean;
    sumOfSquares += distance * distance;
    remainder += distance;
    equalMin += i64(last === min);
    equalMax += i64(last === max);
  }
  const correction = (remainder * remainder) / count;
  writeSums(into, mean, remainder / count, sumOfSquares - correction, <f64>equalMin, <f64>equalMax);
}

/**
 * `finiteValues` for different values, each of which stands for as many cells as `counts` says: copies those that are finite and occur, and
 * their counts.
 */
export function finiteValueCounts(
  cells: usize,
  counts: usize,
  count: u32,
  into: usize,
  weights: usize,
  extent: usize,
): u32 {
  let kept: u32 = 0;
  let infinities: u64 = 0;
  let nans: u64 = 0;
  let total: u64 = 0;
  let min: f64 = Infinity;
  let max: f64 = -Infinity;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(cells + (i << 3)) + 0;
    const weight = load<u32>(counts + (i << 2));
    const occurs = value - value === 0 && weight > 0;
    store<f64>(into + (kept << 3), value);
    store<u32>(weights + (kept << 2), weight);
    kept += u32(occurs);
    total += occurs ? weight : 0;
    nans += value !== value ? weight : 0;
    infinities += Math.abs(value) === Infinity ? weight : 0;
    min = occurs && value < min ? value : min;
    max = occurs && value > max ? value : max;
  }
  writeExtent(extent, min, max, <f64>infinities);
  const found = changetype<Extent>(extent);
  found.nans = <f64>nans;
  found.finite = <f64>total;
  return kept;
}

/** `sums` of values each of which occurs as often as its weight says, `total` times in all. */
export function weightedSums(
  values: usize,
  weights: usize,
  count: u32,
  total: f64,
  scale: f64,
  min: f64,
  max: f64,
  into: usize,
): void {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<f64>(values + (i << 3)) * scale * <f64>load<u32>(weights + (i << 2));
  const mean = sum / total;
  let squares: f64 = 0;
  let remainder: f64 = 0;
  let atMin: f64 = 0;
  let atMax: f64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (i << 3));
    const weight = <f64>load<u32>(weights + (i << 2));
    const distance = value * scale - mean;
    squares += distance * distance * weight;
    remainder += distance * weight;
    atMin += value === min ? weight : 0;
    atMax += value === max ? weight : 0;
  }
  writeSums(into, mean, remainder / total, squares - (remainder * remainder) / total, atMin, atMax);
}

/** Eight partial sums, whose errors are an eighth of one long sum's. */
function sumOf(values: usize, count: u32, scale: v128): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  const blocks = count >> 3;
  for (let i: u32 = 0; i < blocks; i++) {
    const at = values + (i << 6);
    a = v128.add<f64>(a, v128.mul<f64>(v128.load(at), scale));
    b = v128.add<f64>(b, v128.mul<f64>(v128.load(at, 16), scale));
    c = v128.add<f64>(c, v128.mul<f64>(v128.load(at, 32), scale));
    d = v128.add<f64>(d, v128.mul<f64>(v128.load(at, 48), scale));
  }
  let sum = bothLanes(v128.add<f64>(v128.add<f64>(a, b), v128.add<f64>(c, d)));
  const factor = f64x2.extract_lane(scale, 0);
  for (let i = blocks << 3; i < count; i++) sum += load<f64>(values + (i << 3)) * factor;
  return sum;
}

function bothLanes(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

function minimum(a: f64, b: f64): f64 {
  return a < b ? a : b;
}

function maximum(a: f64, b: f64): f64 {
  return a > b ? a : b;
}

function writeExtent(extent: usize, min: f64, max: f64, infinities: f64): void {
  const found = changetype<Extent>(extent);
  found.min = min;
  found.max = max;
  found.infinities = infinities;
}

function writeSums(into: usize, mean: f64, rest: f64, squares: f64, atMin: f64, atMax: f64): void {
  const result = changetype<Sums>(into);
  result.mean = mean;
  result.rest = rest;
  result.squares = maximum(squares, 0);
  result.atMin = atMin;
  result.atMax = atMax;
}

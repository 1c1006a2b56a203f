import { DamagedBytes } from './byte-reader.ts';
import { highestRank } from './distinct-estimate.ts';
import type { ProfileLimits } from './limits.ts';
import { leastExponent } from './linear-bins.ts';
import { fewestPrefixBits, mostPrefixBits } from './prefix-bins.ts';
import { samplesOf } from './samples.ts';
import type { CategorySketch, NumericSketch } from './sketch.ts';
import { type Tally, totalOf } from './tally.ts';

// What holds of every profile that was made here. A profile that was read is held to it once, so that nobody after has to doubt it.

/** Throws `DamagedBytes` with the sentence unless `holds`. */
export function ensure(holds: boolean, otherwise: string): void {
  if (!holds) throw new DamagedBytes(otherwise);
}

export function checkLimits({ distinct, bins, pages, categories }: ProfileLimits): void {
  const isPower = (value: number) => Number.isInteger(Math.log2(value));
  ensure(isPower(distinct / 3) && distinct >= 12 && distinct <= 3 << 14, 'its limit of different values is wrong');
  ensure(isPower(bins) && bins >= 64 && bins <= 1 << 16, 'its limit of bins is wrong');
  ensure(pages >= 1 && pages <= 64, 'its limit of pages is wrong');
  ensure(categories <= 2 ** 31, 'its limit of categories is wrong');
}

export function checkCategories(column: CategorySketch, limits: ProfileLimits): void {
  const { rows, nulls, mistyped, counts, other, registers } = column;
  ensure(counts.size <= limits.heldCategories, 'a column has more categories than it may');
  const held = [...counts.values()].reduce((sum, count) => sum + count, 0);
  ensure(held + other + nulls + mistyped <= rows, 'a column has more categories than rows');
  ensure(registers !== undefined || other === 0, 'a column does not know how many categories it has');
  ensure(registers?.every((rank) => rank <= highestRank) ?? true, 'a count of different categories is wrong');
}

export function checkNumeric(column: NumericSketch, limits: ProfileLimits): void {
  const { rows, nulls, nans, infinities, mistyped, moments, min, max, atMin, atMax, values } = column;
  ensure(moments.count + nulls + nans + infinities + mistyped <= rows, 'a column has more cells than rows');
  if (moments.count === 0) return;
  ensure(Number.isFinite(min) && Number.isFinite(max) && min <= max, 'a least value is over the greatest');
  ensure(
    atMin >= 1 && atMax >= 1 && atMin + (min === max ? 0 : atMax) <= moments.count,
    'a count of extremes is wrong',
  );
  const { mean, rest, squares, exponent } = moments;
  ensure(Number.isFinite(mean + rest) && squares >= 0 && squares < Number.POSITIVE_INFINITY, 'a mean is no number');
  ensure(Math.abs(exponent) <= 600, 'a scale is wrong');
  if (values.kind === 'counted') {
    checkTally(values.tally, moments.count, limits.distinct);
    ensure(values.tally.keys[0] === min && values.tally.keys.at(-1) === max, 'a least or greatest value is not there');
  } else {
    checkBinned(column, limits);
  }
}

function checkBinned(column: NumericSketch, limits: ProfileLimits): void {
  const { moments, values } = column;
  if (values.kind !== 'binned') throw new DamagedBytes('a column is not in bins');
  const { linear, prefix, marks } = values;
  checkTally(linear, moments.count, limits.bins);
  ensure(linear.exponent >= leastExponent && linear.exponent <= 1023, 'the width of bins is wrong');
  ensure(
    linear.keys.every((key) => Math.abs(key) <= 2 ** 53 && Number.isInteger(key)),
    'a bin has no number',
  );
  const { bits } = prefix;
  ensure(bits >= fewestPrefixBits && bits <= mostPrefixBits && bits % 2 === 0, 'the ratio of bins is wrong');
  checkTally(prefix, moments.count, 2 ** bits);
  ensure(
    prefix.keys.every((key) => key >= 0 && key < 2 ** bits && Number.isInteger(key)),
    'a bin has no number',
  );
  ensure(isAscending(marks.values), 'marks are in no order');
  try {
    samplesOf(column);
  } catch {
    throw new DamagedBytes('the bins of a column contradict its marks');
  }
}

function checkTally(tally: Tally, total: number, most: number): void {
  ensure(tally.keys.length <= most, 'a column has more bins or values than it may');
  ensure(isAscending(tally.keys), 'values or bins are in no order');
  ensure(tally.counts.every((count) => count > 0) && totalOf(tally) === total, 'counts do not add up');
}

/** Also false when one is NaN or infinite. */
function isAscending(values: Float64Array): boolean {
  return values.every(
    (value, index) => Number.isFinite(value) && (index === 0 || value > (values[index - 1] as number)),
  );
}

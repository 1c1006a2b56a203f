/** Rows by descending score. */
export interface ScoreOrder {
  readonly rows: Uint32Array;
  /** By position in `rows`: 1 where the next row has another score, so that a group of equal scores ends here. */
  readonly ends: Uint8Array;
}

/** Sorts rows by descending score; rows of one score keep their order. Scores are finite. */
export function scoreOrder(scores: Float64Array): ScoreOrder {
  const rows = sortedRows(scores);
  const ends = new Uint8Array(rows.length);
  let previous = scores[rows[rows.length - 1] as number] as number;
  ends.fill(1, rows.length - 1);
  for (let at = rows.length - 2; at >= 0; at--) {
    const score = scores[rows[at] as number] as number;
    ends[at] = score === previous ? 0 : 1;
    previous = score;
  }
  return { rows, ends };
}

const digitBits = 11;
const buckets = 1 << digitBits;
const lowDigits = [0, 11, 22];

/**
 * Radix sort, the lowest digit first: several times faster than a comparator on 100,000 rows, and scores are sorted for each model and
 * slice. Doubles are sorted as unsigned numbers with the bits turned so that a higher score is a lower number.
 */
function sortedRows(scores: Float64Array): Uint32Array {
  const n = scores.length;
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, 2 * n);
  let high = new Uint32Array(n);
  let low = new Uint32Array(n);
  let rows = new Uint32Array(n);
  for (let row = 0; row < n; row++) {
    const top = bits[2 * row + 1] as number;
    // 0 and -0 are one score.
    const zero = scores[row] === 0;
    const negative = top >>> 31 === 1 && !zero;
    high[row] = zero ? 0x7fffffff : negative ? top : ~top & 0x7fffffff;
    low[row] = zero ? 0xffffffff : negative ? (bits[2 * row] as number) : ~(bits[2 * row] as number);
    rows[row] = row;
  }
  let otherHigh = new Uint32Array(n);
  let otherLow = new Uint32Array(n);
  let otherRows = new Uint32Array(n);
  for (const [isHigh, shift] of [
    ...lowDigits.map((each) => [false, each] as const),
    ...lowDigits.map((each) => [true, each] as const),
  ]) {
    const starts = bucketStarts(isHigh ? high : low, shift);
    if (starts === undefined) continue;
    scatter(isHigh ? high : low, shift, starts, high, low, rows, otherHigh, otherLow, otherRows);
    [high, otherHigh] = [otherHigh, high];
    [low, otherLow] = [otherLow, low];
    [rows, otherRows] = [otherRows, rows];
  }
  return rows;
}

/** Where each digit's rows begin; undefined when all rows have one digit, which leaves nothing to do. */
function bucketStarts(keys: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(buckets);
  for (let i = 0; i < keys.length; i++) {
    const digit = ((keys[i] as number) >>> shift) & (buckets - 1);
    starts[digit] = (starts[digit] as number) + 1;
  }
  let sum = 0;
  for (let digit = 0; digit < buckets; digit++) {
    const count = starts[digit] as number;
    if (count === keys.length) return undefined;
    starts[digit] = sum;
    sum += count;
  }
  return starts;
}

function scatter(
  keys: Uint32Array,
  shift: number,
  starts: Uint32Array,
  high: Uint32Array,
  low: Uint32Array,
  rows: Uint32Array,
  toHigh: Uint32Array,
  toLow: Uint32Array,
  toRows: Uint32Array,
): void {
  for (let i = 0; i < keys.length; i++) {
    const digit = ((keys[i] as number) >>> shift) & (buckets - 1);
    const at = starts[digit] as number;
    starts[digit] = at + 1;
    toHigh[at] = high[i] as number;
    toLow[at] = low[i] as number;
    toRows[at] = rows[i] as number;
  }
}

import type { RandomGenerator } from '../statistics/index.ts';
import { drawBinomial } from './binomial-draw.ts';
import type { Counts } from './metric.ts';

/** Rows that are drawn near each other in time are near each other in memory; 15 bits, so that one random word draws two rows. */
const blockBits = 15;
const blockRows = 1 << blockBits;
const blockMask = blockRows - 1;

/**
 * Draws as many units as each stratum has, with replacement, and says how often each was drawn. How many fall into each block of a stratum
 * is a binomial draw, and within a block each row is as likely as the others, so that the counts are exactly multinomial.
 */
export function drawRows(counts: Counts, strata: readonly Uint32Array[], generator: RandomGenerator): void {
  counts.fill(0);
  const state = Int32Array.from({ length: 4 }, () => generator.integer(2 ** 32));
  for (const rows of strata) {
    let draws = rows.length;
    for (let start = 0; start < rows.length; start += blockRows) {
      const left = rows.length - start;
      const size = Math.min(blockRows, left);
      const here = drawBinomial(draws, size / left, generator);
      if (size === blockRows) drawFromFullBlock(counts, rows, start, here, state);
      else drawFromBlock(counts, rows, start, size, here, state);
      draws -= here;
    }
  }
}

/** The words come from SFC32 (Doty-Humphrey, PractRand), written out because a call for each word takes three times as long. */
function drawFromFullBlock(counts: Counts, rows: Uint32Array, start: number, draws: number, state: Int32Array): void {
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  for (let drawn = 0; drawn < draws; drawn += 2) {
    const word = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    const row = rows[start + (word & blockMask)] as number;
    counts[row] = (counts[row] as number) + 1;
    if (drawn + 1 === draws) break;
    const other = rows[start + ((word >>> 16) & blockMask)] as number;
    counts[other] = (counts[other] as number) + 1;
  }
  state.set([a, b, c, counter]);
}

/** Of a block of any size: scaling 32 bits to it makes no row more likely than another by more than 1 in 131,072. */
function drawFromBlock(
  counts: Counts,
  rows: Uint32Array,
  start: number,
  size: number,
  draws: number,
  state: Int32Array,
): void {
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  const scale = size / 2 ** 32;
  for (let drawn = 0; drawn < draws; drawn++) {
    const word = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    const row = rows[start + (((word >>> 0) * scale) | 0)] as number;
    counts[row] = (counts[row] as number) + 1;
  }
  state.set([a, b, c, counter]);
}

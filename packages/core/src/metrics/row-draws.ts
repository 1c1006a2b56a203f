import type { RandomGenerator } from '../statistics/index.ts';
import { drawBinomial } from './binomial-draw.ts';
import type { Counts } from './metric.ts';

/** Rows are drawn block by block, so that the counts which one block changes fit the cache that is nearest to the processor. */
const blockRows = 2 ** 15;

/**
 * Draws as many units as each stratum has, with replacement, and says how often each was drawn. How many fall into each block of a stratum
 * is a binomial draw, and within a block each row is as likely as the others, so that the counts are exactly multinomial.
 */
export function rowDrawer(strata: readonly Uint32Array[], generator: RandomGenerator): (counts: Counts) => void {
  const state = Int32Array.from({ length: 4 }, () => generator.integer(2 ** 32));
  return (counts) => {
    counts.fill(0);
    for (const rows of strata) {
      let draws = rows.length;
      for (let start = 0; start < rows.length; start += blockRows) {
        const left = rows.length - start;
        const size = Math.min(blockRows, left);
        const here = drawBinomial(draws, size / left, generator);
        drawFromBlock(counts, rows, start, size, here, state);
        draws -= here;
      }
    }
  };
}

/**
 * The words come from SFC32 (Doty-Humphrey, PractRand), written out because a call for each word takes three times as long. Scaling 32 bits
 * to a block makes no row more likely than another by more than 1 in 131,072.
 */
function drawFromBlock(
  counts: Counts,
  rows: Uint32Array,
  start: number,
  size: number,
  draws: number,
  state: Int32Array,
): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let counter = state[3] as number;
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
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = counter;
}

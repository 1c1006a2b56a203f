import { pageBins } from './limits.ts';
import { mergeTallies, type Tally, tallyOf } from './tally.ts';

/**
 * Bins of equal ratio: the bin of a value is the upper `bits` bits of its key, the bits of the double turned so that keys are ordered as
 * values are. 20 bits are 256 bins for every power of two, on both sides of zero, and no range need be known.
 */
export interface PrefixBins extends Tally {
  readonly bits: number;
}

export const mostPrefixBits = 20;
/** With so few bits, all bins are on one page. */
export const fewestPrefixBits = 12;

/** How many bits are taken off at a time. */
export const prefixBitStep = 2;

const signBit = 0x8000_0000;
const word = new DataView(new ArrayBuffer(8));

/** The bin of a finite value that is not −0. */
export function prefixOf(value: number, bits: number): number {
  word.setFloat64(0, value);
  const upper = word.getUint32(0);
  return ((upper & signBit) === 0 ? upper | signBit : ~upper) >>> (32 - bits);
}

/** The least value of a bin, also of the one after the last; NaN or infinite outside the finite doubles. */
export function prefixEdge(bin: number, bits: number): number {
  const upper = bin * 2 ** (32 - bits);
  const isPositive = upper >= signBit;
  word.setUint32(0, isPositive ? upper ^ signBit : ~upper);
  word.setUint32(4, isPositive ? 0 : 0xffff_ffff);
  return word.getFloat64(0);
}

/** The bins of ascending finite values, each as often as `counts` says, once without; on at most `pages` pages. */
export function prefixBinsOf(values: Float64Array, counts: Float64Array | undefined, pages: number): PrefixBins {
  const tally = tallyOf(
    values.map((value) => prefixOf(value, mostPrefixBits)),
    counts,
  );
  return onPages({ bits: mostPrefixBits, ...tally }, pages);
}

/** All values of two histograms. */
export function mergePrefixBins(a: PrefixBins, b: PrefixBins, pages: number): PrefixBins {
  const bits = Math.min(a.bits, b.bits);
  return onPages({ bits, ...mergeTallies(shortened(a, bits), shortened(b, bits)) }, pages);
}

/** The same values with fewer bits. */
function shortened(bins: PrefixBins, bits: number): PrefixBins {
  if (bits === bins.bits) return bins;
  const keys = bins.keys.map((bin) => Math.floor(bin / 2 ** (bins.bits - bits)));
  return { bits, ...tallyOf(keys, bins.counts) };
}

/** As many bits as keep the bins on `pages` pages: a rule that the order of the values has no part in. */
function onPages(bins: PrefixBins, pages: number): PrefixBins {
  let fitting = bins;
  while (pagesOf(fitting) > pages && fitting.bits > fewestPrefixBits) {
    fitting = shortened(fitting, fitting.bits - prefixBitStep);
  }
  return fitting;
}

function pagesOf({ keys }: PrefixBins): number {
  let pages = 0;
  let last = -1;
  for (const key of keys) {
    const page = Math.floor(key / pageBins);
    if (page !== last) pages++;
    last = page;
  }
  return pages;
}

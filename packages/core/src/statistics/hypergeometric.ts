import { binomialPmf } from './distributions.ts';

/** Draws of `draws` without putting back, from `marked` marked and `unmarked` others. */
export interface Urn {
  readonly marked: number;
  readonly unmarked: number;
  readonly draws: number;
}

/** P(X = k) of the hypergeometric distribution: k marked ones among the draws. By three binomial probabilities (Loader, 2000). */
export function hypergeometricPmf(k: number, { marked, unmarked, draws }: Urn): number {
  if (k < Math.max(0, draws - unmarked) || k > Math.min(marked, draws)) return 0;
  const all = marked + unmarked;
  if (draws === 0 || draws === all) return 1;
  const p = draws / all;
  const q = (all - draws) / all;
  return binomialPmf(k, marked, p, q) * (binomialPmf(draws - k, unmarked, p, q) / binomialPmf(draws, all, p, q));
}

/** P(X ≤ k) of the hypergeometric distribution. */
export function hypergeometricCdf(k: number, urn: Urn): number {
  if (k < hypergeometricMode(urn)) return lowerSum(k, urn);
  return Math.max(0, 1 - upperSum(k + 1, urn));
}

/** P(X > k) of the hypergeometric distribution. */
export function hypergeometricSf(k: number, urn: Urn): number {
  if (k + 1 > hypergeometricMode(urn)) return upperSum(k + 1, urn);
  return Math.max(0, 1 - lowerSum(k, urn));
}

/** The likeliest number of marked ones. */
export function hypergeometricMode({ marked, unmarked, draws }: Urn): number {
  return Math.floor(((draws + 1) * (marked + 1)) / (marked + unmarked + 2));
}

/** P(X ≤ k) for a k below the mode, where the terms fall from k on. */
function lowerSum(k: number, urn: Urn): number {
  const { marked, unmarked, draws } = urn;
  let term = hypergeometricPmf(k, urn);
  let sum = 0;
  for (let at = k; term > sum * 1e-17; at--) {
    sum += term;
    term *= (at * (unmarked - draws + at)) / ((marked - at + 1) * (draws - at + 1));
  }
  return sum;
}

/** P(X ≥ k) for a k above the mode, by counting the unmarked ones. */
function upperSum(k: number, { marked, unmarked, draws }: Urn): number {
  return lowerSum(draws - k, { marked: unmarked, unmarked: marked, draws });
}

import type { RandomGenerator } from '../statistics/index.ts';
import { logGamma } from '../statistics/special.ts';

/** How many of `n` independent trials succeed, each with the probability `p`. */
export function drawBinomial(n: number, p: number, generator: RandomGenerator): number {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, generator);
  return n * p < 10 ? byInversion(n, p, generator) : byRejection(n, p, generator);
}

/** Walks up the distribution from 0; few steps, because few successes are expected. */
function byInversion(n: number, p: number, generator: RandomGenerator): number {
  const odds = p / (1 - p);
  let mass = Math.exp(n * Math.log1p(-p));
  let left = generator.next();
  let successes = 0;
  while (left > mass && successes < n) {
    left -= mass;
    successes++;
    mass *= (odds * (n - successes + 1)) / successes;
  }
  return successes;
}

/** Transformed rejection with squeeze: BTRS of Hörmann, "The generation of binomial random variates" (1993). */
function byRejection(n: number, p: number, generator: RandomGenerator): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = n * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const atMode = logGamma(mode + 1) + logGamma(n - mode + 1);
  for (;;) {
    const u = generator.next() - 0.5;
    const v = generator.next();
    const fromEdge = 0.5 - Math.abs(u);
    const successes = Math.floor(((2 * a) / fromEdge + b) * u + centre);
    if (fromEdge >= 0.07 && v <= squeeze) return successes;
    if (successes < 0 || successes > n) continue;
    const height = Math.log((v * alpha) / (a / (fromEdge * fromEdge) + b));
    const logMass = atMode - logGamma(successes + 1) - logGamma(n - successes + 1) + (successes - mode) * logOdds;
    if (height <= logMass) return successes;
  }
}

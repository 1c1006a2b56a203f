import { betaFactor, deviance, incompleteBeta, stirlingError, upperGamma } from './special.ts';

/** P(X > x) of the chi-square distribution with `df` > 0 degrees of freedom. */
export function chiSquareSf(x: number, df: number): number {
  return upperGamma(df / 2, x / 2);
}

/** P(T > t) of Student's distribution with `df` > 0 degrees of freedom. */
export function studentTSf(t: number, df: number): number {
  const square = t * t;
  const tail = square > 1e300 ? 0 : incompleteBeta(df / (df + square), square / (df + square), df / 2, 0.5) / 2;
  return t >= 0 ? tail : 1 - tail;
}

/** P(X ≤ k) of the binomial distribution: n trials, each with probability p. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(1 - p, p, n - Math.floor(k), Math.floor(k) + 1);
}

/**
 * P(X = k) of the binomial distribution, with q = 1 − p given apart. Loader, "Fast and accurate computation of binomial probabilities",
 * 2000.
 */
export function binomialPmf(k: number, n: number, p: number, q: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (q <= 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * (p < 0.5 ? Math.log1p(-p) : Math.log(q)));
  if (k === n) return Math.exp(n * (q < 0.5 ? Math.log1p(-q) : Math.log(p)));
  const rest = n - k;
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(rest) - deviance(k, n * p) - deviance(rest, n * q);
  return Math.sqrt(n / (2 * Math.PI * k * rest)) * Math.exp(exponent);
}

/** The x with I_x(a, b) = p: the quantile of the beta distribution. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0 || p === 1) return p;
  // The smaller tail has the digits. On the scale of ln(x / y) its logarithm is concave, which Newton's method likes.
  return p <= 0.5 ? 1 / (1 + Math.exp(-lowerLogit(p, a, b))) : 1 / (1 + Math.exp(lowerLogit(1 - p, b, a)));
}

function lowerLogit(p: number, a: number, b: number): number {
  let low = -745;
  let high = 745;
  let logit = Math.log(a / b);
  for (let step = 0; step < 100; step++) {
    const x = 1 / (1 + Math.exp(-logit));
    const y = 1 / (1 + Math.exp(logit));
    const tail = incompleteBeta(x, y, a, b);
    if (tail > p) high = logit;
    else low = logit;
    const newton = logit - (Math.log(tail / p) * tail) / betaFactor(x, y, a, b);
    if (Math.abs(newton - logit) <= 1e-9) return newton;
    logit = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return logit;
}

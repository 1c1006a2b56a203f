/** The standard normal distribution. */

/** The density at z. */
function normalDensity(z: number): number {
  // z² is split so that its rounding error is not multiplied by the exponential.
  const coarse = Math.trunc(z * 16) / 16;
  return Math.exp(-(coarse * coarse) / 2) * Math.exp(-((z - coarse) * (z + coarse)) / 2) * Math.sqrt(1 / (2 * Math.PI));
}

/** P(Z > z), with relative error below 1e-12 down to the smallest number. */
export function normalSf(z: number): number {
  if (Number.isNaN(z)) return z;
  if (z < 0) return 1 - normalSf(-z);
  if (z < 1.5) return 0.5 - central(z);
  return z > 39 ? 0 : normalDensity(z) * millsRatio(z);
}

/** P(Z ≤ z), with relative error below 1e-12 down to the smallest number. */
export function normalCdf(z: number): number {
  return normalSf(-z);
}

/**
 * The z with P(Z ≤ z) = p. Where 1 − p is small and known, `-normalQuantile(1 - p)` keeps its digits. Halley's method from the
 * approximation 26.2.23 of Abramowitz and Stegun (1964).
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p > 0.5) return -lowerQuantile(1 - p, p - 0.5);
  return lowerQuantile(p, 0.5 - p);
}

/** −z for the tail `p` ≤ ½; `fromHalf` is ½ − p, which has more digits when p is near ½. */
function lowerQuantile(p: number, fromHalf: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  const t = Math.sqrt(-2 * Math.log(p));
  let z = t - ((0.010328 * t + 0.802853) * t + 2.515517) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1);
  for (let step = 0; step < 4; step++) {
    const error = z < 1 ? fromHalf - central(z) : normalSf(z) - p;
    const newton = error / normalDensity(z);
    z += newton / (1 - (newton * z) / 2);
  }
  return -z;
}

/** P(0 < Z ≤ z) by its series (Marsaglia, "Evaluating the normal distribution", 2004); for |z| to 2. */
function central(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return normalDensity(z) * sum;
}

/** P(Z > z) / density for z ≥ 1.5: Laplace's continued fraction 1 / (z + 1 / (z + 2 / (z + 3 / …))), from its far end. */
function millsRatio(z: number): number {
  let fraction = z;
  for (let index = Math.ceil(12 + 350 / (z * z)); index > 0; index--) fraction = z + index / fraction;
  return 1 / fraction;
}

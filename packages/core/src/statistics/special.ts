/** What several distributions are made of. Relative errors are a few units of the last place, far into the tails. */

/** x ln(x / mean) + mean − x ≥ 0 for positive numbers, without the cancellation where they are near (Loader, 2000, as below). */
export function deviance(x: number, mean: number): number {
  const u = (mean - x) / x;
  if (u > 1 || u < -0.5) return mean - x - x * Math.log(mean / x);
  // With r = u / (2 + u), ln(1 + u) = 2 artanh(r).
  const r = u / (2 + u);
  const square = r * r;
  let power = square;
  let sum = 1 / 3;
  for (let odd = 5; power > 1e-18; odd += 2) {
    sum += power / odd;
    power *= square;
  }
  return x * r * (u - 2 * square * sum);
}

/** Bernoulli numbers B₂ₖ / (2k (2k − 1)), k = 1 to 8. */
const stirlingCoefficients = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360_360,
  1 / 156,
  -3617 / 122_400,
];

/** ln Γ(a + 1) − (a + ½) ln a + a − ½ ln 2π for a > 0: what Stirling's formula leaves out (DLMF 5.11.1). */
export function stirlingError(a: number): number {
  let shifted = a;
  let correction = 0;
  while (shifted < 12) {
    correction += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted++;
  }
  const square = 1 / (shifted * shifted);
  let sum = 0;
  for (let index = stirlingCoefficients.length - 1; index >= 0; index--) {
    sum = sum * square + (stirlingCoefficients[index] as number);
  }
  return correction + sum / shifted;
}

/** ln Γ(a) for a > 0. */
export function logGamma(a: number): number {
  return (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + stirlingError(a);
}

/**
 * The regularised upper incomplete gamma function Q(a, x), a > 0: the series DLMF 8.11.4 below x = a + 1, the continued fraction DLMF 8.9.2
 * above, both after the factor xᵃ e⁻ˣ / Γ(a) in Loader's form ("Fast and accurate computation of binomial probabilities", 2000).
 */
export function upperGamma(a: number, x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  const factor = Math.sqrt(a / (2 * Math.PI)) * Math.exp(-deviance(a, x) - stirlingError(a));
  if (x >= a + 1) return factor * gammaFraction(a, x);
  let term = 1 / a;
  let sum = term;
  for (let index = 1; term > sum * 1e-17; index++) {
    term *= x / (a + index);
    sum += term;
  }
  return 1 - factor * sum;
}

function gammaFraction(a: number, x: number): number {
  return lentz(
    x + 1 - a,
    (index) => -index * (index - a),
    (index) => x + 1 - a + 2 * index,
  );
}

/**
 * The regularised incomplete beta function I_x(a, b), a and b > 0, by the continued fraction DLMF 8.17.22. `y` is 1 − x, given apart so
 * that an x near 1 loses nothing; I_y(b, a) is the other tail.
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? x : 0;
  if (!(y > 0)) return Number.isNaN(y) ? y : 1;
  if (x * (a + b + 2) > a + 1) return 1 - betaFactor(y, x, b, a) * betaFraction(y, b, a);
  return betaFactor(x, y, a, b) * betaFraction(x, a, b);
}

/** xᵃ yᵇ / B(a, b) in Loader's form: also the derivative of I_x(a, b) by ln(x / y). */
export function betaFactor(x: number, y: number, a: number, b: number): number {
  const sum = a + b;
  const exponent =
    stirlingError(sum) - stirlingError(a) - stirlingError(b) - deviance(a, sum * x) - deviance(b, sum * y);
  return Math.sqrt((a / sum) * (b / (2 * Math.PI))) * Math.exp(exponent);
}

function betaFraction(x: number, a: number, b: number): number {
  const numerator = (index: number): number => {
    const half = index >> 1;
    return index % 2 === 0
      ? (half * (b - half) * x) / ((a + index - 1) * (a + index))
      : (-(a + half) * (a + b + half) * x) / ((a + index - 1) * (a + index));
  };
  return lentz(1, numerator, () => 1) / a;
}

/** 1 / (b₀ + a₁ / (b₁ + a₂ / (b₂ + …))) by the modified Lentz method (Press et al., "Numerical Recipes", 2007, 5.2). */
function lentz(first: number, numerator: (index: number) => number, denominator: (index: number) => number): number {
  const tiny = 1e-300;
  let d = 1 / (first === 0 ? tiny : first);
  let c = 1 / tiny;
  let value = d;
  for (let index = 1; index < 1e7; index++) {
    const a = numerator(index);
    const b = denominator(index);
    d = a * d + b;
    d = 1 / (d === 0 ? tiny : d);
    c = b + a / c;
    if (c === 0) c = tiny;
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 2e-16) break;
  }
  return value;
}

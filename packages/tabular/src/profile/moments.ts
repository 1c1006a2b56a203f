/** Count, mean and spread of finite values, all of them times 2^-exponent, so that no square overflows or vanishes. */
export interface Moments {
  readonly count: number;
  /** The mean is `mean + rest`: far from zero one double is too coarse to tell how far apart the means of two parts are. */
  readonly mean: number;
  readonly rest: number;
  /** The sum of the squared distances from the mean. */
  readonly squares: number;
  readonly exponent: number;
}

export const noMoments: Moments = { count: 0, mean: 0, rest: 0, squares: 0, exponent: 0 };

/** Half the range of exponents in which the squares of 2⁶⁰ values can be summed. */
const plainExponents = 480;
const outerExponent = 600;

/** By which power of two to divide values whose greatest magnitude is `magnitude`: 0 for all but the hugest and the tiniest. */
export function scaleExponent(magnitude: number): number {
  if (magnitude > 2 ** plainExponents) return outerExponent;
  return magnitude < 2 ** -plainExponents ? -outerExponent : 0;
}

/**
 * The moments of two sets of values together (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample
 * Variances", 1979).
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const exponent = Math.max(a.exponent, b.exponent);
  const left = rescaled(a, exponent);
  const right = rescaled(b, exponent);
  const count = left.count + right.count;
  const distance = right.mean - left.mean + (right.rest - left.rest);
  return {
    count,
    ...exactSum(left.mean, left.rest + distance * (right.count / count)),
    squares: left.squares + right.squares + distance * distance * left.count * (right.count / count),
    exponent,
  };
}

/** The sum of two numbers, rounded, and what was rounded off (Knuth, The Art of Computer Programming 2, 4.2.2). */
function exactSum(a: number, b: number): { readonly mean: number; readonly rest: number } {
  const mean = a + b;
  const added = mean - a;
  return { mean, rest: a - (mean - added) + (b - added) };
}

function rescaled({ count, mean, rest, squares, exponent }: Moments, to: number): Moments {
  const factor = 2 ** (exponent - to);
  return { count, mean: mean * factor, rest: rest * factor, squares: squares * factor ** 2, exponent: to };
}

/** The mean of the values themselves. */
export function meanOf({ count, mean, rest, exponent }: Moments): number {
  return count === 0 ? Number.NaN : (mean + rest) * 2 ** exponent;
}

/** The root of the mean squared distance from the mean (ddof 0). */
export function deviationOf({ count, squares, exponent }: Moments): number {
  return count === 0 ? Number.NaN : Math.sqrt(squares / count) * 2 ** exponent;
}

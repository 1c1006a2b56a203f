import { binomialPmf } from './distributions.ts';
import { stirlingError } from './special.ts';

/**
 * P(Dₙ ≥ d), where Dₙ is the largest distance between a continuous distribution and the empirical distribution of n values: the p-value of
 * the two-sided test of Kolmogorov and Smirnov. The choice of method by n and d is that of Simard and L'Ecuyer, "Computing the two-sided
 * Kolmogorov-Smirnov distribution", 2011, which SciPy's `kstwo` makes too. It never grows with d, but for rounding.
 */
export function kolmogorovSf(d: number, n: number): number {
  if (Number.isNaN(d) || !(n >= 1)) return Number.NaN;
  const t = n * d;
  if (t <= 0.5) return 1;
  if (d >= 1) return 0;
  if (t <= 1) return 1 - nearMinimum(t, n);
  if (t >= n - 1) return 2 * (1 - d) ** n;
  if (d >= 0.5) return Math.min(1, 2 * smirnovSf(d, n));
  const square = t * d;
  return n <= 140 ? smallSf(d, n, square) : largeSf(d, n, square);
}

function smallSf(d: number, n: number, square: number): number {
  const exact = (x: number): number => 1 - durbinCdf(x, n);
  return square <= 4 ? exact(d) : joined(d, Math.sqrt(4 / n), twiceSmirnov(d, n), exact);
}

function largeSf(d: number, n: number, square: number): number {
  if (square >= 370) return 0;
  const approximate = (x: number): number => Math.min(1, Math.max(0, 1 - pelzGoodCdf(x, n)));
  if (square >= 2.2) return joined(d, Math.sqrt(2.2 / n), twiceSmirnov(d, n), approximate);
  // From n = 3000 on the two differ by less than 2e-9, of a probability near 1.
  if (n >= 3000) return approximate(d);
  const exact = (x: number): number => 1 - durbinCdf(x, n);
  const boundary = (1.4 / n) ** (2 / 3);
  return d <= boundary ? exact(d) : joined(d, boundary, approximate(d), exact);
}

/** What lies outside on both sides is counted twice. */
function twiceSmirnov(d: number, n: number): number {
  return Math.min(1, 2 * smirnovSf(d, n));
}

/**
 * The methods do not quite meet where one takes over from the other, by 4e-6 at most: what is more just above the `boundary` than at it
 * would make the probability grow with d. There the value at the boundary holds on.
 */
function joined(d: number, boundary: number, p: number, below: (boundary: number) => number): number {
  return d < boundary * 1.0001 ? Math.min(p, below(boundary)) : p;
}

/** P(Dₙ ≤ d) = n! ((2t − 1) / n)ⁿ for t = n·d from ½ to 1 (Ruben and Gambino, 1982). */
function nearMinimum(t: number, n: number): number {
  return stirlingFactor(n) * Math.exp(n * (Math.log(2 * t - 1) - 1));
}

/** n! (e / n)ⁿ. */
function stirlingFactor(n: number): number {
  return Math.sqrt(2 * Math.PI * n) * Math.exp(stirlingError(n));
}

/**
 * P(Dₙ⁺ ≥ d) for one side: d Σⱼ C(n, j) (d + j/n)^(j−1) (1 − d − j/n)^(n−j), j from 0 to ⌊n (1 − d)⌋ (Birnbaum and Tingey, 1951). All terms
 * are positive. For large n they are a smooth curve that vanishes with all its derivatives at both ends, of which a thousand points give
 * the sum to the last digits. Above n = 10⁶ the approximation of Maag and Dicaire (1971), because SciPy takes it there.
 */
function smirnovSf(d: number, n: number): number {
  if (n > 1e6) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n));
  const last = Math.floor(n * (1 - d));
  const stride = n < 4000 ? 1 : Math.floor(n / 2000);
  let sum = 0;
  for (let j = 0; j <= last; j += stride) {
    const p = d + j / n;
    sum += binomialPmf(j, n, p, (n - n * d - j) / n) / p;
  }
  return d * stride * sum;
}

/**
 * P(Dₙ ≤ d) by Durbin's matrix (1973) as Marsaglia, Tsang and Wang write it ("Evaluating Kolmogorov's distribution", 2003): an entry of
 * n! (H / n)ⁿ. One row of the power is carried along, n products of a row with H; H has one diagonal above its lower triangle. Each
 * product is divided by e, so that the row neither grows nor vanishes.
 */
function durbinCdf(d: number, n: number): number {
  const k = Math.ceil(n * d);
  const h = k - n * d;
  const size = 2 * k - 1;
  const inverseFactorials = new Float64Array(size + 1);
  const edge = new Float64Array(size);
  inverseFactorials[0] = 1;
  for (let index = 1; index <= size; index++) {
    inverseFactorials[index] = (inverseFactorials[index - 1] as number) / index;
    edge[index - 1] = (1 - h ** index) * (inverseFactorials[index] as number);
  }
  const corner = 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
  edge[size - 1] = corner * (inverseFactorials[size] as number);

  let row = new Float64Array(size);
  let next = new Float64Array(size);
  row[k - 1] = 1;
  for (let step = 0; step < n; step++) {
    let first = 0;
    for (let index = 0; index < size; index++) first += (row[index] as number) * (edge[index] as number);
    next[0] = first / Math.E;
    const bottom = row[size - 1] as number;
    for (let column = 1; column < size; column++) {
      let sum = bottom * (edge[size - 1 - column] as number);
      for (let index = column - 1; index < size - 1; index++) {
        sum += (row[index] as number) * (inverseFactorials[index - column + 1] as number);
      }
      next[column] = sum / Math.E;
    }
    [row, next] = [next, row];
  }
  return Math.min(1, stirlingFactor(n) * (row[k - 1] as number));
}

/**
 * P(Dₙ ≤ d) to the order n^(−3/2) (Pelz and Good, "Approximating the lower tail-areas of the Kolmogorov-Smirnov one-sample statistic",
 * 1976): four sums over the theta function, in the form that converges for small z.
 */
function pelzGoodCdf(d: number, n: number): number {
  const z = Math.sqrt(n) * d;
  const z2 = z * z;
  const z4 = z2 * z2;
  const z6 = z4 * z2;
  const pi2 = Math.PI ** 2;
  let [k0, k1, k2, k3, even2, even3] = [0, 0, 0, 0, 0, 0];
  for (let index = Math.ceil((16 * z) / Math.PI); index > 0; index--) {
    const odd2 = (2 * index - 1) ** 2;
    const weight = Math.exp((-odd2 * pi2) / (8 * z2));
    const m = odd2 * pi2;
    k0 += weight;
    k1 += weight * (m / 4 - z2);
    k2 += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * m) / 4 + ((1 - 2 * z2) * m * m) / 16);
    k3 +=
      weight *
      (-30 * z6 -
        90 * z4 * z4 +
        ((135 * z4 - 96 * z6) * m) / 4 +
        ((212 * z4 - 60 * z2) * m * m) / 16 +
        ((5 - 30 * z2) * m * m * m) / 64);
    const square = index * index;
    const evenWeight = square * Math.exp((-square * pi2) / (2 * z2));
    even2 += evenWeight;
    even3 += evenWeight * (3 * z2 - pi2 * square);
  }
  const order0 = k0 / z;
  const order1 = k1 / (6 * z4);
  const order2 = k2 / (72 * z6 * z) - (pi2 * even2) / (36 * z2 * z);
  const order3 = k3 / (6480 * z4 * z6) + (pi2 * even3) / (216 * z6);
  const root = Math.sqrt(n);
  return Math.sqrt(2 * Math.PI) * (order0 + order1 / root + order2 / n + order3 / (n * root));
}

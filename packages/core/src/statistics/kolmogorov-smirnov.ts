import { kolmogorovSf } from './kolmogorov.ts';

/** From this size of the larger sample on, the exact p-value takes too long and differs too little. SciPy draws the line here. */
const exactLimit = 10_000;

/**
 * p of the two-sided two-sample test of Kolmogorov and Smirnov for the statistic `d` (0 to 1) of samples of n and m values: exact while
 * neither has over 10,000 values, else asymptotic. As `scipy.stats.ks_2samp(method='auto')`.
 */
export function ksP(d: number, n: number, m: number): number {
  return Math.max(n, m) <= exactLimit ? ksExactP(d, n, m) : ksAsymptoticP(d, n, m);
}

/** p for the one-sample distribution with n·m / (n + m) values, rounded to the even neighbour at a half. */
export function ksAsymptoticP(d: number, n: number, m: number): number {
  return kolmogorovSf(d, Math.max(1, roundHalfEven((m * n) / (m + n))));
}

/**
 * The exact probability of a distance of `d` or more between samples of n and m values without ties. `d` is taken to the nearest of the
 * distances that such samples can have. When n ≠ m the time grows with n·m·d, to 0.1 s at 10,000 values each.
 */
export function ksExactP(d: number, n: number, m: number): number {
  if (Number.isNaN(d) || !(n >= 1 && m >= 1)) return Number.NaN;
  const divisor = greatestCommonDivisor(n, m);
  const multiple = (n / divisor) * m;
  const steps = roundHalfEven(d * multiple);
  if (steps <= 0) return 1;
  // p ≤ e · exp(−2 d² n m / (n + m)) (Wei and Dudley, 2012): no number is that small.
  if ((2 * d * d * n * m) / (n + m) > 800) return 0;
  const p = n === m ? outsideSquare(n, steps) : outsideBand(Math.max(n, m), Math.min(n, m), divisor, steps);
  return p >= 0 && p <= 1 ? p : ksAsymptoticP(steps / multiple, n, m);
}

/**
 * The share of the lattice paths from (0, 0) to (n, n) that come `steps` or further from the diagonal (Gnedenko and Korolyuk, 1951): twice
 * the alternating sum of C(2n, n − k·steps) / C(2n, n), factored so that nothing cancels.
 */
function outsideSquare(n: number, steps: number): number {
  let sum = 0;
  for (let k = Math.floor(n / steps); k >= 0; k--) {
    let ratio = 1;
    for (let index = 0; index < steps; index++) ratio *= (n - k * steps - index) / (n + k * steps + index + 1);
    sum = ratio * (1 - sum);
  }
  return 2 * sum;
}

/**
 * The share of the lattice paths from (0, 0) to (longer, shorter) that touch or leave the band |x / longer − y / shorter| < steps / lcm,
 * column by column over the points inside: the last step to (x, y) came along x with probability x / (x + y) (Hodges, "The significance
 * probability of the Smirnov two-sample test", 1958). Sums of positive numbers, so small probabilities keep their digits.
 */
function outsideBand(longer: number, shorter: number, divisor: number, steps: number): number {
  const perX = shorter / divisor;
  const perY = longer / divisor;
  const inverse = new Float64Array(longer + shorter + 1);
  for (let sum = 1; sum < inverse.length; sum++) inverse[sum] = 1 / sum;
  // What is not yet or no longer inside the band is outside with certainty.
  const outside = new Float64Array(shorter + 1).fill(1);
  const firstEnd = Math.min(Math.ceil(steps / perY), shorter + 1);
  outside.fill(0, 0, firstEnd);
  let last = 0;
  for (let x = 1; x <= longer; x++) {
    const start = Math.max(Math.floor((perX * x - steps) / perY) + 1, 0);
    const end = Math.min(Math.ceil((perX * x + steps) / perY), shorter + 1);
    if (end <= start) return 1;
    let value = start === 0 ? 0 : 1;
    for (let y = start; y < end; y++) {
      const weight = inverse[x + y] as number;
      value = (outside[y] as number) * (x * weight) + value * (y * weight);
      outside[y] = value;
    }
    last = value;
  }
  return last;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Exact decimal numbers. Metrics and margins are decimals to those who write them: 0.7 is not below 0.8 − 0.1, though it is in binary
 * floating point (0.8 − 0.1 = 0.7000000000000001).
 */
export interface Decimal {
  /** The number is `digits × 10^exponent`. */
  readonly digits: bigint;
  readonly exponent: number;
}

/** The decimal that `String(value)` or a literal shows. `value` must be finite. */
export function decimal(value: number | string): Decimal {
  const match = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(String(value));
  if (match === null) throw new RangeError(`${value} is not a finite decimal number.`);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${whole}${fraction}`);
  return { digits: sign === '-' ? -digits : digits, exponent: Number(exponent) - fraction.length };
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { digits: scaled(a, exponent) + scaled(b, exponent), exponent };
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

export function absolute(a: Decimal): Decimal {
  return a.digits < 0n ? { ...a, digits: -a.digits } : a;
}

/** Negative when a < b, 0 when equal, positive when a > b. */
export function compare(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** The nearest floating-point number; infinite when it is too large for one. */
export function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

/** The digits when the exponent is lowered to `exponent`. */
function scaled(a: Decimal, exponent: number): bigint {
  return a.digits * 10n ** BigInt(a.exponent - exponent);
}

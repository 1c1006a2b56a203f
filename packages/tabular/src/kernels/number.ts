import type { KernelExports } from './kernel.ts';

/** What the number kernel exports. */
export interface NumberKernel extends KernelExports {
  numberPowers(): number;
}

const lowestPower = -64;
const highestPower = 64;

let powers: BigUint64Array | undefined;

/** Gives a new kernel the powers of ten that it reads numbers with. */
export function prepareNumbers(kernel: NumberKernel): void {
  powers ??= powersOfTen();
  const pointer = kernel.numberPowers();
  new BigUint64Array(kernel.memory.buffer, pointer, powers.length).set(powers);
}

/** The 128 highest bits of 10^-64 to 10^64, high half first, as Eisel-Lemire wants them (Lemire 2021, section 7). */
function powersOfTen(): BigUint64Array {
  const halves: bigint[] = [];
  for (let exponent = lowestPower; exponent <= highestPower; exponent++) {
    const bits = exponent < 0 ? inversePower(-exponent) : highestBits(10n ** BigInt(exponent));
    halves.push(bits >> 64n, bits & 0xffff_ffff_ffff_ffffn);
  }
  return BigUint64Array.from(halves);
}

/** Above 10^-28 the inverse is rounded up, so that a product with an exact result comes out exact; below none is. */
function inversePower(exponent: number): bigint {
  const power = 5n ** BigInt(exponent);
  const length = BigInt((power - 1n).toString(2).length);
  if (exponent <= 27) return (1n << (length + 127n)) / power + 1n;
  return highestBits((1n << (2n * length + 128n)) / power + 1n);
}

function highestBits(value: bigint): bigint {
  const excess = value.toString(2).length - 128;
  return excess > 0 ? value >> BigInt(excess) : value << BigInt(-excess);
}

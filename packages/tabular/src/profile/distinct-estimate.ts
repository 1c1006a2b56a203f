import { newKernel } from '../kernels/kernel.ts';
import type { ProfileKernel } from './kernel.ts';

// How many different texts there are, in 4 KiB: HyperLogLog (Flajolet et al., 2007) with the estimator of Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches", 2017, algorithm 6, which needs no table of corrections. Its standard error is 1.6 %. The hash is the
// scanners' own, of 31 bits, so that texts which a scanner knew by their hashes alone are counted with the others.

const hashBits = 31;
const indexBits = 12;
export const registerCount = 1 << indexBits;
const restBits = hashBits - indexBits;
export const highestRank = restBits + 1;

/** Notes a hash; what is above its 31 bits does not matter. */
export function addHash(registers: Uint8Array, hash: number): void {
  const index = (hash & 0x7fff_ffff) >>> restBits;
  const rank = Math.min(Math.clz32(hash << (32 - restBits)) + 1, highestRank);
  if (rank > (registers[index] as number)) registers[index] = rank;
}

export function registersOfTexts(texts: Iterable<string>): Uint8Array {
  const registers = new Uint8Array(registerCount);
  for (const text of texts) addHash(registers, textHash(text));
  return registers;
}

/** Texts up to here have a place in the kernel's memory; longer ones get one of their own. */
const roomBytes = 1 << 16;
let hashing: { readonly kernel: ProfileKernel; readonly pointer: number } | undefined;

/** The hash that every scanner has for `text`. */
export function textHash(text: string): number {
  if (hashing === undefined) {
    const kernel = newKernel() as ProfileKernel;
    hashing = { kernel, pointer: kernel.allocate(roomBytes) };
  }
  const { kernel, pointer } = hashing;
  if (text.length * 3 > roomBytes) return longTextHash(text);
  const { written } = new TextEncoder().encodeInto(text, new Uint8Array(kernel.memory.buffer, pointer, roomBytes));
  return kernel.hashText(pointer, written) >>> 0;
}

function longTextHash(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const kernel = newKernel() as ProfileKernel;
  const pointer = kernel.allocate(bytes.length);
  new Uint8Array(kernel.memory.buffer, pointer, bytes.length).set(bytes);
  return kernel.hashText(pointer, bytes.length) >>> 0;
}

/** The registers of both sets together. */
export function mergeRegisters(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, index) => Math.max(value, b[index] as number));
}

export function estimatedDistinct(registers: Uint8Array): number {
  const multiplicity = new Float64Array(highestRank + 1);
  for (const value of registers) multiplicity[value] = (multiplicity[value] as number) + 1;
  let z = registerCount * tau(1 - (multiplicity[highestRank] as number) / registerCount);
  for (let value = highestRank - 1; value >= 1; value--) z = (z + (multiplicity[value] as number)) / 2;
  z += registerCount * sigma((multiplicity[0] as number) / registerCount);
  return registerCount ** 2 / (2 * Math.LN2 * z);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let weight = 1;
  let sum = share;
  for (let before = Number.NaN; sum !== before; weight *= 2) {
    x *= x;
    before = sum;
    sum += x * weight;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let weight = 1;
  let sum = 1 - share;
  for (let before = Number.NaN; sum !== before; ) {
    x = Math.sqrt(x);
    before = sum;
    weight /= 2;
    sum -= (1 - x) ** 2 * weight;
  }
  return sum / 3;
}

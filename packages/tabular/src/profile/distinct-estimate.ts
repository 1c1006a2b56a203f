// How many different texts there are, in 4 KiB: HyperLogLog (Flajolet et al., 2007) with the estimator of Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches", 2017, algorithm 6, which needs no table of corrections. Its standard error is 1.6 %.

const indexBits = 12;
export const registerCount = 1 << indexBits;
/** Bits of the hash after the index, and the highest value of a register less one. */
export const rankBits = 64 - indexBits;

export function newRegisters(texts: Iterable<string> = []): Uint8Array {
  const registers = new Uint8Array(registerCount);
  for (const text of texts) addText(registers, text);
  return registers;
}

export function addText(registers: Uint8Array, text: string): void {
  const [upper, lower] = textHash(text);
  const index = upper >>> (32 - indexBits);
  const rest = (upper << indexBits) >>> 0;
  const zeros = rest === 0 ? 32 - indexBits + Math.clz32(lower) : Math.clz32(rest);
  registers[index] = Math.max(registers[index] as number, zeros + 1);
}

/** The registers of both sets together. */
export function mergeRegisters(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((value, index) => Math.max(value, b[index] as number));
}

export function estimatedDistinct(registers: Uint8Array): number {
  const multiplicity = new Float64Array(rankBits + 2);
  for (const value of registers) multiplicity[value] = (multiplicity[value] as number) + 1;
  let z = registerCount * tau(1 - (multiplicity[rankBits + 1] as number) / registerCount);
  for (let value = rankBits; value >= 1; value--) z = (z + (multiplicity[value] as number)) / 2;
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

/** 64 bits in two halves: two multiplicative hashes of the UTF-16 units, mixed as MurmurHash3 ends (Appleby, 2011). */
function textHash(text: string): readonly [upper: number, lower: number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995) ^ (b >>> 15);
  }
  a = mixed(a ^ text.length);
  b = mixed(b ^ a);
  return [mixed(a + b), b];
}

function mixed(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

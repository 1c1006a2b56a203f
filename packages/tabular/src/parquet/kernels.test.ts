import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deltasBytes, openWorkspace, runsBytes } from './kernel.ts';

const { kernel, stretch } = openWorkspace(1 << 28, () => {
  throw new Error('too much');
});
const sourceAt = stretch('source');
const targetAt = stretch('target');
const stateAt = stretch('state');

/** Copies bytes into the kernel, with nothing sensible behind them. */
function put(bytes: Uint8Array): number {
  const pointer = sourceAt(bytes.length);
  new Uint8Array(kernel.memory.buffer).fill(0xa5, pointer, pointer + bytes.length + 64).set(bytes, pointer);
  return pointer;
}

function bytesAt(pointer: number, length: number): Buffer {
  return Buffer.from(new Uint8Array(kernel.memory.buffer).slice(pointer, pointer + length));
}

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let left = BigInt(value);
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return [...bytes, Number(left)];
}

/** What a packed block says: some bytes, or a copy of `length` bytes from `back` bytes before. */
type Step = { readonly literal: Uint8Array } | { readonly back: number; readonly length: number };

const steps = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((literal): Step => ({ literal })),
    fc.record({ back: fc.nat(70_000), length: fc.integer({ min: 4, max: 64 }) }),
    fc.record({ back: fc.nat(20), length: fc.integer({ min: 4, max: 64 }) }),
  ),
  { maxLength: 60 },
);

/** The bytes that steps stand for; a copy from before the start is made to fit. */
function played(all: readonly Step[]): { bytes: Buffer; steps: Step[] } {
  const bytes: number[] = [];
  const fitting: Step[] = [];
  for (const step of all) {
    if ('literal' in step) {
      bytes.push(...step.literal);
      fitting.push(step);
    } else if (bytes.length > 0) {
      const back = (step.back % Math.min(bytes.length, 65_535)) + 1;
      fitting.push({ back, length: step.length });
      for (let left = step.length; left > 0; left--) bytes.push(bytes[bytes.length - back] as number);
    }
  }
  return { bytes: Buffer.from(bytes), steps: fitting };
}

function snappyOf(all: readonly Step[], size: number): Buffer {
  const packed: number[] = varint(size);
  for (const step of all) {
    if ('literal' in step) {
      const length = step.literal.length - 1;
      if (length < 60) packed.push(length << 2);
      else if (length < 256) packed.push(60 << 2, length);
      else packed.push(61 << 2, length & 255, length >> 8);
      packed.push(...step.literal);
    } else if (step.back < 2048 && step.length < 12) {
      packed.push(1 | ((step.length - 4) << 2) | ((step.back >> 8) << 5), step.back & 255);
    } else if (step.back % 2 === 0) {
      packed.push(2 | ((step.length - 1) << 2), step.back & 255, step.back >> 8);
    } else {
      packed.push(3 | ((step.length - 1) << 2), step.back & 255, step.back >> 8, 0, 0);
    }
  }
  return Buffer.from(packed);
}

/** LZ4 knows pairs of some literals and a copy, and ends with literals. */
function lz4Of(all: readonly Step[]): Buffer {
  const packed: number[] = [];
  let literals: number[] = [];
  const more = (length: number) => [...new Array(Math.floor((length - 15) / 255)).fill(255), (length - 15) % 255];
  const tokenOf = (length: number) => {
    packed.push((Math.min(literals.length, 15) << 4) | Math.min(length, 15));
    if (literals.length >= 15) packed.push(...more(literals.length));
    packed.push(...literals);
    literals = [];
  };
  for (const step of all) {
    if ('literal' in step) literals.push(...step.literal);
    else {
      tokenOf(step.length - 4);
      packed.push(step.back & 255, step.back >> 8);
      if (step.length - 4 >= 15) packed.push(...more(step.length - 4));
    }
  }
  tokenOf(0);
  return Buffer.from(packed);
}

describe.each([
  ['unpackSnappy', kernel.unpackSnappy, (all: readonly Step[], size: number) => snappyOf(all, size)],
  ['unpackLz4', kernel.unpackLz4, (all: readonly Step[]) => lz4Of(all)],
])('%s', (_, unpack, pack) => {
  test('gives back what was packed', () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        const { bytes, steps: fitting } = played(wanted);
        const packed = pack(fitting, bytes.length);
        const target = targetAt(bytes.length);
        expect(unpack(put(packed), packed.length, target, bytes.length)).toBe(bytes.length);
        expect(bytesAt(target, bytes.length).equals(bytes)).toBe(true);
        if (bytes.length > 0) expect(unpack(put(packed), packed.length, target, bytes.length - 1)).toBe(-1);
      }),
    );
  });

  test('never writes beyond its room, whatever it is given', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), (wanted, damages) => {
        const { bytes, steps: fitting } = played(wanted);
        const packed = pack(fitting, bytes.length);
        for (const [at, value] of damages) packed[at % packed.length] = value;
        const target = targetAt(bytes.length);
        const memory = new Uint8Array(kernel.memory.buffer);
        memory.fill(7, target + bytes.length + 32, target + bytes.length + 64);
        const length = unpack(put(packed), packed.length, target, bytes.length);
        expect(length).toBeGreaterThanOrEqual(-1);
        expect(length).toBeLessThanOrEqual(bytes.length);
        expect(bytesAt(target + bytes.length + 32, 32).every((byte) => byte === 7)).toBe(true);
      }),
    );
  });
});

/** Runs of one value, or of packed ones in eights. */
interface Encoded {
  readonly width: number;
  readonly values: number[];
  readonly bytes: number[];
}

const runs: fc.Arbitrary<Encoded> = fc.integer({ min: 1, max: 32 }).chain((width) => {
  const value = fc.nat(2 ** width - 1);
  const repeated = fc.record({ value, count: fc.integer({ min: 1, max: 40 }) }).map(({ value: each, count }) => ({
    values: new Array<number>(count).fill(each),
    bytes: [
      ...varint(count * 2),
      ...Array.from({ length: (width + 7) >> 3 }, (_, index) => Math.floor(each / 256 ** index) % 256),
    ],
  }));
  const packed = fc
    .array(fc.array(value, { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 20 })
    .map((groups) => {
      const values = groups.flat();
      let bits = 0n;
      values.forEach((each, index) => {
        bits |= BigInt(each) << BigInt(index * width);
      });
      const bytes = Array.from({ length: groups.length * width }, (_, index) =>
        Number((bits >> BigInt(8 * index)) & 255n),
      );
      return { values, bytes: [...varint(groups.length * 2 + 1), ...bytes] };
    });
  return fc.array(fc.oneof(repeated, packed), { minLength: 1, maxLength: 6 }).map((parts) => ({
    width,
    values: parts.flatMap(({ values }) => values),
    bytes: parts.flatMap(({ bytes }) => bytes),
  }));
});

const windows = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });

/** Cuts `count` values into windows of the given sizes, over and over. */
function* cut(count: number, sizes: readonly number[]): Generator<number> {
  for (let done = 0, index = 0; done < count; index++) {
    const size = Math.min(sizes[index % sizes.length] as number, count - done);
    yield size;
    done += size;
  }
}

describe('runs', () => {
  function opened({ bytes, width }: Encoded): number {
    const start = put(Uint8Array.from(bytes));
    const state = stateAt(runsBytes);
    kernel.openRuns(state, start, start + bytes.length, width);
    return state;
  }

  test('are expanded to their values, in windows of any size', () => {
    fc.assert(
      fc.property(runs, windows, (encoded, sizes) => {
        const state = opened(encoded);
        const found: number[] = [];
        for (const size of cut(encoded.values.length, sizes)) {
          const target = targetAt(4 * size);
          expect(kernel.expandRuns(state, size, target)).toBe(1);
          found.push(...new Uint32Array(kernel.memory.buffer, target, size));
        }
        expect(found).toEqual(encoded.values);
        expect(kernel.expandRuns(state, 1, targetAt(4))).toBe(0);
      }),
    );
  });

  test('are counted as they are expanded, values beyond the dictionary in a slot of their own', () => {
    fc.assert(
      fc.property(runs, windows, fc.integer({ min: 1, max: 300 }), (encoded, sizes, distinct) => {
        const wanted = new Array<number>(distinct + 1).fill(0);
        for (const value of encoded.values) {
          const slot = Math.min(value, distinct);
          wanted[slot] = (wanted[slot] as number) + 1;
        }
        const state = opened(encoded);
        const counts = targetAt(4 * (distinct + 1));
        kernel.clear(counts, 4 * (distinct + 1));
        for (const size of cut(encoded.values.length, sizes))
          expect(kernel.countRuns(state, size, counts, distinct)).toBe(1);
        expect([...new Uint32Array(kernel.memory.buffer, counts, distinct + 1)]).toEqual(wanted);
        expect(kernel.countRuns(state, 1, counts, distinct)).toBe(0);
      }),
    );
  });

  test('of one bit are summed', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 400 }), windows, (bits, sizes) => {
        const bytes = new Uint8Array(Math.ceil(bits.length / 8));
        bits.forEach((bit, index) => {
          if (bit) bytes[index >> 3] = (bytes[index >> 3] as number) | (1 << (index & 7));
        });
        const start = put(bytes);
        const state = stateAt(runsBytes);
        kernel.openBits(state, start, start + bytes.length);
        let sum = 0;
        for (const size of cut(bits.length, sizes)) sum += kernel.countOnes(state, size);
        expect(sum).toBe(bits.filter((bit) => bit).length);
      }),
    );
  });

  test('that are damaged end, and never name a value over their width', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 32 }), (bytes, width) => {
        const state = opened({ bytes: [...bytes], width, values: [] });
        const target = targetAt(4 * 1000);
        if (kernel.expandRuns(state, 1000, target) === 0) return;
        expect(Math.max(...new Uint32Array(kernel.memory.buffer, target, 1000))).toBeLessThan(2 ** width);
      }),
    );
  });
});

/** Encodes as the format says, with blocks of 128 and parts of 32 values. */
function deltasOf(values: readonly bigint[]): number[] {
  const zigzag = (value: bigint) => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes = [...varint(128), ...varint(4), ...varint(values.length), ...varint(zigzag(values[0] ?? 0n))];
  const differences = values.slice(1).map((value, index) => BigInt.asIntN(64, value - (values[index] as bigint)));
  for (let at = 0; at < differences.length; at += 128) {
    const block = differences.slice(at, at + 128);
    const [smallest = 0n] = [...block].sort((a, b) => (a < b ? -1 : 1));
    const parts = [0, 32, 64, 96].map((from) =>
      block.slice(from, from + 32).map((each) => BigInt.asUintN(64, each - smallest)),
    );
    const widths = parts.map((part) => Math.max(0, ...part.map((each) => (each === 0n ? 0 : each.toString(2).length))));
    bytes.push(...varint(zigzag(smallest)), ...widths);
    parts.forEach((part, index) => {
      const width = widths[index] as number;
      if (part.length === 0) return;
      const bits = part.reduce((sum, each, position) => sum | (each << BigInt(position * width)), 0n);
      for (let byte = 0; byte < width * 4; byte++) bytes.push(Number((bits >> BigInt(8 * byte)) & 255n));
    });
  }
  return bytes;
}

describe('deltas', () => {
  const numbers = fc.oneof(
    fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 300 }),
    fc.array(fc.bigInt({ min: -50n, max: 1000n }), { maxLength: 300 }),
  );

  test('are summed to their values, in windows of any size', () => {
    fc.assert(
      fc.property(numbers, windows, (values, sizes) => {
        const bytes = deltasOf(values);
        const start = put(Uint8Array.from(bytes));
        const state = stateAt(deltasBytes);
        expect(kernel.openDeltas(state, start, start + bytes.length)).toBe(values.length);
        const found: bigint[] = [];
        for (const size of cut(values.length, sizes)) {
          const target = targetAt(8 * size);
          expect(kernel.expandDeltas(state, size, target, 8)).toBe(1);
          found.push(...new BigInt64Array(kernel.memory.buffer, target, size));
        }
        expect(found).toEqual(values);
        expect(kernel.endOfDeltas(state) - start).toBe(bytes.length);
        expect(kernel.expandDeltas(state, 1, targetAt(8), 8)).toBe(0);
      }),
    );
  });

  test('that are damaged end', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), (values, damages) => {
        const bytes = deltasOf(values);
        for (const [at, value] of damages) bytes[at % bytes.length] = value;
        const start = put(Uint8Array.from(bytes));
        const state = stateAt(deltasBytes);
        const count = kernel.openDeltas(state, start, start + bytes.length);
        for (let left = Math.min(count, 2000); left > 0; left -= 100) {
          if (kernel.expandDeltas(state, Math.min(left, 100), targetAt(800), 8) === 0) break;
        }
        expect(kernel.endOfDeltas(state)).toBeLessThanOrEqual(start + bytes.length);
      }),
    );
  });
});

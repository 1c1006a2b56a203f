import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededUniform } from './random.ts';
import { groupSplit, type SplitAssigner, stratifiedSplit } from './split.ts';

const fractions = fc
  .array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 })
  .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b)));
const keys = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', ''), { minLength: 1, maxLength: 200 });
const seed = fc.nat();

function counted(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of list) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function assignAll(split: SplitAssigner, list: readonly string[]): number[] {
  return list.map((key) => split.assign(key));
}

function sizesOf(assigned: readonly number[], splits: number): number[] {
  return Array.from({ length: splits }, (_, split) => assigned.filter((other) => other === split).length);
}

describe('a stratified split', () => {
  test('gives every stratum and the whole their shares, and says its sizes before', () => {
    fc.assert(
      fc.property(keys, fractions, seed, (list, shares, number) => {
        const split = stratifiedSplit(counted(list), shares, number);
        const assigned = assignAll(split, list);
        expect(sizesOf(assigned, shares.length)).toEqual(split.sizes);
        for (const [key, rows] of counted(list)) {
          const sizes = sizesOf(
            assigned.filter((_, row) => list[row] === key),
            shares.length,
          );
          shares.forEach((share, index) => {
            expect(Math.abs((sizes[index] as number) - share * rows)).toBeLessThan(1);
          });
        }
      }),
    );
  });

  test('depends on nothing but seed, counts and order', () => {
    const list = Array.from({ length: 40 }, (_, row) => (row % 3 === 0 ? 'x' : 'y'));
    const run = (number: number) => assignAll(stratifiedSplit(counted(list), [0.7, 0.3], number), list).join('');
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  test('leaves no bias in many small strata', () => {
    const list = Array.from({ length: 1000 }, (_, row) => `s${row}`);
    expect(stratifiedSplit(counted(list), [0.8, 0.2], 0).sizes).toEqual([800, 200]);
  });

  test('chooses every row equally often', () => {
    const chosen = Array.from({ length: 10 }, () => 0);
    for (let number = 0; number < 4000; number++) {
      const split = stratifiedSplit(new Map([['', 10]]), [0.3, 0.7], number);
      chosen.forEach((count, row) => {
        chosen[row] = count + (split.assign('') === 0 ? 1 : 0);
      });
    }
    // 1200 expected, standard deviation 29: five of them.
    for (const count of chosen) expect(Math.abs(count - 1200)).toBeLessThan(145);
  });

  test('notices a row more than was counted', () => {
    const split = stratifiedSplit(new Map([['a', 1]]), [1], 0);
    split.assign('a');
    expect(() => split.assign('a')).toThrow(RangeError);
    expect(() => split.assign('b')).toThrow(RangeError);
  });
});

test('a group split keeps groups together and is at most one group off', () => {
  fc.assert(
    fc.property(keys, fractions, seed, (list, shares, number) => {
      const groups = counted(list);
      const split = groupSplit(groups, shares, number);
      const assigned = assignAll(split, list);
      expect(sizesOf(assigned, shares.length)).toEqual(split.sizes);
      for (const key of groups.keys()) {
        expect(new Set(assigned.filter((_, row) => list[row] === key)).size).toBe(1);
      }
      const largest = Math.max(...groups.values());
      split.sizes.forEach((size, index) => {
        expect(size - (shares[index] as number) * list.length).toBeLessThanOrEqual(largest + 1e-9);
      });
    }),
  );
});

// From Python's hashlib: [int.from_bytes(hashlib.sha256(b"7:%d" % i).digest()[j:j+8], "big") >> 11) / 2**53 …].
test('seeded numbers are those of their definition', () => {
  const uniform = seededUniform('7');
  expect(Array.from({ length: 5 }, uniform)).toEqual([
    0.9609280730848716, 0.4450855681895731, 0.4591816744974828, 0.9840249862989277, 0.8422974887563395,
  ]);
});

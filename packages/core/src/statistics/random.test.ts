import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type RandomGenerator, randomGenerator } from './random.ts';

function draws(generator: RandomGenerator, count = 20): number[] {
  return Array.from({ length: count }, () => generator.next());
}

function spread(values: readonly number[], cells: number): number {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  const expected = values.length / cells;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('randomGenerator', () => {
  test('gives the same numbers for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        expect(draws(randomGenerator(one))).toEqual(draws(randomGenerator(one)));
        if (one !== other) expect(draws(randomGenerator(one))).not.toEqual(draws(randomGenerator(other)));
      }),
    );
  });

  test('stays in [0, 1) and below the bound', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 53 - 1 }), (seed, bound) => {
        const generator = randomGenerator(seed);
        for (let count = 0; count < 20; count++) {
          const fraction = generator.next();
          expect(fraction >= 0 && fraction < 1).toBe(true);
          const integer = generator.integer(bound);
          expect(Number.isInteger(integer) && integer >= 0 && integer < bound).toBe(true);
        }
      }),
    );
  });

  test.each([2, 3, 7, 10, 100])('draws every integer below %d equally often', (bound) => {
    const generator = randomGenerator(5);
    const values = Array.from({ length: 100_000 }, () => generator.integer(bound));
    // Six standard deviations over the mean of the chi-square distribution.
    expect(spread(values, bound)).toBeLessThan(bound - 1 + 6 * Math.sqrt(2 * (bound - 1)));
  });

  test('draws both halves of a bound that does not divide 2³² equally often', () => {
    const generator = randomGenerator(6);
    for (const bound of [3 * 2 ** 19, 3 * 2 ** 30, 3 * 2 ** 51]) {
      const thirds = Array.from({ length: 30_000 }, () => Math.floor((generator.integer(bound) / bound) * 3));
      expect(spread(thirds, 3)).toBeLessThan(14);
    }
  });

  test('fills [0, 1) evenly, neighbours independent of each other', () => {
    const generator = randomGenerator(7);
    const cells = Array.from(
      { length: 100_000 },
      () => Math.floor(generator.next() * 10) * 10 + Math.floor(generator.next() * 10),
    );
    expect(spread(cells, 100)).toBeLessThan(99 + 6 * Math.sqrt(198));
  });

  test('forks by key, whatever was drawn before', () => {
    const generator = randomGenerator(1);
    const early = draws(generator.fork('a'));
    draws(generator);
    generator.fork('b');
    expect(draws(generator.fork('a'))).toEqual(early);
    expect(draws(generator.fork('b'))).not.toEqual(early);
    expect(draws(generator.fork(1))).not.toEqual(draws(generator.fork('1')));
    expect(draws(generator.fork('a').fork('a'))).not.toEqual(early);
  });

  test('forks of neighbouring keys are independent of each other', () => {
    const generator = randomGenerator(1);
    const cells = Array.from({ length: 50_000 }, (_, key) => Math.floor(generator.fork(key).next() * 50));
    expect(spread(cells, 50)).toBeLessThan(49 + 6 * Math.sqrt(98));
  });
});

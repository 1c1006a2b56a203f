import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearest } from './nearest.ts';

describe('the nearest name', () => {
  test.each([
    ['modle', 'model'],
    ['Model-Uri', 'model-uri'],
    ['hyperparameter', 'hyperparameters'],
    ['hyper-parameters', 'hyperparameters'],
    ['x', undefined],
    ['entrypoint-of-the-script', undefined],
  ])('%s is %s', (word, expected) =>
    expect(nearest(word, ['model', 'model-uri', 'hyperparameters', 'entry-point'])).toBe(expected),
  );

  test('the first of equals wins, whatever the order of the alphabet', () => {
    expect(nearest('bat', ['cat', 'bar'])).toBe('cat');
    expect(nearest('bat', ['bar', 'cat'])).toBe('bar');
  });
});

describe('edit distance', () => {
  test.each([
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
    ['ca', 'abc', 3],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
  ])('%s to %s is %d', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

  test('is symmetric, zero only for equals, and at most the longer length', () => {
    const word = fc.stringMatching(/^[abc]{0,6}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

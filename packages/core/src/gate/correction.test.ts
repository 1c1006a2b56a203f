import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Correction } from '../statistics/corrections.ts';
import { rejected } from './correction.ts';

function rejectedOf(correction: Correction, pValues: readonly number[], alpha: number): number[] {
  return [...rejected(correction, pValues.length, alpha, (index, level) => (pValues[index] as number) <= level)].sort(
    (a, b) => a - b,
  );
}

// statsmodels 0.15 `multipletests([0.01, 0.04, 0.03, 0.005, 0.02], alpha=0.05, method=…)`.
test.each([
  ['none', [0, 1, 2, 3, 4]],
  ['bonferroni', [0, 3]],
  ['holm', [0, 3]],
  ['bh', [0, 1, 2, 3, 4]],
] as const)('%s rejects what statsmodels rejects', (correction, expected) => {
  expect(rejectedOf(correction, [0.01, 0.04, 0.03, 0.005, 0.02], 0.05)).toEqual(expected);
});

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** The textbook's step-down and step-up procedures on sorted p-values. */
function textbook(correction: 'holm' | 'bh', values: readonly number[], alpha: number): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const holds = order.map((index, rank) => {
    const level = correction === 'holm' ? alpha / (values.length - rank) : (alpha * (rank + 1)) / values.length;
    return (values[index] as number) <= level;
  });
  const first = holds.indexOf(false);
  const count = correction === 'holm' ? (first === -1 ? values.length : first) : holds.lastIndexOf(true) + 1;
  return order.slice(0, count).sort((a, b) => a - b);
}

test.each(['holm', 'bh'] as const)('%s is the procedure of the textbook', (correction) => {
  fc.assert(
    fc.property(pValues, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (values, alpha) => {
      expect(rejectedOf(correction, values, alpha)).toEqual(textbook(correction, values, alpha));
    }),
    { numRuns: 2000 },
  );
});

test('bonferroni rejects no more than holm, holm no more than bh, bh no more than none', () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const found = (['bonferroni', 'holm', 'bh', 'none'] as const).map((each) => rejectedOf(each, values, 0.05));
      for (let i = 1; i < found.length; i++) expect(found[i]).toEqual(expect.arrayContaining(found[i - 1] as number[]));
    }),
  );
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUndefined } from '../metrics/index.ts';
import { columnOfNumbers, columnOfTexts } from './column-of-cells.ts';
import { type AnsweredRows, changeVerdict, differenceBounds, performanceChange } from './performance-change.ts';
import { categoricalColumn, numericColumn } from './testing/columns.ts';

/** `right` of `all` rows are answered rightly. */
function answered(right: number, all: number): AnsweredRows {
  const labels = new Uint8Array(all).fill(1, 0, Math.ceil(all / 2));
  const predicted = Uint32Array.from(labels, (label, row) => (row < right ? label : 1 - label));
  return { truth: { task: 'binary', labels }, answers: { predicted } };
}

const options = { confidence: 0.95, resamples: 200, seed: 0, maxDrop: 0.05 };

describe('the change of a metric between different rows', () => {
  test('is current minus reference, and drifts when its bounds lie beyond the margin', () => {
    const change = performanceChange('accuracy', answered(900, 1000), answered(700, 1000), options);
    expect(change).toMatchObject({ reference: 0.9, current: 0.7, verdict: 'drift', direction: 'higher' });
    expect((change as { margin: number }).margin).toBeCloseTo(0.045, 12);
  });

  test('without a number is undefined, with the side and the reason', () => {
    const oneClass: AnsweredRows = {
      truth: { task: 'binary', labels: new Uint8Array(9) },
      answers: { scores: new Float64Array(9) },
    };
    const change = performanceChange('roc_auc', oneClass, oneClass, options);
    expect(isUndefined(change) && change.undefined).toMatch(/^of the reference: /);
    expect(isUndefined(performanceChange('accurracy', answered(1, 2), answered(1, 2), options))).toBe(true);
  });

  test('of a side with itself is 0 and ok', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (right) => {
        const rows = answered(right, 200);
        expect(performanceChange('accuracy', rows, rows, options)).toMatchObject({ change: 0, verdict: 'ok' });
      }),
    );
  });

  test('has mirrored bounds when the sides are swapped', () => {
    const figure = fc
      .tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      )
      .map((values) => values.sort((a, b) => a - b))
      .map(([lo, value, hi]) => ({ value: value as number, bounds: { lo: lo as number, hi: hi as number } }));
    fc.assert(
      fc.property(figure, figure, (a, b) => {
        const [forth, back] = [differenceBounds(a, b), differenceBounds(b, a)];
        expect(forth.lo).toBeCloseTo(-back.hi, 12);
        expect(forth.lo).toBeLessThanOrEqual(b.value - a.value);
        expect(forth.hi).toBeGreaterThanOrEqual(b.value - a.value);
      }),
    );
  });

  test('counts in the direction of the metric', () => {
    expect(changeVerdict(-0.2, { lo: -0.3, hi: -0.1 }, 'higher', 0.05)).toBe('drift');
    expect(changeVerdict(-0.2, { lo: -0.3, hi: -0.1 }, 'lower', 0.05)).toBe('ok');
    expect(changeVerdict(0.2, { lo: 0.1, hi: 0.3 }, 'lower', 0.05)).toBe('drift');
    expect(changeVerdict(0.2, { lo: 0.01, hi: 0.3 }, 'lower', 0.05)).toBe('warn');
    // At the margin it is not beyond it.
    expect(changeVerdict(-0.05, { lo: -0.05, hi: -0.05 }, 'higher', 0.05)).toBe('ok');
  });
});

describe('a column of cells in memory', () => {
  test('of numbers is the exact column', () => {
    const column = columnOfNumbers(Float64Array.of(3, Number.NaN, 1, 1, Number.POSITIVE_INFINITY, 8));
    const expected = numericColumn([3, 1, 1, 8], { nulls: 1, infinities: 1 });
    expect(column).toMatchObject({
      ...expected,
      mean: expect.closeTo(3.25, 12),
      deviation: expect.closeTo(expected.deviation, 12),
    });
    expect(columnOfNumbers(Float64Array.of(Number.NaN))).toMatchObject({
      count: 0,
      nulls: 1,
      samples: [],
      min: Number.NaN,
    });
  });

  test('of texts has their counts', () => {
    expect(columnOfTexts(['a', undefined, 'b', 'a', '__proto__'])).toEqual(
      categoricalColumn(
        [
          ['a', 2],
          ['b', 1],
          ['__proto__', 1],
        ],
        { nulls: 1 },
      ),
    );
  });
});

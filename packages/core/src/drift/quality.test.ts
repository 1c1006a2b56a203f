import { describe, expect, test } from '@jest/globals';
import { amongColumns, columnFindings, qualityFindings } from './quality.ts';
import type { Column } from './sample.ts';
import { categoricalColumn, congruential, linearSampleOf, normals, numericColumn } from './testing/columns.ts';
import { checkTypeOf } from './violations.ts';

function issues(reference: Column, current: Column): string[] {
  return qualityFindings('x', reference, current).map(({ issue }) => issue);
}

const usual = numericColumn(congruential(1, 1000), { nulls: 50 });

describe('the quality of the current data', () => {
  test('is not in question for a column like the reference', () => {
    expect(issues(usual, numericColumn(congruential(2, 1000), { nulls: 60 }))).toEqual([]);
    expect(issues(usual, usual)).toEqual([]);
  });

  test('names columns that one side lacks, __proto__ among them', () => {
    expect(columnFindings(['a', '__proto__', 'b'], ['b', 'constructor', 'a'])).toEqual([
      { column: '__proto__', issue: 'missing-column' },
      { column: 'constructor', issue: 'extra-column' },
    ]);
  });

  test('suffers from missing values that have become 5 points more, with values as before', () => {
    const [found] = qualityFindings('x', usual, numericColumn(congruential(2, 800), { nulls: 100, nans: 100 }));
    expect(found?.issue).toBe('missing-values');
    expect(found?.reference).toBeCloseTo(50 / 1050, 12);
    expect(found?.current).toEqual({ lo: 0.2, hi: 0.2 });
    expect(found?.p).toBeLessThan(1e-9);
    expect(issues(usual, numericColumn(congruential(2, 900), { nulls: 70 }))).toEqual([]);
  });

  test('is not judged by the few', () => {
    expect(issues(numericColumn(congruential(1, 20)), numericColumn(congruential(2, 19), { nulls: 1 }))).toEqual([]);
  });

  test('finds a side without values, and does not fail', () => {
    const empty = numericColumn([], { nulls: 100 });
    for (const [a, b] of [
      [usual, empty],
      [empty, usual],
      [empty, empty],
      [usual, categoricalColumn([], { nulls: 9 })],
    ] as const) {
      expect(issues(a, b)).toEqual(['no-values']);
    }
    expect(issues(usual, numericColumn([]))).toEqual([]);
  });

  test('finds numbers that have become names', () => {
    expect(issues(usual, categoricalColumn([['a', 500]]))).toEqual(['type-change']);
  });

  test('finds cells of another type, and infinite ones', () => {
    expect(issues(usual, numericColumn(congruential(2, 950), { mistyped: 25, infinities: 25 }))).toEqual([
      'mistyped-cells',
      'infinities',
    ]);
  });

  test('finds values outside the range of the reference, by what is certain of them', () => {
    const moved = congruential(3, 1000).map((u) => u * 1.2);
    const [exact] = qualityFindings('x', usual, numericColumn(moved));
    const outside = moved.filter((value) => value < usual.min || value > usual.max).length / 1000;
    expect([exact?.issue, exact?.current]).toEqual(['out-of-range', { lo: outside, hi: outside }]);
    const [rough] = qualityFindings(
      'x',
      usual,
      numericColumn(moved, {}, (all) => [linearSampleOf(all, 0.1)]),
    );
    expect(rough?.issue).toBe('out-of-range');
    expect(rough?.current?.lo).toBeLessThanOrEqual(outside);
    expect(rough?.current?.hi).toBeGreaterThanOrEqual(outside);
  });

  test('does not mind the values that chance puts outside a small reference', () => {
    expect(issues(numericColumn(normals(4, 60)), numericColumn(normals(5, 60)))).toEqual([]);
  });

  test('minds among many columns only what is too much for chance there too', () => {
    // As in a random split of the Wisconsin biopsies: 5 of 228 values above the largest of 341.
    const split = qualityFindings(
      'x',
      numericColumn(Array.from({ length: 341 }, (_, index) => index)),
      numericColumn(Array.from({ length: 228 }, (_, index) => index + 118)),
    );
    expect(split.map(({ p }) => p)).toEqual([expect.closeTo(0.0204, 3)]);
    expect(amongColumns(split, 1)).toEqual(split);
    expect(amongColumns(split, 31)).toEqual([]);
    const moved = qualityFindings('y', usual, numericColumn(congruential(3, 1000).map((u) => u * 1.2)));
    expect(amongColumns(moved, 60)).toEqual(moved);
    const absent = columnFindings(['a'], []);
    expect(amongColumns(absent, 60)).toEqual(absent);
  });

  test('finds new categories from 1 % on', () => {
    const known = categoricalColumn([
      ['a', 500],
      ['b', 500],
    ]);
    expect(
      issues(
        known,
        categoricalColumn([
          ['a', 500],
          ['b', 499],
          ['c', 1],
        ]),
      ),
    ).toEqual([]);
    const [found] = qualityFindings(
      'x',
      known,
      categoricalColumn([
        ['a', 500],
        ['b', 450],
        ['__proto__', 50],
      ]),
    );
    expect([found?.issue, found?.current]).toEqual(['new-categories', { lo: 0.05, hi: 0.05 }]);
    const cut = categoricalColumn([['a', 500]], { other: 500, distinct: 90 });
    expect(
      issues(
        cut,
        categoricalColumn([
          ['a', 500],
          ['c', 500],
        ]),
      ),
    ).toEqual([]);
  });

  test('finds a column that stopped varying', () => {
    expect(issues(usual, numericColumn(Array.from({ length: 200 }, () => 0.5)))).toEqual(['constant']);
    expect(
      issues(
        categoricalColumn([
          ['a', 50],
          ['b', 50],
        ]),
        categoricalColumn([['a', 90]]),
      ),
    ).toEqual(['constant']);
    const always = numericColumn(Array.from({ length: 200 }, () => 0.5));
    expect(issues(always, always)).toEqual([]);
  });
});

test('every issue has a name of SageMaker', () => {
  expect(
    (
      ['missing-column', 'extra-column', 'type-change', 'missing-values', 'new-categories', 'out-of-range'] as const
    ).map(checkTypeOf),
  ).toEqual([
    'missing_column_check',
    'extra_column_check',
    'data_type_check',
    'completeness_check',
    'categorical_values_check',
    'baseline_drift_check',
  ]);
});

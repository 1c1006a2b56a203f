import { describe, expect, test } from '@jest/globals';
import { categoryTable } from './categories.ts';
import { compatFigures } from './compat/index.ts';
import { sharedHistogram, topMovements } from './picture.ts';
import { amongColumns, columnFindings } from './quality.ts';
import { driftReport, type ExaminationOptions, examineColumn } from './report.ts';
import { defaultDriftRules } from './rules.ts';
import type { Column } from './sample.ts';
import { categoricalColumn, congruential, linearSampleOf, normals, numericColumn } from './testing/columns.ts';
import { constraintViolations } from './violations.ts';

const reference = new Map<string, Column>([
  ['age', numericColumn(normals(1, 2000))],
  [
    '__proto__',
    categoricalColumn([
      ['a', 700],
      ['b', 300],
    ]),
  ],
  ['gone', numericColumn(normals(2, 2000))],
  ['empty', numericColumn([], { nulls: 2000 })],
]);
const current = new Map<string, Column>([
  [
    '__proto__',
    categoricalColumn([
      ['a', 690],
      ['b', 310],
    ]),
  ],
  ['age', numericColumn(normals(3, 1000).map((value) => value + 1.5))],
  ['empty', numericColumn([], { nulls: 1000 })],
  ['new', categoricalColumn([['a', 1000]])],
]);

function checkDrift(options: ExaminationOptions): ReturnType<typeof driftReport> {
  const examined = [...reference].flatMap(([name, column]) => {
    const other = current.get(name);
    return other === undefined ? [] : [examineColumn(name, column, other, options)];
  });
  return driftReport(examined, reference.keys(), current.keys(), options.rules);
}

describe('the check of two tables', () => {
  const report = checkDrift({
    rules: defaultDriftRules,
    compat: ['evidently', 'azureml', 'nannyml', 'tfdv'],
  });

  test('decides by name, whatever the order of the columns', () => {
    expect(report.columns.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['age', 'drift'],
      ['__proto__', 'no-drift'],
      ['empty', 'insufficient-data'],
    ]);
    expect([report.verdict, report.drifted, report.missing, report.extra]).toEqual([
      'drift',
      ['age'],
      ['gone'],
      ['new'],
    ]);
  });

  test('cannot do without a critical column', () => {
    const rules = { ...defaultDriftRules, driftShare: 0.9, columns: new Map([['gone', { critical: true }]]) };
    expect(checkDrift({ rules: { ...rules, columns: new Map() } }).verdict).toBe('warn');
    expect(checkDrift({ rules }).verdict).toBe('insufficient-data');
  });

  test('holds what a report says of a column', () => {
    const [age, category] = report.columns;
    expect(age?.reference).toEqual({ rows: 2000, values: 2000, missing: 0, infinities: 0, mistyped: 0 });
    expect(age?.figures['mean-shift']?.lo).toBeCloseTo(1.5, 1);
    expect(age?.detectable).toEqual({ unit: 'deviations', value: expect.closeTo(0.127, 3) });
    expect(age?.histogram?.edges.length).toBe(31);
    expect(new Set(age?.compat.map(({ tool }) => tool))).toEqual(new Set(['evidently', 'azureml', 'nannyml', 'tfdv']));
    expect(category?.movements?.[0]).toEqual({
      category: { name: 'a' },
      reference: 700,
      current: 690,
      change: expect.closeTo(-0.01, 12),
    });
    expect(category?.detectable?.unit).toBe('share');
  });

  test('says in the words of SageMaker what is wrong', () => {
    const { columns } = report;
    const found = columns.flatMap(({ findings }) => findings);
    const { violations } = constraintViolations(
      [...columnFindings(reference.keys(), current.keys()), ...amongColumns(found, columns.length)],
      columns,
    );
    expect(violations.map((each) => [each.feature_name, each.constraint_check_type])).toEqual([
      ['gone', 'missing_column_check'],
      ['new', 'extra_column_check'],
      ['age', 'baseline_drift_check'],
      ['empty', 'completeness_check'],
      ['age', 'baseline_drift_check'],
    ]);
    expect(violations[2]?.description).toMatch(/^\d+(\.\d+)? % of the values are outside the reference's range\.$/);
    expect(violations[4]?.description).toMatch(/^The wasserstein score is [\d.]+, at or over 0\.1\.$/);
  });

  test('is written as JSON without loss', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('the picture of numbers', () => {
  test('has both sides in the same bins, every value in one', () => {
    const [a, b] = [normals(4, 3000), normals(5, 1000).map((value) => value * 30)];
    const exact = sharedHistogram(numericColumn(a), numericColumn(b));
    expect(exact.reference.reduce((sum, count) => sum + count, 0)).toBe(3000);
    expect(exact.current.reduce((sum, count) => sum + count, 0)).toBe(1000);
    expect(exact.edges[0]).toBeGreaterThan(Math.min(...a, ...b));
    expect(exact.current[0]).toBe(b.filter((value) => value < (exact.edges[1] as number)).length);
    const rough = sharedHistogram(
      numericColumn(a, {}, (all) => [linearSampleOf(all, 1 / 64)]),
      numericColumn(b, {}, (all) => [linearSampleOf(all, 1 / 64)]),
    );
    expect(rough.reference.reduce((sum, count) => sum + count, 0)).toBeCloseTo(3000, 9);
    for (const [bin, count] of exact.reference.entries()) {
      expect(Math.abs((rough.reference[bin] as number) - count)).toBeLessThan(25);
    }
  });

  test.each([
    [20, 6],
    [113, 11],
    [3000, 30],
  ])('has bins by the smaller side: %d rows, %d bins', (rows, bins) => {
    const { edges } = sharedHistogram(numericColumn(normals(4, 3000)), numericColumn(normals(5, rows)));
    expect(edges).toHaveLength(bins + 1);
  });

  test('reaches as far as either side, so that a shifted one is not heaped up at the end', () => {
    const [a, b] = [normals(4, 1000), normals(5, 1000).map((value) => value + 10)];
    const { current } = sharedHistogram(numericColumn(a), numericColumn(b));
    expect(current.at(-1)).toBeLessThan(20);
  });

  test.each([
    ['one value', [5, 5, 5], [5, 5]],
    ['one value in the reference', [0, 0, 0], [1, 2, 3]],
    ['a huge range', [-1.7e308, 0, 1.7e308], [1, 2]],
    ['tiny values', [5e-324, 0], [0]],
  ])('is a picture of %s, too', (_, a, b) => {
    const { edges, reference: left, current: right } = sharedHistogram(numericColumn(a), numericColumn(b), 10);
    expect(edges.every(Number.isFinite)).toBe(true);
    expect(left.reduce((sum, count) => sum + count, 0)).toBe(a.length);
    expect(right.reduce((sum, count) => sum + count, 0)).toBe(b.length);
  });
});

test('the largest movements come first, the missing and the others among them', () => {
  const table = categoryTable(
    categoricalColumn(
      [
        ['a', 50],
        ['b', 30],
      ],
      { nulls: 10, other: 10, distinct: 9 },
    ),
    categoricalColumn(
      [
        ['a', 20],
        ['c', 10],
      ],
      { nulls: 60, other: 10, distinct: 9 },
    ),
    true,
  );
  expect(topMovements(table, 3).map(({ category }) => category)).toEqual(['missing', { name: 'a' }, 'other']);
});

describe('figures of other tools', () => {
  test('are not made up where values or counts are not all known', () => {
    const rough = numericColumn(congruential(6, 100), {}, (all) => [linearSampleOf(all, 0.1)]);
    const cut = categoricalColumn([['a', 5]], { other: 5, distinct: 3 });
    const whole = categoricalColumn([['a', 5]]);
    for (const tool of ['evidently', 'azureml', 'nannyml', 'tfdv'] as const) {
      expect(compatFigures(tool, rough, rough)).toBeUndefined();
      expect(compatFigures(tool, cut, whole)).toBeUndefined();
      expect(compatFigures(tool, whole, rough)).toBeUndefined();
      expect(compatFigures(tool, numericColumn([]), numericColumn([1]))).toBeUndefined();
      expect(compatFigures(tool, numericColumn([-1.7e308, 1.7e308]), numericColumn([1]))).toBeUndefined();
    }
  });

  test('one new category makes Evidently’s χ² infinite, and its p 0', () => {
    const [before, now] = [
      categoricalColumn([
        ['a', 500],
        ['b', 400],
      ]),
      categoricalColumn([
        ['a', 500],
        ['b', 399],
        ['c', 1],
      ]),
    ];
    const [first] = compatFigures('evidently', before, now) ?? [];
    expect(first).toEqual({ tool: 'evidently', method: 'chisquare', value: 0, threshold: 0.05, flagged: true });
  });
});

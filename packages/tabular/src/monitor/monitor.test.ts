import { describe, expect, test } from '@jest/globals';
import { type Column, type NumericColumn, UserError } from '@mlops-actions/core';
import { brokenConstraints } from './broken-constraints.ts';
import { readMonitorConstraints } from './constraints.ts';
import { readMonitorStatistics } from './statistics.ts';

/** The example of SageMaker's developer guide, "Schema for statistics", with numbers filled in. */
const statistics = {
  version: 0,
  dataset: { item_count: 110 },
  features: [
    {
      name: 'age',
      inferred_type: 'Integral',
      numerical_statistics: {
        common: { num_present: 100, num_missing: 10 },
        mean: 47.5,
        sum: 4750,
        std_dev: 28.8,
        min: 0,
        max: 100,
        distribution: {
          kll: {
            buckets: Array.from({ length: 10 }, (_, index) => ({
              lower_bound: 10 * index,
              upper_bound: 10 * index + 10,
              count: index === 3 ? 0 : index + 5,
            })),
            sketch: { parameters: { c: 0.64, k: 2048 }, data: [[1, 2], [3]] },
          },
        },
      },
    },
    {
      name: 'city',
      inferred_type: 'String',
      string_statistics: {
        common: { num_present: 105, num_missing: 5 },
        distinct_count: 7,
        distribution: {
          categorical: {
            buckets: [
              { value: '__proto__', count: 60 },
              { value: 'y', count: 30 },
            ],
          },
        },
      },
    },
    { name: 'nothing', inferred_type: 'Unknown' },
    {
      name: 'empty',
      inferred_type: 'Fractional',
      numerical_statistics: {
        common: { num_present: 0, num_missing: 110 },
        mean: 'NaN',
        min: 'NaN',
        max: 'NaN',
        std_dev: 'NaN',
      },
    },
    {
      name: 'constant',
      inferred_type: 'Fractional',
      numerical_statistics: { common: { num_present: 110, num_missing: 0 }, mean: -2, min: -2, max: -2, std_dev: 0 },
    },
  ],
};

type Edit = (copy: { features: { numerical_statistics: Record<string, unknown> }[] } & Record<string, unknown>) => void;

function faultOf(edit: Edit): string {
  const copy = JSON.parse(JSON.stringify(statistics));
  edit(copy);
  let message = '';
  try {
    readMonitorStatistics(JSON.stringify(copy), 'statistics.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    message = (error as UserError).message;
  }
  return message;
}

describe("Model Monitor's statistics", () => {
  const { rows, columns } = readMonitorStatistics(JSON.stringify(statistics), 'statistics.json');

  test('are columns as far as they go', () => {
    expect(rows).toBe(110);
    expect([...columns.keys()]).toEqual(['age', 'city', 'empty', 'constant']);
    const { samples, ...age } = columns.get('age') as NumericColumn;
    expect(age).toEqual({
      kind: 'numeric',
      rows: 110,
      nulls: 10,
      nans: 0,
      infinities: 0,
      mistyped: 0,
      count: 100,
      min: 0,
      max: 100,
      mean: 47.5,
      deviation: 28.8,
    });
    const [sample] = samples;
    expect([...(sample?.lower ?? [])]).toEqual([0, 10, 20, 40, 50, 60, 70, 80, 90]);
    expect([...(sample?.upper ?? [])].slice(0, 8)).toEqual([10, 20, 30, 50, 60, 70, 80, 90]);
    expect(sample?.upper[8]).toBeGreaterThan(100);
    expect(sample?.upper[8]).toBeLessThan(100.000001);
    expect([...(sample?.counts ?? [])]).toEqual([5, 6, 7, 9, 10, 11, 12, 13, 14]);
    expect(sample?.total).toBe(87);
    expect(columns.get('city')).toEqual({
      kind: 'categorical',
      rows: 110,
      nulls: 5,
      mistyped: 0,
      counts: new Map([
        ['__proto__', 60],
        ['y', 30],
      ]),
      other: 15,
      distinct: 7,
    });
  });

  test('of a column without values, or without bins, are a sample of none and of one bin', () => {
    expect((columns.get('empty') as NumericColumn).samples[0]?.total).toBe(0);
    expect((columns.get('constant') as NumericColumn).samples).toEqual([
      { lower: Float64Array.of(-2), upper: Float64Array.of(-2), counts: Float64Array.of(110), total: 110 },
    ]);
  });

  test.each<[string, Edit, string]>([
    [
      'no features',
      (copy) => Reflect.deleteProperty(copy, 'features'),
      'statistics.json: has no list `features`. Name a statistics.json that Model Monitor wrote.',
    ],
    [
      'a name twice',
      (copy) => copy.features.push(copy.features[0] as never),
      'statistics.json: features[5] is the second of the name "age". Remove one.',
    ],
    [
      'a count that is none',
      (copy) => Object.assign(copy.features[0]?.numerical_statistics.common as object, { num_missing: -1 }),
      'statistics.json: features[0].numerical_statistics.common.num_missing is -1, not a count. Let Model Monitor write the file again.',
    ],
    [
      'a figure that is missing',
      (copy) => Reflect.deleteProperty(copy.features[0]?.numerical_statistics as object, 'mean'),
      'statistics.json: features[0].numerical_statistics.mean is missing, not a number. Let Model Monitor write the file again.',
    ],
    [
      'a range that cannot be',
      (copy) => Object.assign(copy.features[0]?.numerical_statistics as object, { min: 101 }),
      'statistics.json: features[0].numerical_statistics has the least value 101 and the greatest 100, which cannot be.',
    ],
    [
      'buckets out of order',
      (copy) =>
        (copy.features[0] as (typeof statistics.features)[0]).numerical_statistics?.distribution?.kll.buckets.reverse(),
      'statistics.json: features[0].numerical_statistics.distribution.kll.buckets[1] is no bucket that follows the one before. Let Model Monitor write the file again.',
    ],
  ])('are refused with %s', (_, edit, message) => {
    expect(faultOf(edit)).toBe(message);
  });
});

describe("Model Monitor's constraints", () => {
  const text = JSON.stringify({
    version: 0,
    features: [
      { name: 'age', inferred_type: 'Integral', completeness: 0.95, num_constraints: { is_non_negative: true } },
      {
        name: 'city',
        inferred_type: 'String',
        completeness: 1,
        string_constraints: { domains: ['x', 'y'] },
        monitoringConfigOverrides: { domain_content_threshold: 0.3 },
      },
      { name: 'gone', inferred_type: 'Fractional', completeness: 1 },
    ],
    monitoring_config: {
      evaluate_constraints: 'Enabled',
      emit_metrics: 'Enabled',
      datatype_check_threshold: 0.2,
      domain_content_threshold: 0.1,
      distribution_constraints: {
        perform_comparison: 'Disabled',
        comparison_threshold: 0.15,
        comparison_method: 'Simple',
      },
    },
  });
  const constraints = readMonitorConstraints(text, 'constraints.json');

  test('are rules, with the overrides of a column', () => {
    expect(constraints[1]).toEqual({
      name: 'city',
      type: 'String',
      completeness: 1,
      isNonNegative: false,
      domain: ['x', 'y'],
      limits: {
        isEvaluated: true,
        mistypedShare: 0.2,
        unknownShare: 0.3,
        comparison: { isPerformed: false, threshold: 0.15, method: 'Simple' },
      },
    });
    expect(constraints[0]?.limits.unknownShare).toBe(0.1);
    expect(readMonitorConstraints('{"features":[{"name":"a"}]}', 'c')[0]?.limits.comparison.method).toBe('Robust');
  });

  function numeric(more: Partial<NumericColumn>): Column {
    return {
      kind: 'numeric',
      rows: 100,
      nulls: 0,
      nans: 0,
      infinities: 0,
      mistyped: 0,
      count: 100,
      min: 0,
      max: 1,
      mean: 0,
      deviation: 0,
      samples: [],
      ...more,
    };
  }
  function broken(columns: Record<string, Column>): string[] {
    return brokenConstraints(constraints, new Map(Object.entries(columns))).map(
      (each) => `${each.feature_name} ${each.constraint_check_type}`,
    );
  }

  test('are broken by what they forbid, and by nothing else', () => {
    const city: Column = {
      kind: 'categorical',
      rows: 100,
      nulls: 0,
      mistyped: 0,
      counts: new Map([['x', 70]]),
      other: 30,
      distinct: 9,
    };
    const gone = numeric({});
    expect(broken({ age: numeric({ nulls: 5, mistyped: 19 }), city, gone })).toEqual([]);
    expect(broken({ age: numeric({ nulls: 3, nans: 3, mistyped: 20, min: -1 }), city, extra: gone })).toEqual([
      'age data_type_check',
      'age completeness_check',
      'age baseline_drift_check',
      'gone missing_column_check',
      'extra extra_column_check',
    ]);
    expect(
      broken({
        age: city,
        city: {
          ...city,
          counts: new Map([
            ['x', 69],
            ['z', 1],
          ]),
        },
        gone,
      }),
    ).toEqual(['age data_type_check', 'city categorical_values_check']);
    expect(broken({ age: numeric({ rows: 0, count: 0, min: Number.NaN }), city, gone })).toEqual([]);
  });

  test.each([
    ['{"features":{}}', 'c: has no list `features`. Name a constraints.json that Model Monitor wrote.'],
    ['{"features":[{}]}', 'c: features[0].name is missing, not a text. Let Model Monitor write the file again.'],
    ['{"features":[{"name":"a","completeness":2}]}', 'c: features[0].completeness is 2. Write a share from 0 to 1.'],
    [
      '{"features":[{"name":"a","inferred_type":"Text"}]}',
      'c: features[0].inferred_type is "Text". Write one of Integral, Fractional, String, Unknown.',
    ],
  ])('are refused where they say nothing: %s', (file, message) => {
    expect(() => readMonitorConstraints(file, 'c')).toThrow(message);
  });
});

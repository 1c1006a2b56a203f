import { expect, test } from '@jest/globals';
import { modelQuality } from './model-quality.ts';

const figure = (value: number) => ({ value, standard_deviation: 'NaN' });

// The groups and the shape of a figure are those of AWS's page on model quality metrics.
test.each<[string, Readonly<Record<string, number>>, string | undefined]>([
  ['of a regression', { rmse: 2.1, r2: 0.8 }, 'regression_metrics'],
  ['of two classes', { accuracy: 0.9, auc: 0.95 }, 'binary_classification_metrics'],
  ['of any number of classes', { accuracy: 0.9 }, 'multiclass_classification_metrics'],
  ['of several classes', { accuracy: 0.9, f1_macro: 0.8, roc_auc_ovr: 0.97 }, 'multiclass_classification_metrics'],
  ['with a name of the team', { auc: 0.95, 'cost per claim': 12 }, 'binary_classification_metrics'],
  ['of no known name', { 'cost per claim': 12 }, undefined],
  ['of tasks that do not go together', { rmse: 2, auc: 0.9 }, undefined],
  ['of a ranking', { ndcg: 0.7 }, undefined],
  ['none', {}, undefined],
])('metrics %s', (_, metrics, group) => {
  const figures = Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, figure(value)]));
  expect(modelQuality(metrics)).toEqual(group === undefined ? undefined : { [group]: figures });
});

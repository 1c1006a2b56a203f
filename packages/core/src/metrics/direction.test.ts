import { describe, expect, test } from '@jest/globals';
import { isTrainingMetric, knownMetric } from './direction.ts';

describe('knownMetric', () => {
  test.each([
    'accuracy',
    'val_accuracy',
    'valAccuracy',
    'test.acc',
    'f1',
    'f1_score',
    'f1-macro',
    'weighted_f1',
    'ROC_AUC',
    'roc_auc_score',
    'eval/recall',
    'precision@5',
    'recall_at_10',
    'top_5_accuracy',
    'top1_accuracy',
    'balanced_accuracy',
    'r2',
    'R2_score',
    'mcc',
    'cohen_kappa',
    'ndcg@10',
    'neg_mean_squared_error',
    'neg_log_loss',
    'log_likelihood',
    'average_precision',
    'mAP',
    'throughput',
  ])('higher is better: %s', (name) => expect(knownMetric(name)?.direction).toBe('higher'));

  test.each([
    'rmse',
    'val_rmse',
    'MSE',
    'mean_squared_error',
    'mae_test',
    'mape',
    'rmsle',
    'log_loss',
    'logloss',
    'val_loss',
    'brier_score',
    'error_rate',
    'fpr',
    'false_positive_rate',
    'nll',
    'neg_log_likelihood',
    'fid',
    'ece',
    'latency_ms',
    'p95_latency_ms',
    'latency_p99',
    'inference_time',
    'wer',
    'perplexity',
  ])('lower is better: %s', (name) => expect(knownMetric(name)?.direction).toBe('lower'));

  test.each([
    'support',
    'epoch',
    'accuracy_std',
    'recall_gap',
    'loss_weight',
    'aucs',
    'ks',
    'churn_score',
    'score',
    'my_metric',
    'true_positives',
    'n',
    '',
    '_',
    'accuracy.drop',
    '__proto__',
    'constructor',
    'toString',
    'recall_error_rate_ratio',
    'training_time',
    'inverse_accuracy',
  ])('never guessed: %j', (name) => expect(knownMetric(name)).toBeUndefined());
});

test('metrics of the training data are told by their name', () => {
  expect(['train_loss', 'training.accuracy', 'val_loss', 'strain'].map(isTrainingMetric)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

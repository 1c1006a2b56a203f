import { expect, test } from '@jest/globals';
import type { JobRequest } from '@mlops-actions/provider';
import { priceOf, type TrainingSettings } from '../settings.ts';
import { costOf } from './job-cost.ts';

const training = { instanceType: 'ml.m5.xlarge', instanceCount: 2 } as TrainingSettings;
const request = { maxRuntimeSeconds: 5400 } as JobRequest;

test('a job costs its instances for all of its time, when their price is known', () => {
  expect(costOf(request, { ...training, pricePerHour: 0.25 })).toBe(
    'It costs 0.75 at the most: 2 × ml.m5.xlarge for 1.5 h at 0.25 an hour.',
  );
  expect(costOf(request, { ...training, pricePerHour: 0.25, spotMaxWaitSeconds: 9000 })).toContain('less on spot');
  expect(costOf(request, training)).toBeUndefined();
});

test('a price is a number that is not negative', () => {
  const prices = { 'ml.m5.xlarge': '0.257', free: '0', bad: 'two', negative: '-1', empty: '' };
  expect(['ml.m5.xlarge', 'free', 'constructor'].map((type) => priceOf(prices, type))).toEqual([0.257, 0, undefined]);
  for (const type of ['bad', 'negative', 'empty']) expect(() => priceOf(prices, type)).toThrow('Input `prices`');
});

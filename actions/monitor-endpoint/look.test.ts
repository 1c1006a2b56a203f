import { expect, test } from '@jest/globals';
import { requireWindow, windowLength } from './look.ts';

test.each([
  ['a quarter of an hour by the minute', 900, undefined, 60],
  ['ten minutes by fifteenths', 600, undefined, 40],
  ['seconds by the second', 5, undefined, 1],
  ['beside what was a moment ago, by fifteenths', 600, 600, 40],
  ['beside last week, by the minute as that is kept', 600, 604_800, 60],
])('%s', (_what, window, baseline, length) => {
  expect(windowLength(window, baseline)).toBe(length);
});

test.each([
  [
    'seconds beside last week',
    { window: 30, baseline: 604_800, provider: 'local' },
    /known by the minute.*at least 1m/,
  ],
  ['two minutes on SageMaker', { window: 120, baseline: undefined, provider: 'sagemaker' }, /sagemaker.*at least 3m/],
] as const)('a window of %s is refused', (_what, inputs, message) => {
  expect(() => requireWindow(inputs)).toThrow(message);
});

test.each([
  ['seconds', { window: 5, baseline: undefined, provider: 'local' }],
  ['three minutes on SageMaker', { window: 180, baseline: 604_800, provider: 'sagemaker' }],
] as const)('a window of %s is fine', (_what, inputs) => {
  expect(() => requireWindow(inputs)).not.toThrow();
});

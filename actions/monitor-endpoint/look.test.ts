import { expect, test } from '@jest/globals';
import { windowLength } from './look.ts';

test.each([
  ['a quarter of an hour by the minute', 900, undefined, 60],
  ['ten minutes by fifteenths', 600, undefined, 40],
  ['seconds by the second', 5, undefined, 1],
  ['beside what was a moment ago, by fifteenths', 600, 600, 40],
  ['beside last week, by the minute as that is kept', 600, 604_800, 60],
])('%s', (_what, window, baseline, length) => {
  expect(windowLength(window, baseline)).toBe(length);
});

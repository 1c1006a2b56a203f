import { expect, test } from '@jest/globals';
import { judge, parseRules } from '../gate/index.ts';
import { detectFormat, metricsOfTree } from './formats.ts';
import { parseTolerantJson } from './tolerant-json.ts';

// A name and not a text in the import: the fuzzer is a script without types.
const fuzzer = '../../../../test/fuzz/metrics.mjs';

test('damaged metrics files are read, or refused in a sentence, and nothing passes that is no number', async () => {
  const { fuzzOnce } = (await import(fuzzer)) as { fuzzOnce(core: object, run: number): boolean };
  let read = 0;
  for (let run = 1; run <= 3000; run++) {
    read += Number(fuzzOnce({ parseTolerantJson, detectFormat, metricsOfTree, parseRules, judge }, run));
  }
  expect(read).toBeGreaterThan(500);
  expect(read).toBeLessThan(2900);
});

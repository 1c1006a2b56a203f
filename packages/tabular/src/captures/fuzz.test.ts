import { expect, test } from '@jest/globals';
import { openTable } from '../open-table.ts';

// A name and not a text in the import: the fuzzer is a script without types.
const fuzzer = '../../../../test/fuzz/captures.mjs';

test('damaged captures are read, or refused with a sentence', async () => {
  const { fuzzOnce } = (await import(fuzzer)) as { fuzzOnce(tabular: object, run: number): Promise<boolean> };
  let read = 0;
  for (let run = 1; run <= 500; run++) read += Number(await fuzzOnce({ openTable }, run));
  expect(read).toBeGreaterThan(100);
  expect(read).toBeLessThan(450);
});

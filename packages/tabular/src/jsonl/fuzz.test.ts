import { expect, test } from '@jest/globals';
import { openTable } from '../open-table.ts';
import { streamSource } from '../sources/stream.ts';

// A name and not a text in the import: the fuzzer is a script without types.
const fuzzer = '../../../../test/fuzz/jsonl.mjs';

test('damaged files are read as JSON.parse reads their lines, or refused where it refuses one', async () => {
  const { fuzzOnce } = (await import(fuzzer)) as { fuzzOnce(tabular: object, run: number): Promise<boolean> };
  let read = 0;
  for (let run = 1; run <= 200; run++) read += Number(await fuzzOnce({ openTable, streamSource }, run));
  expect(read).toBeGreaterThan(30);
  expect(read).toBeLessThan(170);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openTable } from '../open-table.ts';
import { streamSource } from '../sources/stream.ts';
import { readTable } from '../table.ts';

// A name and not a text in the import: the fuzzer is a script without types.
const fuzzer = '../../../../test/fuzz/csv.mjs';

test('damaged files are read as the row-by-row reader reads them, or refused as it refuses them', async () => {
  const { fuzzOnce } = (await import(fuzzer)) as {
    fuzzOnce(tabular: object, folder: string, run: number): Promise<boolean>;
  };
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  try {
    let read = 0;
    for (let run = 1; run <= 300; run++)
      read += Number(await fuzzOnce({ openTable, streamSource, readTable }, folder, run));
    expect(read).toBeGreaterThan(50);
    expect(read).toBeLessThan(250);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

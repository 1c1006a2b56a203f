import { describe, expect, test } from '@jest/globals';
import { openParquet } from '../../packages/tabular/src/parquet/parquet.ts';

const { fuzzOnce, seedFiles } = (await import(new URL('./parquet.mjs', import.meta.url).href)) as {
  seedFiles(): Buffer[];
  fuzzOnce(open: typeof openParquet, files: readonly Buffer[], run: number): Promise<boolean>;
};

describe('damaged Parquet files', () => {
  test('are read, or refused with a UserError', async () => {
    const files = seedFiles();
    let read = 0;
    for (let run = 1; run <= 400; run++) if (await fuzzOnce(openParquet, files, run)) read++;
    expect(files).toHaveLength(2);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(400);
  });
});

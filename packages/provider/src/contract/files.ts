import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Provider } from '../provider.ts';
import { contentOf, temporaryFolders } from './fixtures.ts';
import { jobRequest } from './job-request.ts';

type Filing = Pick<Provider, 'files' | 'models' | 'jobs'>;

/** Registers the tests that every provider's files must pass. `open` gives a provider that holds nothing yet; the caller cleans up. */
export function fileContract(name: string, open: () => Promise<Filing>): void {
  describe(`files of ${name}`, () => {
    const folders = temporaryFolders();
    let provider: Filing;
    beforeEach(async () => {
      provider = await open();
    });

    test('of a model version are found by its URI, all or one', async () => {
      const content = { 'model.json': '{}', 'data/test é.csv': 'a\n1\n' };
      const source = await folders.with(content);
      const registration = { name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
      const { uri } = (await provider.models.register(registration)).model.artifact;
      expect(await contentOf(await provider.files.fetch(uri, await folders.absent()))).toEqual(content);
      const path = 'data/test é.csv';
      const one = await provider.files.fetch(uri, await folders.absent(), { path });
      expect(await readFile(one, 'utf8')).toBe('a\n1\n');
    });

    test('that a job left are found by the URIs of its model and its output', async () => {
      const script = 'echo m > "$SM_MODEL_DIR/m"; echo o > "$SM_OUTPUT_DATA_DIR/o"';
      await provider.jobs.submit(await jobRequest(folders, script));
      for await (const _ of provider.jobs.follow('train-1'));
      const { model, output } = (await provider.jobs.describe('train-1')) ?? {};
      expect(await contentOf(await provider.files.fetch(model?.uri ?? '', await folders.absent()))).toEqual({
        m: 'm\n',
      });
      expect(await contentOf(await provider.files.fetch(output?.uri ?? '', await folders.absent()))).toEqual({
        o: 'o\n',
      });
    });

    test('of this machine are where they are', async () => {
      const folder = await folders.with({ 'a.csv': 'a\n' });
      expect(await provider.files.fetch(join(folder, 'a.csv'), await folders.absent())).toBe(join(folder, 'a.csv'));
    });

    test('of a place that it does not read are refused', async () => {
      const fetching = provider.files.fetch('gs://bucket/a.csv', await folders.absent());
      await expect(fetching).rejects.toThrow('gs://bucket/a.csv');
    });
  });
}

import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readTree } from '@mlops-actions/files';
import type { DatasetStore, DatasetVersion } from '../datasets.ts';
import type { Provider } from '../provider.ts';
import { badNames, contentOf, temporaryFolders } from './fixtures.ts';

/** Registers the tests that every provider's datasets must pass. `open` gives a provider that holds nothing yet; the caller cleans up. */
export function datasetContract(name: string, open: () => Promise<Pick<Provider, 'datasets'>>): void {
  describe(`datasets of ${name}`, () => {
    const folders = temporaryFolders();
    let datasets: DatasetStore;
    beforeEach(async () => {
      ({ datasets } = await open());
    });

    const content = { 'train/part 1.csv': 'a,b\n1,2\n', 'train/é.csv': 'a,b\n3,4\n', 'test/t.csv': 'a,b\n5,6\n' };
    const columns = [
      { name: 'a', type: 'integer' },
      { name: 'b', type: 'integer' },
    ];
    const description = { name: 'churn', rows: 3, columns, splits: [], tags: { commit: 'abc' } };
    const split = (splitName: string, rows: number) => ({ name: splitName, rows });

    test('the first is version 1 and is found as it was put', async () => {
      const splits = [split('train', 2), split('test', 1)];
      const folder = await folders.with(content);
      const { dataset, created } = await datasets.put({ ...description, splits }, folder);
      expect(created).toBe(true);
      expect(dataset).toMatchObject({ ...description, splits, version: 1 });
      expect(dataset.artifact).toMatchObject({ digest: (await readTree(folder)).digest, files: 3, bytes: 24 });
      expect(dataset.artifact.uri).toMatch(/^[a-z][a-z0-9]+:\/\//);
      expect(new Date(dataset.created).toISOString()).toBe(dataset.created);
      expect(await datasets.get('churn')).toEqual(dataset);
      expect(await datasets.get('churn', 1)).toEqual(dataset);
    });

    test('the same content is the same version, wherever it lies; what was said of it first stays', async () => {
      const first = await datasets.put(description, await folders.with(content));
      const again = await datasets.put({ ...description, tags: { commit: 'def' } }, await folders.with(content));
      expect(again).toEqual({ dataset: first.dataset, created: false });
    });

    test('other content is the next version; going back to old content is the old version', async () => {
      await datasets.put(description, await folders.with(content));
      const second = await datasets.put(description, await folders.with({ ...content, 'test/t.csv': 'a,b\n7,8\n' }));
      expect(second).toMatchObject({ created: true, dataset: { version: 2 } });
      const back = await datasets.put(description, await folders.with(content));
      expect(back).toMatchObject({ created: false, dataset: { version: 1 } });
      expect((await datasets.get('churn'))?.version).toBe(2);
      expect((await datasets.get('churn', 1))?.version).toBe(1);
    });

    test('names count apart', async () => {
      const folder = await folders.with(content);
      await datasets.put(description, folder);
      expect(await datasets.put({ ...description, name: 'sales' }, folder)).toMatchObject({
        created: true,
        dataset: { name: 'sales', version: 1 },
      });
    });

    test('many puts at once: as many versions as contents, numbered without a gap', async () => {
      const sources = await Promise.all(
        Array.from({ length: 12 }, (_, index) => folders.with({ 'x.csv': `${index % 4}` })),
      );
      const puts = await Promise.all(sources.map((folder) => datasets.put(description, folder)));
      expect(
        puts
          .filter((put) => put.created)
          .map((put) => put.dataset.version)
          .sort(),
      ).toEqual([1, 2, 3, 4]);
      const digests = new Map(puts.map((put) => [put.dataset.version, put.dataset.artifact.digest]));
      for (const { dataset } of puts) expect(dataset.artifact.digest).toBe(digests.get(dataset.version));
    });

    test('there is nothing under a name or version that was never put', async () => {
      expect(await datasets.get('churn')).toBeUndefined();
      await datasets.put(description, await folders.with(content));
      expect(await datasets.get('churn', 2)).toBeUndefined();
      expect(await datasets.get('constructor')).toBeUndefined();
    });

    describe('fetching', () => {
      let dataset: DatasetVersion;
      beforeEach(async () => {
        const splits = [split('train', 2), split('test', 1)];
        ({ dataset } = await datasets.put({ ...description, splits }, await folders.with(content)));
      });

      test('gives all files, in a new or an empty folder', async () => {
        const absent = await folders.absent();
        await datasets.fetch(dataset, absent);
        expect(await contentOf(absent)).toEqual(content);
        const empty = await folders.with({});
        await datasets.fetch(dataset, empty);
        expect(await contentOf(empty)).toEqual(content);
      });

      test('gives the files of one split, without its folder', async () => {
        const into = await folders.absent();
        await datasets.fetch(dataset, into, { split: 'test' });
        expect(await contentOf(into)).toEqual({ 't.csv': 'a,b\n5,6\n' });
      });

      test('refuses a split that is not there', async () => {
        await expect(datasets.fetch(dataset, await folders.absent(), { split: 'tes' })).rejects.toThrow('"tes"');
      });

      test('refuses a folder that is not empty, and leaves it as it was', async () => {
        const into = await folders.with({ mine: 'x' });
        await expect(datasets.fetch(dataset, into)).rejects.toThrow('not an empty folder');
        expect(await contentOf(into)).toEqual({ mine: 'x' });
      });

      test('leaves nothing when it is cancelled', async () => {
        const into = await folders.with({});
        const signal = AbortSignal.abort(new Error('cancelled'));
        await expect(datasets.fetch(dataset, into, { signal })).rejects.toThrow();
        expect(await contentOf(into)).toEqual({});
      });
    });

    describe('is refused and leaves no version:', () => {
      test.each(badNames)('the name %j', async (bad) => {
        const folder = await folders.with(content);
        await expect(datasets.put({ ...description, name: bad }, folder)).rejects.toThrow(
          'is not a name for a dataset',
        );
        await expect(datasets.get(bad)).rejects.toThrow('is not a name for a dataset');
      });

      test('a folder that does not exist or has no files', async () => {
        await expect(datasets.put(description, await folders.absent())).rejects.toThrow('does not exist');
        await expect(datasets.put(description, await folders.with({}))).rejects.toThrow('has no files');
        expect(await datasets.get('churn')).toBeUndefined();
      });

      test('a symbolic link', async () => {
        const folder = await folders.with(content);
        await symlink('/etc/hostname', join(folder, 'link'));
        await expect(datasets.put(description, folder)).rejects.toThrow('link is not a plain file');
        expect(await datasets.get('churn')).toBeUndefined();
      });

      test('a split without a folder', async () => {
        const splits = [split('train', 2), split('validation', 1)];
        const put = datasets.put({ ...description, splits }, await folders.with(content));
        await expect(put).rejects.toThrow('"validation"');
        expect(await datasets.get('churn')).toBeUndefined();
      });

      test('a cancelled put', async () => {
        const signal = AbortSignal.abort(new Error('cancelled'));
        await expect(datasets.put(description, await folders.with(content), { signal })).rejects.toThrow();
        expect(await datasets.get('churn')).toBeUndefined();
      });
    });
  });
}

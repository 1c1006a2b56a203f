import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Provider } from '@mlops-actions/provider';
import { contentOf, temporaryFolders } from '@mlops-actions/provider/contract';
import { onEmulator, openEmulated } from './testing/emulated.ts';

const folders = temporaryFolders();

/** A prefix in S3, with a slash at its end, and the files below it. */
async function stored({ datasets }: Provider, content: Readonly<Record<string, string>>): Promise<string> {
  const dataset = { name: 'churn', rows: 0, columns: [], splits: [], tags: {} };
  return (await datasets.put(dataset, await folders.with(content))).dataset.artifact.uri;
}

onEmulator((emulation) => {
  const content = { 'shop/blue/2026/11/26/10/a é.jsonl': '{}\n', 'shop/green/b.jsonl': '{"x":1}\n' };

  test('a prefix is fetched with all that is below it, with a slash at its end and without', async () => {
    const provider = await openEmulated(emulation);
    const uri = await stored(provider, content);
    for (const prefix of [uri, uri.replace(/\/$/, '')]) {
      expect(await contentOf(await provider.files.fetch(prefix, await folders.absent()))).toEqual(content);
    }
    const blue = await provider.files.fetch(`${uri}shop/blue`, await folders.absent());
    expect(await contentOf(blue)).toEqual({ '2026/11/26/10/a é.jsonl': '{}\n' });
  });

  test('an object is fetched under its name', async () => {
    const provider = await openEmulated(emulation);
    const into = await folders.absent();
    const path = await provider.files.fetch(`${await stored(provider, content)}shop/green/b.jsonl`, into);
    expect([path, await readFile(path, 'utf8')]).toEqual([join(into, 'b.jsonl'), '{"x":1}\n']);
  });

  test.each(['nothing', 'nothing/', 'model.tar.gz', 'model.tar.gz/a.csv'])(
    'what is not there (%s) is named, and nothing is left',
    async (path) => {
      const provider = await openEmulated(emulation);
      const into = await folders.absent();
      const fetching = provider.files.fetch(`s3://mlops-artifacts/${path}`, into);
      await expect(fetching).rejects.toThrow(/s3:\/\/mlops-artifacts\/\S+ is not there/);
      await expect(contentOf(into)).rejects.toThrow('ENOENT');
    },
  );

  test('a bucket that is not there says what to do', async () => {
    const provider = await openEmulated(emulation);
    const fetching = provider.files.fetch('s3://nobodys-bucket/a.csv', await folders.absent());
    await expect(fetching).rejects.toThrow(/s3:\/\/nobodys-bucket\/a\.csv: .*bucket/);
  });
});

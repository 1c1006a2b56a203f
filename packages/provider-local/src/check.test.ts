import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock, UserError } from '@mlops-actions/core';
import { checkStore } from './check.ts';
import { localDatasets } from './datasets.ts';
import { localModels } from './models.ts';
import { openStore, type Store } from './store/store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
  store = await openStore(join(folder, 'store'));
  const models = localModels(store, systemClock);
  for (const text of ['a', 'b', 'c']) {
    await writeFile(join(folder, 'model.bin'), text);
    const source = join(folder, 'model.bin');
    await models.register({ name: 'churn', source, metrics: { auc: 1 }, approvalStatus: 'Approved', lineage: {} });
  }
  await models.setAlias('churn', 'champion', 2);
  await mkdir(join(folder, 'rows'));
  await writeFile(join(folder, 'rows', 'rows.csv'), 'a\n1\n');
  const rows = { name: 'rows', rows: 1, columns: [{ name: 'a', type: 'integer' }], splits: [], tags: {} };
  await localDatasets(store, systemClock).put(rows, join(folder, 'rows'));
  await store.write(['jobs', 'train-1', 'job.json'], { status: 'Completed' });
  await store.write(['endpoints', 'churn.json'], {
    format: 1,
    name: 'churn',
    settings: { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1 },
    traffic: {},
    deployments: [],
    tags: {},
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the check finds, as `<path in the store> <problem>`. */
async function problems(): Promise<string[]> {
  return (await checkStore(store.root)).map(({ path, problem }) => `${path.slice(store.root.length + 1)} ${problem}`);
}

async function edit(segments: readonly string[], change: (document: Record<string, unknown>) => void): Promise<void> {
  const document = JSON.parse(await readFile(store.path(...segments), 'utf8')) as Record<string, unknown>;
  change(document);
  await writeFile(store.path(...segments), JSON.stringify(document));
}

test('a sound store has no findings', async () => {
  expect(await problems()).toEqual([]);
});

test('there must be a store', async () => {
  await expect(checkStore(join(folder, 'absent'))).rejects.toThrow(UserError);
  await expect(checkStore(join(folder, 'model.bin'))).rejects.toThrow('There is no store at');
});

describe('each damage is one finding:', () => {
  const second = ['models', 'churn', '2.json'];
  const cases: readonly [string, () => Promise<unknown>, string][] = [
    ['another format', () => writeFile(store.path('store.json'), '{"format":9}'), 'store.json says format 9'],
    ['no format', () => rm(store.path('store.json')), 'store.json is missing'],
    ['a strange file', () => writeFile(store.path('note.txt'), ''), 'note.txt is not part of a store'],
    ['a strange artifact', () => mkdir(store.path('artifacts', 'x')), 'artifacts/x is not part of a store'],
    [
      'a strange version',
      () => writeFile(store.path('models', 'churn', '04.json'), '{}'),
      'models/churn/04.json is not part of a store',
    ],
    ['a version cut short', () => writeFile(store.path(...second), '{"na'), 'models/churn/2.json is not valid JSON'],
    [
      'a version of another shape',
      () => edit(second, (document) => delete document.metrics),
      'models/churn/2.json does not have the content that it should',
    ],
    [
      'an unknown approval',
      () =>
        edit(second, (document) => {
          document.approvalStatus = 'Maybe';
        }),
      'models/churn/2.json does not have the content that it should',
    ],
    [
      'a moved version',
      () =>
        edit(second, (document) => {
          document.version = 7;
        }),
      'models/churn/2.json says that it is churn@7',
    ],
    [
      'a version deleted',
      () => rm(store.path('models', 'churn', '1.json')),
      'models/churn/1.json is missing, and versions after it are there',
    ],
    [
      'other counts',
      () => edit(second, (document) => Object.assign(document.artifact as object, { bytes: 9 })),
      'models/churn/2.json counts other files or bytes than its artifact has',
    ],
    [
      'an alias to nowhere',
      () => writeFile(store.path('models', 'churn', 'aliases.json'), '{"champion":9}'),
      'models/churn/aliases.json points champion at version 9, which is missing',
    ],
    [
      'aliases of another shape',
      () => writeFile(store.path('models', 'churn', 'aliases.json'), '{"champion":"1"}'),
      'models/churn/aliases.json does not have the content that it should',
    ],
    [
      'a dataset of another shape',
      () =>
        edit(['datasets', 'rows', '1.json'], (document) => {
          document.rows = -1;
        }),
      'datasets/rows/1.json does not have the content that it should',
    ],
    [
      'a damaged job',
      () => writeFile(store.path('jobs', 'train-1', 'job.json'), ''),
      'jobs/train-1/job.json is not valid JSON',
    ],
    [
      'a damaged endpoint',
      () => writeFile(store.path('endpoints', 'churn.json'), '[1'),
      'endpoints/churn.json is not valid JSON',
    ],
    [
      'an endpoint whose traffic goes to nobody',
      () =>
        edit(['endpoints', 'churn.json'], (document) => {
          document.traffic = { blue: 100 };
        }),
      'endpoints/churn.json does not have the content that it should',
    ],
    [
      'an endpoint that has been renamed',
      () =>
        edit(['endpoints', 'churn.json'], (document) => {
          document.name = 'shop';
        }),
      'endpoints/churn.json says that it is shop',
    ],
  ];

  test.each(cases)('%s', async (_, damage, expected) => {
    await damage();
    expect(await problems()).toEqual([expected]);
    for (const finding of await checkStore(store.root))
      expect(finding).toMatchObject({ fix: expect.stringMatching(/\.$/), harmless: false });
  });

  test('an artifact that a version refers to and that is gone', async () => {
    const document = await localModels(store, systemClock).get({ name: 'churn', version: 2 });
    const hex = document?.artifact.digest.slice('sha256:'.length) ?? '';
    await rm(store.path('artifacts', hex), { recursive: true });
    expect(await problems()).toEqual([
      `models/churn/2.json refers to an artifact of which ${store.path('artifacts', hex)} is not in the store`,
    ]);
  });

  test('an artifact that a job left and that is gone', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    await store.write(['jobs', 'train-1', 'job.json'], { status: 'Completed', output: { digest, files: 1, bytes: 1 } });
    const folder = store.path('artifacts', '0'.repeat(64));
    expect(await problems()).toEqual([
      `jobs/train-1/job.json refers to an artifact of which ${folder} is not in the store`,
    ]);
  });

  test('a file where a folder should be', async () => {
    await rm(store.path('models'), { recursive: true });
    await writeFile(store.path('models'), '');
    expect((await checkStore(store.root)).length).toBeGreaterThan(0);
  });
});

test('leftovers of dead processes are shown as harmless', async () => {
  await mkdir(store.path('tmp', '1-long-gone'));
  expect(await checkStore(store.root)).toEqual([
    {
      path: store.path('tmp', '1-long-gone'),
      problem: 'was left by a process that is gone',
      fix: 'Nothing to do: the next step that opens the store removes it.',
      harmless: true,
    },
  ]);
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { registry } from '@mlops-actions/actions';
import { checkExamples, type Registry, specsOf } from '@mlops-actions/spec/generate';

const root = fileURLToPath(new URL('..', import.meta.url));
const actions: Registry = registry;

/** Files under `folder` whose path ends so; none when there is no such folder. */
async function filesUnder(folder: string, ending: RegExp): Promise<string[]> {
  try {
    const found = await readdir(join(root, folder), { recursive: true });
    return found.filter((path) => ending.test(path)).map((path) => `${folder}/${path}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

test('every example in the documentation and the templates names real steps, inputs, values and outputs', async () => {
  const paths = [
    'README.md',
    ...(await filesUnder('docs', /\.md$/)),
    ...(await filesUnder('actions', /^[^/]+\/README\.md$/)),
    ...(await filesUnder('action-templates', /\.(?:md|ya?ml)$/)),
  ];
  const templates = ['train-gate-deploy.yml', 'drift-check.yml'].map((name) => `action-templates/github/${name}`);
  expect(paths).toEqual(expect.arrayContaining([...templates, 'actions/train/README.md']));
  const specs = await specsOf(actions);
  const faults = await Promise.all(
    paths.map(async (path) => checkExamples(path, await readFile(join(root, path), 'utf8'), specs)),
  );
  expect(faults.flat()).toEqual([]);
});

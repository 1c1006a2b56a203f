import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { registry } from '@mlops-actions/actions';
import { checkExamples, type Registry, specsOf } from '@mlops-actions/spec/generate';
import { parse } from 'yaml';

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

test('every command of the CodePipeline template names a real step and real inputs', async () => {
  const template = parse(await readFile(join(root, 'action-templates/codepipeline/pipeline.yml'), 'utf8'));
  const projects = [template.Resources.Train, template.Resources.Rollout];
  const phases = projects.map((project) => parse(project.Properties.Source.BuildSpec).phases.build);
  const commands: string[] = phases.flatMap(({ commands: main, finally: last = [] }) => [...main, ...last]);
  const specs = new Map((await specsOf(actions)).map((spec) => [spec.name, spec]));
  expect(commands.map((command) => command.split(' ')[1])).toEqual([
    'prepare-data',
    'train',
    'evaluate-gate',
    'register-model',
    'rolling-update',
    'rolling-update',
  ]);
  for (const command of commands) {
    const inputs = specs.get(command.split(' ')[1] ?? '')?.inputs ?? {};
    const named = [...command.matchAll(/ --([a-z0-9-]+) /g)].map(([, name = '']) => name);
    expect([command, named.filter((name) => !(name in inputs))]).toEqual([command, []]);
    const required = Object.entries(inputs).filter(([, input]) => input.required);
    expect([command, required.filter(([name]) => !named.includes(name))]).toEqual([command, []]);
  }
});

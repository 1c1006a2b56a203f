import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { registry } from '@mlops-actions/actions';
import { actionFaults, planGeneration, type Registry, taskFaults } from '@mlops-actions/spec/generate';
import { Ajv } from 'ajv';
import { githubFaults } from '../packages/spec/test/parse-action.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const actions: Registry = registry;

function read(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

/** The text of one file of every action. */
function ofEveryAction(file: string): Promise<[name: string, text: string][]> {
  return Promise.all(Object.keys(actions).map(async (name) => [name, await read(`actions/${name}/${file}`)]));
}

test('every generated file is what the specs make today, and no shipped name is gone', async () => {
  const { faults, changes } = await planGeneration(root, actions, false);
  expect(faults).toEqual([]);
  expect([...changes.keys()]).toEqual([]);
});

test("every action.yml passes GitHub's own parser, and ours for what that one misses", async () => {
  for (const [name, text] of await ofEveryAction('action.yml')) {
    expect([name, ...(await githubFaults(text)), ...actionFaults(text)]).toEqual([name]);
  }
});

test('every task.json passes our schema of it', async () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(JSON.parse(await read('packages/spec/src/generate/task.schema.json')) as object);
  for (const [name, text] of await ofEveryAction('task.json')) {
    const task = JSON.parse(text) as Parameters<typeof taskFaults>[0];
    validate(task);
    expect([name, validate.errors, taskFaults(task)]).toEqual([name, null, []]);
  }
});

test('every inputs.schema.json is a JSON Schema', async () => {
  for (const [name, text] of await ofEveryAction('inputs.schema.json')) {
    const compile = () => new Ajv({ allowUnionTypes: true, strict: true }).compile(JSON.parse(text) as object);
    expect([name, typeof compile()]).toEqual([name, 'function']);
  }
});

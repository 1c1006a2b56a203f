import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { sample, small } from '../../test/samples.ts';
import { taskFaults } from './task-faults.ts';
import { taskId, uuidV5 } from './task-id.ts';
import { groupName, taskJson, taskName } from './task-json.ts';

const schemaPath = fileURLToPath(new URL('task.schema.json', import.meta.url));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(await readFile(schemaPath, 'utf8')) as object,
);

interface LooseInput {
  name: string;
  type: string;
  [key: string]: unknown;
}
interface LooseTask {
  id: string;
  friendlyName: string;
  inputs: LooseInput[];
  [key: string]: unknown;
}

/** A generated task that a test may spoil. */
function task(): LooseTask {
  return JSON.parse(taskJson(sample, '1.2.3')) as LooseTask;
}

function inputOf(subject: LooseTask, name: string): LooseInput {
  const found = subject.inputs.find((input) => input.name === name);
  if (found === undefined) throw new Error(`no input ${name}`);
  return found;
}

describe('the task of a spec', () => {
  test('says what the spec says', () => {
    const { inputs, groups, ...head } = task();
    expect(head).toEqual({
      id: taskId('sample-step'),
      name: 'MlopsSampleStep',
      friendlyName: 'Do a sample of work',
      description: 'Does one thing of each kind. It exists for tests only.',
      helpMarkDown: 'Does one thing of each kind. It exists for tests only.',
      category: 'Utility',
      visibility: ['Build', 'Release'],
      author: 'The mlops-actions authors',
      version: { Major: 1, Minor: 2, Patch: 3 },
      minimumAgentVersion: '4.265.1',
      instanceNameFormat: 'Do a sample of work',
      showEnvironmentVariables: false,
      outputVariables: [
        { name: 'modelUri', description: 'Where the model is.' },
        { name: 'p95Ms', description: 'The 95th percentile.' },
      ],
      execution: { Node24: { target: 'dist/sample-step.js' }, Node20_1: { target: 'dist/sample-step.js' } },
      postjobexecution: {
        Node24: { target: 'dist/sample-step.post.js' },
        Node20_1: { target: 'dist/sample-step.post.js' },
      },
    });
    expect(groups).toEqual([
      { name: 'common', displayName: 'Common', isExpanded: false },
      { name: 'resources', displayName: 'Resources', isExpanded: false },
    ]);
    expect(inputs.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'name: string',
      'columns: multiLine',
      'hyperparameters: multiLine',
      'checks: multiLine',
      'notes: multiLine',
      'provider: pickList',
      'dryRun: boolean',
      'useCache: boolean',
      'apiToken: string',
      'instanceCount: string',
      'ratio: string',
      'maxRuntime: string',
    ]);
    expect(inputs[0]).toMatchObject({ label: 'Name', required: true });
    expect(inputs[0]).not.toHaveProperty('groupName');
    expect(inputOf(task(), 'provider')).toEqual({
      name: 'provider',
      type: 'pickList',
      label: 'Provider',
      defaultValue: 'local',
      required: false,
      helpMarkDown: 'Where the work runs.',
      groupName: 'common',
      options: { local: 'local', sagemaker: 'sagemaker' },
    });
  });

  test('an action without post has no post job, and one without inputs is valid too', () => {
    const least = JSON.parse(taskJson(small, '1.0.0')) as object;
    expect(least).not.toHaveProperty('postjobexecution');
    expect([validate(least), validate.errors]).toEqual([true, null]);
  });

  test('a group with a required input is open', () => {
    const { name, ...others } = sample.inputs;
    const grouped = { ...sample, inputs: { name: { ...name, group: 'Common' }, ...others } };
    const { groups } = JSON.parse(taskJson(grouped, '1.0.0')) as { groups: { isExpanded: boolean }[] };
    expect(groups.map((group) => group.isExpanded)).toEqual([true, false]);
  });

  test('names', () => {
    expect(taskName('train')).toBe('MlopsTrain');
    expect(groupName('Provider: local')).toBe('providerLocal');
    expect(groupName('Common')).toBe('common');
  });
});

describe('the id of a task', () => {
  test('is a UUID of version 5 as others compute it', () => {
    // RFC 9562 appendix A.4, and the documentation of Python's uuid module.
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidV5(dns, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
  });

  test('never changes', () => {
    expect(taskId('train')).toBe('3bbabd19-b0d7-5bec-91e4-38cad449a869');
  });
});

describe('the schema of task.json', () => {
  test('takes what is generated', () => {
    expect([validate(task()), validate.errors]).toEqual([true, null]);
    expect(taskFaults(task() as never)).toEqual([]);
  });

  const faults: readonly (readonly [string, (subject: LooseTask) => void, string])[] = [
    ['an id that is no UUID', (it) => Object.assign(it, { id: 'train' }), '/id'],
    ['an id in capitals', (it) => Object.assign(it, { id: it.id.toUpperCase() }), '/id'],
    ['a kebab-case input', (it) => Object.assign(it.inputs[0] ?? {}, { name: 'model-uri' }), '/inputs/0/name'],
    ['a friendly name of 41 characters', (it) => Object.assign(it, { friendlyName: 'x'.repeat(41) }), '/friendlyName'],
    ['an unknown type', (it) => Object.assign(it.inputs[0] ?? {}, { type: 'number' }), '/inputs/0/type'],
    ['a pick list without options', (it) => delete inputOf(it, 'provider').options, '/inputs/5'],
    [
      'a pick list with no option',
      (it) => Object.assign(inputOf(it, 'provider'), { options: {} }),
      '/inputs/5/options',
    ],
    ['options of a text', (it) => Object.assign(it.inputs[0] ?? {}, { options: { a: 'a' } }), '/inputs/0'],
    ['an unknown handler', (it) => Object.assign(it, { execution: { Node99: { target: 'a.js' } } }), '/execution'],
    ['no handler', (it) => Object.assign(it, { execution: {} }), '/execution'],
    [
      'a target outside',
      (it) => Object.assign(it, { execution: { Node24: { target: '../a.js' } } }),
      '/execution/Node24/target',
    ],
    [
      'a flag that is maybe',
      (it) => Object.assign(inputOf(it, 'dryRun'), { defaultValue: 'maybe' }),
      '/inputs/6/defaultValue',
    ],
    [
      'a default that is a number',
      (it) => Object.assign(it.inputs[0] ?? {}, { defaultValue: 1 }),
      '/inputs/0/defaultValue',
    ],
    ['a version in text', (it) => Object.assign(it, { version: { Major: '1', Minor: 0, Patch: 0 } }), '/version/Major'],
    ['an unknown category', (it) => Object.assign(it, { category: 'Machine learning' }), '/category'],
    ['an unknown key', (it) => Object.assign(it, { inputz: [] }), ''],
    ['an unknown key in an input', (it) => Object.assign(it.inputs[0] ?? {}, { help: 'x' }), '/inputs/0'],
    [
      'a rule with both && and ||',
      (it) => Object.assign(it.inputs[0] ?? {}, { visibleRule: 'a = 1 && b = 2 || c = 3' }),
      '/inputs/0/visibleRule',
    ],
    ['no inputs', (it) => delete (it as Partial<LooseTask>).inputs, ''],
    [
      'an output with a hyphen',
      (it) => Object.assign(it, { outputVariables: [{ name: 'a-b', description: 'x' }] }),
      '/outputVariables/0/name',
    ],
  ];
  test.each(faults)('refuses %s', (_, spoil, path) => {
    const subject = task();
    spoil(subject);
    expect(validate(subject)).toBe(false);
    expect(validate.errors?.map((error) => error.instancePath)).toContain(path);
  });

  test('takes a rule of one kind', () => {
    const subject = task();
    Object.assign(subject.inputs[0] ?? {}, { visibleRule: 'a = 1 && b != 2' });
    expect(validate(subject)).toBe(true);
  });
});

describe('what a schema cannot say', () => {
  test.each<readonly [string, (subject: LooseTask) => void, string]>([
    [
      'an input twice, but for letter case',
      (it) => it.inputs.push({ name: 'DRYRUN', type: 'string' }),
      'two inputs are named dryrun',
    ],
    [
      'an alias that is an input',
      (it) => Object.assign(it.inputs[0] ?? {}, { aliases: ['ratio'] }),
      'two inputs are named ratio',
    ],
    [
      'an output twice',
      (it) => Object.assign(it, { outputVariables: [{ name: 'a' }, { name: 'A' }] }),
      'two outputs are named a',
    ],
    [
      'a group twice',
      (it) => Object.assign(it, { groups: [{ name: 'common' }, { name: 'resources' }, { name: 'common' }] }),
      'two groups are named common',
    ],
    [
      'a group that is not there',
      (it) => Object.assign(it.inputs[0] ?? {}, { groupName: 'x' }),
      'input name is in the group x, which does not exist',
    ],
    [
      'a default that is no option',
      (it) => Object.assign(inputOf(it, 'provider'), { defaultValue: 'toString' }),
      'input provider has the default toString, which is none of its options',
    ],
  ])('%s', (_, spoil, fault) => {
    const subject = task();
    spoil(subject);
    expect(taskFaults(subject as never)).toEqual([fault]);
  });
});

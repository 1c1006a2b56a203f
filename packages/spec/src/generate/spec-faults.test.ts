import { describe, expect, test } from '@jest/globals';
import { sample, small } from '../../test/samples.ts';
import { type ActionSpec, choice, duration, type InputSpec, list, mapping, number, text, yaml } from '../define.ts';
import { specFaults } from './spec-faults.ts';

const help = 'Help.';

function faults(change: Partial<ActionSpec>): Promise<string[]> {
  return specFaults({ ...small, ...change });
}

/** The faults of a spec with one input, without what each starts with. */
async function inputFaults(input: InputSpec, name = 'it'): Promise<string[]> {
  const found = await faults({ inputs: { [name]: input } });
  return found.map((fault) => fault.replace(`actions/small/spec.ts: input ${name} `, ''));
}

test('good specs have none', async () => {
  expect(await inputFaults(choice(['a'], { help, default: 'a' }))).toEqual([]);
  expect(await inputFaults(mapping({ help, secret: true }))).toEqual([]);

  expect(await specFaults(sample)).toEqual([]);
  expect(await specFaults(small)).toEqual([]);
});

describe('the head', () => {
  test('all at once', async () => {
    const found = await faults({
      name: 'Small_Step',
      title: 'x'.repeat(41),
      summary: 'No stop',
      branding: { icon: 'activty', color: 'grey' },
    });
    expect(found.map((fault) => fault.replace('actions/Small_Step/spec.ts: ', ''))).toEqual([
      'the name Small_Step is not in kebab-case (`model-uri`).',
      'the title has 41 characters. Azure Pipelines allows 40.',
      'the summary has a help that does not end in a full stop.',
      'the icon activty does not exist on GitHub. Did you mean activity?',
      'the colour grey is none of white, yellow, blue, green, orange, red, purple, gray-dark.',
    ]);
  });

  test('an icon that Feather has and GitHub has not', async () => {
    expect(await faults({ branding: { icon: 'github', color: 'red' } })).toHaveLength(1);
    expect(await faults({ branding: { icon: 'key', color: 'red' } })).toHaveLength(1);
  });
});

describe('an input', () => {
  test.each<readonly [string, InputSpec, string]>([
    ['no help', text({ help: ' ' }), 'has no help.'],
    ['no full stop', text({ help: 'Help' }), 'full stop'],
    ['two lines of help', text({ help: 'A\nb.' }), 'line breaks'],
    ['an expression in the help', text({ help: `Use $\{{ x }}.` }), 'expression'],
    ['a secret default', text({ help, secret: true, default: 'x' }), 'everybody can read'],
    ['a required default', text({ help, required: true, default: 'x' }), 'is required and has a default'],
    ['an empty default', text({ help, default: '' }), 'empty default'],
    ['an expression as default', text({ help, default: '$(x)' }), 'expression'],
    ['a default against the pattern', text({ help, default: 'x', pattern: /^y$/, rule: 'y' }), 'It must be y.'],
    ['a pattern without words', text({ help, pattern: /^y$/ }), 'no rule in words'],
    ['a rule without pattern', text({ help, rule: 'y' }), 'no pattern that holds it'],
    ['a pattern that remembers', text({ help, pattern: /^y$/g, rule: 'y' }), 'remembers'],
    ['a rule with a full stop', text({ help, pattern: /^y$/, rule: 'y.' }), 'inside a sentence'],
    ['a default above the max', number({ help, default: 2, max: 1 }), 'at most 1'],
    ['a default that is no whole number', number({ help, default: 1.5, integer: true }), 'a whole number'],
    ['a default that is no number', number({ help, default: Number.NaN }), 'a number'],
    ['min above max', number({ help, min: 2, max: 1 }), 'min above its max'],
    ['a default that is no choice', { ...choice(['a', 'b'], { help }), default: 'c' } as InputSpec, 'one of: a, b'],
    ['no choice', choice([], { help }), 'no values'],
    ['a choice twice', choice(['a', 'a', 'b'], { help }), 'a value twice'],
    ['a padded choice', choice(['a ', 'b'], { help }), 'padded'],
    ['a default that is no time', duration({ help, default: '90' }), 'a length of time'],
    ['a default below the min', duration({ help, default: '1s', min: '1m' }), 'at least 1m'],
    ['a limit that is no time', duration({ help, max: '1w' }), 'has the max "1w"'],
    ['times the wrong way round', duration({ help, min: '2h', max: '1h' }), 'min above its max'],
    ['a secret list', list({ help, secret: true }), 'is a secret list'],
    ['secret YAML', yaml({ help, secret: true }), 'is a secret yaml'],
  ])('with %s', async (_, input, expected) => {
    const found = await inputFaults(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each(['help', 'version'])('cannot be named %s', async (name) =>
    expect(await inputFaults(list({ help }), name)).toEqual([
      'is an option of the command line itself. Choose another name.',
    ]),
  );
});

describe('names that meet', () => {
  test('inputs and outputs that are one in another spelling', async () => {
    const output = { help };
    const found = await faults({
      inputs: { 'a-1': list({ help }), a1: list({ help }), 'a-b': list({ help }), ab: list({ help }) },
      outputs: { 'x-2': output, x2: output, xY: output },
    });
    expect(found.map((fault) => fault.replace('actions/small/spec.ts: ', ''))).toEqual([
      'output xY is not in kebab-case (`model-uri`).',
      'the inputs a-1 and a1 have one name on Azure Pipelines.',
      'the inputs a-b and ab have one name on Azure Pipelines.',
      'the outputs x-2 and x2 have one name on Azure Pipelines.',
    ]);
  });

  test('groups', async () => {
    const found = await faults({
      inputs: { a: list({ help, group: 'A b' }), b: list({ help, group: 'A-B' }), c: list({ help, group: '2' }) },
    });
    expect(found).toEqual([
      'actions/small/spec.ts: the group "2" does not start with a letter.',
      'actions/small/spec.ts: the groups A b and A-B are one group on Azure Pipelines.',
    ]);
  });
});

test.each(['debug', 'output', 'summary'])(
  '%s is no name for an input: the command line reads its variable',
  async (name) => {
    const variable = `MLOPS_${name.toUpperCase()}`;
    expect(await inputFaults(text({ help }), name)).toEqual([
      `is a setting of the command line (${variable}). Choose another name.`,
    ]);
  },
);

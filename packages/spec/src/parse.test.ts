import { describe, expect, test } from '@jest/globals';
import type { Json } from '@mlops-actions/core';
import { UserError } from '@mlops-actions/core';
import fc from 'fast-check';
import { sample } from '../test/samples.ts';
import type { InputSpec } from './define.ts';
import { choice, duration, flag, list, mapping, number, text, yaml } from './define.ts';
import { camelCase } from './names.ts';
import { type InputSource, inputFault, parseInputs } from './parse.ts';

function source(raw: Readonly<Record<string, string>>, spell = (name: string) => name): InputSource {
  const values = new Map(Object.entries(raw));
  return { input: (name) => values.get(name), givenInputs: () => [...values.keys()], spell };
}

/** The value of one input, parsed. */
async function value(input: InputSpec, raw: string): Promise<unknown> {
  const parsed: Readonly<Record<string, unknown>> = await parseInputs({ inputs: { it: input } }, source({ it: raw }));
  return parsed.it;
}

async function messageOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

function faultOf(input: InputSpec, raw: string): Promise<string> {
  return messageOf(value(input, raw));
}

const help = 'Help.';

describe('all inputs together', () => {
  test('absent inputs have their defaults, lists and mappings are empty', async () => {
    expect(await parseInputs(sample, source({ name: 'a' }))).toEqual({
      name: 'a',
      provider: 'local',
      instanceCount: 1,
      ratio: undefined,
      dryRun: false,
      useCache: true,
      maxRuntime: 3600,
      columns: [],
      hyperparameters: {},
      checks: undefined,
      notes: undefined,
      apiToken: undefined,
    });
  });

  test('text of blanks is not given', async () => {
    const inputs = await parseInputs(sample, source({ name: 'a', ratio: ' \n', provider: '', hyperparameters: '\n' }));
    expect(inputs.ratio).toBeUndefined();
    expect(inputs.provider).toBe('local');
    expect(inputs.hyperparameters).toEqual({});
    expect(await messageOf(parseInputs(sample, source({ name: '  ' })))).toBe(
      'Input `name` is required. Name of the thing.',
    );
  });

  test('the types say what comes out', async () => {
    const inputs = await parseInputs(sample, source({ name: 'a', provider: 'sagemaker', 'max-runtime': '2m' }));
    const provider: 'local' | 'sagemaker' = inputs.provider;
    const seconds: number = inputs.maxRuntime;
    const checks: Json | undefined = inputs.checks;
    const columns: readonly string[] = inputs.columns;
    // @ts-expect-error an optional input without a default may be absent
    const ratio: number = inputs.ratio;
    expect([provider, seconds, checks, columns, ratio]).toEqual(['sagemaker', 120, undefined, [], undefined]);
  });

  test('every fault of every input is in one error, each naming input, value and fix', async () => {
    const raw = {
      name: 'A B',
      provider: 'sagemakr',
      'instance-count': '0',
      'dry-run': 'yes',
      'max-runtime': '9',
      colums: 'a',
    };
    expect((await messageOf(parseInputs(sample, source(raw)))).split('\n')).toEqual([
      'Input `colums` does not exist. Did you mean `columns`?',
      'Input `name` is "A B". It must be lower-case letters, digits and hyphens, starting with a letter.',
      'Input `provider` is "sagemakr". It must be one of: local, sagemaker. Did you mean sagemaker?',
      'Input `instance-count` is "0". It must be a whole number from 1 to 100.',
      'Input `dry-run` is "yes". It must be true or false.',
      'Input `max-runtime` is "9". It must be a length of time such as 90s, 45m, 2h, 1h30m or 1d.',
    ]);
  });

  test('names are shown as the host spells them, and known in lower case where the host does not keep the case', async () => {
    const azure: InputSource = {
      input: () => undefined,
      givenInputs: () => ['instancecount', 'instancecounts'],
      spell: camelCase,
    };
    expect((await messageOf(parseInputs(sample, azure))).split('\n')).toEqual([
      'Input `instancecounts` does not exist. Did you mean `instanceCount`?',
      'Input `name` is required. Name of the thing.',
    ]);
    expect(await messageOf(parseInputs(sample, source({ name: 'a', instancecount: '2' })))).toContain(
      'Did you mean `instance-count`?',
    );
  });

  test.each(['--Ratio', 'ratio', '--RATIO'])('on a command line %s is not --ratio', async (given) => {
    const shell: InputSource = {
      input: (name) => (name === 'name' ? 'a' : undefined),
      givenInputs: () => ['--name', given],
      spell: (name) => `--${name}`,
    };
    expect(await messageOf(parseInputs(sample, shell))).toBe(
      `Input \`${given}\` does not exist. Did you mean \`--ratio\`?`,
    );
  });

  test('a name like nothing lists what there is', async () => {
    expect(
      await messageOf(parseInputs({ inputs: { one: list({ help }), two: list({ help }) } }, source({ x9: 'a' }))),
    ).toBe('Input `x9` does not exist. The inputs are: one, two.');
  });

  test('a name on the prototype is an input like any other', async () => {
    expect(await messageOf(parseInputs(sample, source({ name: 'a', constructor: 'x' })))).toContain(
      'Input `constructor` does not exist.',
    );
  });
});

describe('numbers', () => {
  test.each([
    ['1e3', 1000],
    ['+.5', 0.5],
    ['5.', 5],
    [' 007 ', 7],
    ['-1E-2', -0.01],
  ])('%s is %d', async (raw, expected) => expect(await value(number({ help }), raw)).toBe(expected));

  test.each(['0x10', '١', 'NaN', 'Infinity', '1e999', '1_000', '1,5', '1 2', '--1', '1e', '.', '0b1', '５', 'true'])(
    '%s is none',
    async (raw) => expect(await faultOf(number({ help }), raw)).toContain('It must be a number.'),
  );

  test('whole numbers are exact', async () => {
    const whole = number({ help, integer: true });
    expect(await value(whole, '1e3')).toBe(1000);
    expect(await faultOf(whole, '1.5')).toContain('a whole number');
    expect(await faultOf(whole, '9007199254740993')).toContain('a whole number');
  });

  test('limits are inclusive', async () => {
    const limited = number({ help, min: 0, max: 1 });
    expect(await value(limited, '0')).toBe(0);
    expect(await value(limited, '1')).toBe(1);
    expect(await faultOf(limited, '1.0000001')).toContain('a number from 0 to 1');
    expect(await faultOf(number({ help, max: 3 }), '4')).toContain('a number of at most 3');
    expect(await faultOf(number({ help, min: 3 }), '2')).toContain('a number of at least 3');
  });

  test('every finite number survives its own text', async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(finite, async (n) => expect(await value(number({ help }), String(n))).toBe(n + 0)),
    );
  });
});

describe('durations', () => {
  test.each([
    ['90s', 90],
    ['1h30m', 5400],
    ['1.5d', 129_600],
    [' 0s ', 0],
  ])('%s is %d seconds', async (raw, expected) => expect(await value(duration({ help }), raw)).toBe(expected));

  test.each(['90', 's', '-1h', '1 h', '1.5.2h', '1w', '1H', `${'9'.repeat(400)}d`])('%s is none', async (raw) =>
    expect(await faultOf(duration({ help }), raw)).toContain('It must be a length of time'),
  );

  test('limits', async () => {
    const limited = duration({ help, min: '1m', max: '1h' });
    expect(await value(limited, '60s')).toBe(60);
    expect(await faultOf(limited, '59s')).toContain('It must be at least 1m.');
    expect(await faultOf(limited, '61m')).toContain('It must be at most 1h.');
  });
});

describe('lists, flags and text', () => {
  test('lists are lines, or commas on one line', async () => {
    expect(await value(list({ help }), 'a, b,,c ')).toEqual(['a', 'b', 'c']);
    expect(await value(list({ help }), 'a,1\r\n\n  b \n')).toEqual(['a,1', 'b']);
    expect(await value(list({ help }), 'a, b\n')).toEqual(['a', 'b']);
  });

  test.each(['yes', 'on', '1', 'tRUE', 'no'])('%s is no flag', async (raw) =>
    expect(await faultOf(flag({ help }), raw)).toContain('It must be true or false.'),
  );

  test('text is trimmed unless it is a box of lines', async () => {
    expect(await value(text({ help }), ' a \n')).toBe('a');
    expect(await value(text({ help, multiline: true }), ' a \n')).toBe(' a \n');
  });

  test('an error shows a long or many-lined value short and on one line', async () => {
    const named = text({ help, multiline: true, pattern: /^x$/, rule: 'x' });
    const fault = await faultOf(named, `::set-output name=a::b\n##vso[x]\u001b${'y'.repeat(500)}`);
    expect(fault.split('\n')).toHaveLength(1);
    expect(fault).toContain('"::set-output name=a::b\\n##vso[x]\\u001b');
    expect(fault.length).toBeLessThan(200);
  });

  test('a pattern without words is shown itself', async () => {
    expect(await faultOf(text({ help, pattern: /^a+$/ }), 'b')).toBe(
      'Input `it` is "b". It must be text that matches ^a+$.',
    );
  });
});

describe('mappings reach the script as they were written', () => {
  const written: readonly (readonly [string, string])[] = [
    ['1e-4', '1e-4'],
    ['0.10', '0.10'],
    ['1e3', '1e3'],
    ['007', '007'],
    ['0x10', '0x10'],
    ['0o17', '0o17'],
    ['١', '١'],
    ['yes', 'yes'],
    ['True', 'True'],
    ['FALSE', 'FALSE'],
    ['.inf', '.inf'],
    ['12345678901234567890', '12345678901234567890'],
    ['2026-01-01', '2026-01-01'],
    ['1_000', '1_000'],
    ['"0.10"', '0.10'],
    ["'a: b'", 'a: b'],
    ['|-\n  two\n  lines', 'two\nlines'],
    ['|\n  one\n', 'one\n'],
    ['s3://bucket/key', 's3://bucket/key'],
    ['a #b', 'a'],
    ['"null"', 'null'],
  ];
  test.each(written)('%s', async (raw, expected) =>
    expect(await value(mapping({ help }), `lr: ${raw}`)).toEqual({ lr: expected }),
  );

  test('JSON is YAML, and names are text too', async () => {
    expect(await value(mapping({ help }), '{"lr": 0.10, "n": 1e2}')).toEqual({ lr: '0.10', n: '1e2' });
    expect(await value(mapping({ help }), '1.0: a\ntrue: b')).toEqual({ '1.0': 'a', true: 'b' });
    expect(await value(mapping({ help }), 'a: &x 0.50\nb: *x')).toEqual({ a: '0.50', b: '0.50' });
    expect(await value(mapping({ help }), '# only a comment\na: 1')).toEqual({ a: '1' });
  });

  test('names of an object itself are only names', async () => {
    const parsed = (await value(mapping({ help }), 'constructor: x\ntoString: y')) as Record<string, string>;
    expect(Object.entries(parsed)).toEqual([
      ['constructor', 'x'],
      ['toString', 'y'],
    ]);
  });

  test.each([
    ['- a', 'must be a mapping'],
    ['word', 'must be a mapping'],
    ['# nothing', 'must be a mapping'],
    ['a: 1\na: 2', 'Map keys must be unique at line 2'],
    ['1: a\n"1": b', 'Map keys must be unique at line 2'],
    ['x: &k a\n*k : 1\na: 2', 'has "a" twice'],
    ['a: {b: 1}', 'has no plain value for "a"'],
    ['a: [1]', 'has no plain value for "a"'],
    ['a:', 'has no plain value for "a"'],
    ['a: null', 'has no plain value for "a"'],
    ['a: ~', 'has no plain value for "a"'],
    ['__proto__: x', 'has the name "__proto__"'],
    ['"__proto__": {a: 1}', 'has the name "__proto__"'],
    ['"": x', 'has the name ""'],
    ['? [a]\n: 1', 'has a name that is not plain text'],
    ['a: b: c', 'is not valid YAML'],
    ['a: "b', 'is not valid YAML'],
    ['a: *nowhere', 'uses an alias `*nowhere` without an anchor'],
    [`a: &a 1\n${Array.from({ length: 101 }, (_, n) => `k${n}: *a`).join('\n')}`, 'uses more than 100 aliases'],
    ['a: !secret b', 'is not valid YAML'],
    ['a: 1\n---\nb: 2', 'is not valid YAML'],
    ['\ta: 1', 'is not valid YAML'],
  ])('%j is a fault', async (raw, expected) => {
    const fault = await faultOf(mapping({ help }), raw);
    expect(fault).toContain(expected);
    expect(fault.split('\n')).toHaveLength(1);
    expect(fault).toMatch(/^Input `it` .*\.$/);
  });

  test('every mapping of plain words survives', async () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9_.]{0,8}$/).filter((w) => !/^(null|true|false|__proto__)$/.test(w));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(word, word, { minKeys: 1 }), async (mappings) => {
        const lines = Object.entries(mappings).map(([key, each]) => `${key}: ${each}`);
        expect(await value(mapping({ help }), lines.join('\n'))).toEqual({ ...mappings });
      }),
    );
  });

  test('every text survives as a JSON string', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (each) => {
        expect(await value(mapping({ help }), JSON.stringify({ a: each }))).toEqual({ a: each });
      }),
    );
  });
});

describe('YAML values', () => {
  test('every JSON value survives', async () => {
    const plain = fc
      .jsonValue({ maxDepth: 3 })
      .filter((each) => !JSON.stringify(each).includes('"__proto__"') && !JSON.stringify(each).includes('""'));
    await fc.assert(
      fc.asyncProperty(plain, async (each) => {
        const raw = JSON.stringify(each);
        expect(await value(yaml({ help }), raw)).toEqual(JSON.parse(raw));
      }),
    );
  });

  test('a few aliases are fine', async () => {
    expect(await value(yaml({ help }), 'a: &a [1, 2]\nb: *a\nc: *a')).toEqual({ a: [1, 2], b: [1, 2], c: [1, 2] });
  });

  test('aliases that unfold without measure are a fault', async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`);
    expect(await faultOf(yaml({ help }), `l0: &l0 [x]\n${levels.join('\n')}`)).toContain('uses its aliases');
    expect(await faultOf(yaml({ help }), 'a: &a [*a]')).toContain('uses its aliases');
  });

  test.each([
    ['{"a": {"__proto__": {"polluted": true}}}', 'has the name "__proto__"'],
    ['a: .nan', 'has the number .nan'],
    ['- 1e999', 'has the number 1e999'],
    ['a: !!python/object:os.system {}', 'is not valid YAML'],
    ['['.repeat(20_000), 'is not valid YAML'],
    ['[a]: b', 'has a name that is not plain text'],
  ])('%j is a fault', async (raw, expected) => expect(await faultOf(yaml({ help }), raw)).toContain(expected));

  test('nothing reaches the prototype of objects', async () => {
    await faultOf(yaml({ help }), '{"__proto__": {"polluted": true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('secrets are never shown', () => {
  const secret = true;
  const word = 'hunter2-S3CRET';
  const cases: readonly (readonly [string, InputSpec, string])[] = [
    ['text', text({ help, secret, pattern: /^x$/, rule: 'x' }), word],
    ['number', number({ help, secret }), word],
    ['choice', choice(['hunter2-S3CRETs', 'b'], { help, secret, group: 'g' }), word],
    ['flag', flag({ help, secret }), word],
    ['duration', duration({ help, secret }), word],
    ['short duration', duration({ help, secret, min: '2h' }), '71m'],
    ['long duration', duration({ help, secret, max: '1m' }), '71m'],
    ['no mapping', mapping({ help, secret }), word],
    ['broken mapping', mapping({ help, secret }), `a: "${word}`],
    ['alias', mapping({ help, secret }), `a: *${word}`],
    ['tag', mapping({ help, secret }), `a: !${word} x`],
    ['name', mapping({ help, secret }), `${word}: {}`],
    ['name twice', mapping({ help, secret }), `x: &k ${word}\n*k : 1\n${word}: 2`],
    ['same name', mapping({ help, secret }), `${word}: 1\n${word}: 2`],
    ['yaml', yaml({ help, secret }), `{a: ${word}`],
    ['escape', yaml({ help, secret }), `a: "\\q${word}"`],
    ['number without end', yaml({ help, secret }), 'a: 71e999'],
  ];
  test.each(cases)('%s', async (_, input, raw) => {
    const fault = await faultOf(input, raw);
    for (const part of [word, 'S3CRET', '71m', '71e999'].filter((each) => raw.includes(each))) {
      // The values of a choice are no secret, they are in action.yml.
      expect(fault.replace(/one of: .*\./, '')).not.toContain(part);
    }
  });
});

test('inputFault says what is wrong with one text, as the rest of a sentence', async () => {
  expect(await inputFault(number({ help }), '3')).toBeUndefined();
  expect(await inputFault(number({ help }), 'x')).toBe('is "x". It must be a number.');
});

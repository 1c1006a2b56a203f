import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { sample } from '../../test/samples.ts';
import type { InputSpec } from '../define.ts';
import { inputFault } from '../parse.ts';
import { inputsSchema } from './inputs-schema.ts';

const schema = JSON.parse(inputsSchema(sample)) as object;
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

describe('the JSON Schema of the inputs', () => {
  test('takes what users write', () => {
    const written = {
      name: 'churn',
      provider: `$\{{ vars.PROVIDER }}`,
      'instance-count': 2,
      'dry-run': true,
      'use-cache': 'false',
      'max-runtime': '45m',
      columns: 'a\nb',
      hyperparameters: 'lr: 1e-4\n',
      'api-token': `$\{{ secrets.TOKEN }}`,
    };
    expect([validate(written), validate.errors]).toEqual([true, null]);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['a missing name', {}],
    ['an unknown input', { name: 'a', colums: 'a' }],
    ['a name against its pattern', { name: 'A B' }],
    ['no such choice', { name: 'a', provider: 'gcp' }],
    ['a number out of range', { name: 'a', 'instance-count': 0 }],
    ['a fraction', { name: 'a', 'instance-count': 1.5 }],
    ['no flag', { name: 'a', 'dry-run': 'yes' }],
    ['no duration', { name: 'a', 'max-runtime': '90' }],
    ['a structure', { name: 'a', hyperparameters: { lr: 1 } }],
  ])('refuses %s', (_, written) => expect(validate(written)).toBe(false));

  test('never refuses a literal that the step takes', async () => {
    const inputs: readonly (readonly [string, InputSpec])[] = Object.entries(sample.inputs);
    const words = fc.oneof(
      fc.constantFrom(
        'local',
        'sagemaker',
        'true',
        'FALSE',
        'yes',
        '1h30m',
        '2d',
        '0',
        '1e2',
        '100',
        '+5',
        '.5',
        '-1',
        'a-b',
        '{a: 1}',
      ),
      fc.integer({ min: -5, max: 200 }).map(String),
      fc.stringMatching(/^[a-z0-9.:-]{1,6}$/),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...inputs), words, async ([name, input], word) => {
        if ((await inputFault(input, word)) !== undefined) return;
        taken += 1;
        expect([name, word, validate({ name: 'a', [name]: word })]).toEqual([name, word, true]);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

import { expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import { parseSchema } from './schema-file.ts';

test('a schema with every rule', async () => {
  const schema = await parseSchema(
    `extra-columns: forbid
min-rows: 10
columns:
  age: { type: integer, min: 0, max: 120, nullable: true }
  day: { type: date, min: 2020-01-01, required: false }
  kind: { allowed: [a, b], unique: true }
  code: { pattern: '^\\d{3}$', max-null-rate: 0.1 }
  __proto__: { type: boolean, allowed: [true] }
  anything:
`,
    's.yml',
  );
  const plain = { required: true, nullable: false, unique: false };
  expect(schema.extraColumns).toBe('forbid');
  expect(schema.minRows).toBe(10);
  expect([...schema.columns]).toEqual([
    [
      'age',
      { ...plain, nullable: true, type: 'integer', min: { value: 0, text: '0' }, max: { value: 120, text: '120' } },
    ],
    ['day', { ...plain, required: false, type: 'date', min: { value: Date.UTC(2020, 0, 1), text: '2020-01-01' } }],
    ['kind', { ...plain, type: 'string', allowed: new Set(['a', 'b']), unique: true }],
    ['code', { ...plain, type: 'string', nullable: true, pattern: /^\d{3}$/u, maxNullRate: 0.1 }],
    ['__proto__', { ...plain, type: 'boolean', allowed: new Set([true]) }],
    ['anything', plain],
  ]);
});

test('JSON is YAML', async () => {
  const schema = await parseSchema('{"columns": {"a": {"type": "number"}}}', 's.json');
  expect(schema.columns.get('a')).toMatchObject({ type: 'number' });
});

test.each<[string, string, RegExp]>([
  ['no YAML', 'columns: [', /^s.yml: /],
  ['a key twice', 'columns:\n  a:\n  a:\n', /^s.yml: Map keys must be unique/],
  ['a list', '- a\n', /the schema is .* It must be a mapping/],
  ['nothing', '', /the schema is .*It must be a mapping/],
  ['no columns', 'min-rows: 1', /`columns` names no column/],
  ['a misspelt key', 'colums:\n  a:\n', /has the unknown key `colums`. Did you mean `columns`\?/],
  [
    'a misspelt rule',
    'columns: { a: { tpye: integer } }',
    /column "a" has the unknown key `tpye`. Did you mean `type`\?/,
  ],
  ['a wrong type', 'columns: { a: { type: int } }', /column "a", `type` is "int". It must be one of/],
  ['text for a flag', 'columns: { a: { unique: "yes" } }', /`unique` is "yes". It must be true or false/],
  ['limits of text', 'columns: { a: { type: string, min: 1 } }', /`min` needs a `type` with an order/],
  [
    'a limit of another type',
    'columns: { a: { type: date, max: 5 } }',
    /`max` is 5, which is not of the column's type date/,
  ],
  ['limits crossed', 'columns: { a: { type: number, min: 2, max: 1 } }', /`min` is 2, over `max: 1`/],
  ['an infinite limit', 'columns: { a: { type: number, min: .inf } }', /`min` is .*not of the column's type number/],
  [
    'allowed of another type',
    'columns: { a: { allowed: [x, 1] } }',
    /`allowed` holds 1, which is not of the type string/,
  ],
  ['no list', 'columns: { a: { allowed: x } }', /`allowed` is "x". It must be a list/],
  ['a bad pattern', 'columns: { a: { pattern: "(" } }', /`pattern` is not a regular expression/],
  ['a rate of 2', 'columns: { a: { max-null-rate: 2 } }', /`max-null-rate` is 2/],
  ['nulls both ways', 'columns: { a: { nullable: false, max-null-rate: 0.1 } }', /Leave one out/],
  ['extra columns maybe', 'extra-columns: maybe\ncolumns: { a: }', /`extra-columns` is "maybe"/],
  ['-1 rows', 'min-rows: -1\ncolumns: { a: }', /`min-rows` is -1/],
])('%s is refused', async (_, text, message) => {
  await expect(parseSchema(text, 's.yml')).rejects.toThrow(message);
  await expect(parseSchema(text, 's.yml')).rejects.toBeInstanceOf(UserError);
});

test('all faults are said at once', async () => {
  const error = await parseSchema('min-rows: x\ncolumns: { a: { type: int }, b: { unique: 1 } }', 's.yml').catch(
    String,
  );
  expect(String(error).split('\n')).toHaveLength(3);
});

test('aliases that unfold without end are refused', async () => {
  const lines = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    ...'bcdefg'.split('').map((key, index) => {
      const before = 'abcdef'[index];
      return `${key}: &${key} [${Array(10).fill(`*${before}`).join()}]`;
    }),
  ];
  await expect(parseSchema(lines.join('\n'), 's.yml')).rejects.toThrow(/aliases/);
});

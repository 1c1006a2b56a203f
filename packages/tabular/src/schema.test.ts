import { expect, test } from '@jest/globals';
import type { Json } from '@mlops-actions/core';
import fc from 'fast-check';
import { type ColumnType, cellValue, columnTypes, typeOfCell, widerType } from './cell.ts';
import { digestSet } from './digest-set.ts';
import { type ColumnRule, type Schema, schemaValidator, violationText } from './schema.ts';
import type { Batch, TableFormat } from './table.ts';

function batchOf(columns: readonly string[], cells: readonly (readonly Json[])[], format: TableFormat = 'csv'): Batch {
  const rows = cells.map((row, index) => ({ row: index + 1, line: index + 2, cells: row, bytes: Buffer.alloc(0) }));
  return { file: 'd.csv', format, columns, header: Buffer.alloc(0), rows };
}

function rule(changes: Partial<ColumnRule>): ColumnRule {
  return { required: true, nullable: false, unique: false, ...changes };
}

function textsFor(schema: Partial<Schema>, ...batches: readonly Batch[]): string[] {
  const validator = schemaValidator({ columns: new Map(), extraColumns: 'allow', minRows: 0, ...schema });
  for (const batch of batches) validator.check(batch);
  return validator.violations().map(violationText);
}

function faults(changes: Partial<ColumnRule>, ...cells: Json[]): string[] {
  return textsFor(
    { columns: new Map([['c', rule(changes)]]) },
    batchOf(
      ['c'],
      cells.map((cell) => [cell]),
    ),
  );
}

test('each rule finds and locates what breaks it', () => {
  expect(faults({ type: 'integer' }, '1', 'x', '2.5')).toEqual([
    'd.csv:3: row 2, column "c": "x" is not an integer (2 rows do so; next: 3).',
  ]);
  expect(faults({}, '1', null)).toEqual(['d.csv:3: row 2, column "c": null is empty, and the column is not nullable.']);
  expect(faults({ nullable: true, type: 'number' }, '1', null)).toEqual([]);
  expect(faults({ nullable: true, maxNullRate: 0.5 }, null, 'x')).toEqual([]);
  expect(faults({ nullable: true, maxNullRate: 0.4 }, null, 'x')).toEqual([
    'Column "c" is empty in 1 of 2 rows, over `max-null-rate: 0.4`.',
  ]);
  const limits = { type: 'number', min: { value: 0, text: '0' }, max: { value: 1, text: '1.0' } } as const;
  expect(faults(limits, '0', '1', '-0.1', '1e9')).toEqual([
    'd.csv:4: row 3, column "c": "-0.1" is below `min: 0`.',
    'd.csv:5: row 4, column "c": "1e9" is above `max: 1.0`.',
  ]);
  expect(faults({ allowed: new Set(['a', 'b']) }, 'a', 'A')).toEqual([
    'd.csv:3: row 2, column "c": "A" is not one of the allowed values.',
  ]);
  expect(faults({ pattern: /^\d+$/u }, '12', 'x1')).toEqual([
    'd.csv:3: row 2, column "c": "x1" does not match `^\\d+$`.',
  ]);
  expect(faults({ unique: true }, 'a', 'b', 'a')).toEqual(['d.csv:4: row 3, column "c": "a" repeats an earlier row.']);
});

test('uniqueness holds over all files', () => {
  const schema = { columns: new Map([['id', rule({ unique: true })]]) };
  const other = { ...batchOf(['id'], [['1']]), file: 'e.csv' };
  expect(textsFor(schema, batchOf(['id'], [['1']]), other)).toEqual([
    'e.csv:2: row 1, column "id": "1" repeats an earlier row.',
  ]);
});

test('rules of the whole table', () => {
  const columns = new Map([
    ['a', rule({})],
    ['__proto__', rule({})],
    ['z', rule({ required: false })],
  ]);
  expect(textsFor({ columns, extraColumns: 'forbid', minRows: 2 }, batchOf(['a', 'b'], [['1', '2']]))).toEqual([
    'The data has 1 rows, fewer than `min-rows: 2`.',
    'Column "__proto__" is missing in d.csv.',
    'Column "b" in d.csv is not in the schema, which forbids extra columns.',
  ]);
  expect(
    textsFor({ columns: new Map([['__proto__', rule({ type: 'integer' })]]) }, batchOf(['__proto__'], [['x']])),
  ).toEqual(['d.csv:2: row 1, column "__proto__": "x" is not an integer.']);
});

test('a million wrong cells are counted and five are kept', () => {
  const validator = schemaValidator({
    columns: new Map([['c', rule({ type: 'integer' })]]),
    extraColumns: 'allow',
    minRows: 0,
  });
  const batch = batchOf(
    ['c'],
    Array.from({ length: 1000 }, () => ['x']),
  );
  for (let part = 0; part < 1000; part++) validator.check(batch);
  expect(validator.violations()).toHaveLength(1);
  expect(validator.violations()[0]).toMatchObject({ count: 1_000_000, examples: { length: 5 } });
});

test.each<[ColumnType, readonly string[], readonly string[]]>([
  ['integer', ['0', '-7', '+3', '007', '99999999999999999999'], ['', '1.0', '1e3', ' 1', '0x10', 'NaN', '1_000', '１']],
  ['number', ['0', '-.5', '1.', '1e-7', '+2'], ['', 'nan', 'inf', '1e999', '1,5', '0x1', 'e5', '.']],
  ['boolean', ['true', 'False', 'TRUE'], ['', '1', 'yes', 'tRUE']],
  ['date', ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-13-01', '2024-1-1', '20240101', '2024-01-01T00:00']],
  [
    'timestamp',
    ['2024-01-01T00:00:00Z', '2024-01-01 23:59', '2024-01-01T10:00:00.123456+05:30', '2024-01-01'],
    ['2024-01-01T24:00:00Z', '2024-01-01T10:60:00Z', '10:00', '2024-02-30 10:00', '1704067200'],
  ],
])('the text of a %s', (type, good, bad) => {
  for (const text of good) expect([text, cellValue(type, text, true)]).not.toContain(undefined);
  for (const text of bad) expect([text, cellValue(type, text, true)]).toContain(undefined);
});

test('timestamps are compared as moments', () => {
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
      (moment) => {
        expect(cellValue('timestamp', moment.toISOString(), true)).toBe(moment.getTime());
      },
    ),
  );
  const zoned = cellValue('timestamp', '2024-01-01T10:00:00+05:30', true);
  expect(zoned).toBe(Date.parse('2024-01-01T04:30:00Z'));
});

test('JSON cells have the type that they have', () => {
  expect(cellValue('integer', 5, false)).toBe(5);
  expect(cellValue('integer', '5', false)).toBeUndefined();
  expect(cellValue('integer', 5.5, false)).toBeUndefined();
  expect(cellValue('boolean', 'true', false)).toBeUndefined();
  expect(cellValue('string', 5, false)).toBeUndefined();
  expect(cellValue('string', ['x'], false)).toBeUndefined();
});

test('a type found for some cells holds all of them', () => {
  const text = fc.constantFrom('1', '-2', '1.5', '1e3', 'true', 'x', '2024-01-01', '2024-01-01T00:00Z', '-', '1-2');
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (texts) => {
      const type = texts.map((cell) => typeOfCell(cell, true)).reduce(widerType);
      for (const cell of texts) expect(cellValue(type, cell, true)).toBeDefined();
      expect(columnTypes).toContain(type);
    }),
  );
});

test('a digest set tells the new from the old, grows, and has a limit', () => {
  const set = digestSet(5000);
  for (let value = 0; value < 5000; value++) expect(set.add(`v${value}`)).toBe(true);
  for (let value = 0; value < 5000; value++) expect(set.add(`v${value}`)).toBe(false);
  expect(() => set.add('one more')).toThrow(RangeError);
});

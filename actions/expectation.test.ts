import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExpectation } from './expectation.ts';

describe('parseExpectation', () => {
  test.each([
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":{"b":[1,{"c":null}]}}', '{"a":{"b":[1,{"c":null,"d":1}]}}'],
    ['[0.1]', '[0.10000001]'],
    ['[0]', '[0]'],
    ['"spam"', ' "spam" '],
    ['42', '42\n'],
    ['/^\\d+$/', '17'],
    ['/SPAM/i', 'it is spam'],
    ['a plain\ntext', '  a plain\ntext\n'],
    ['{not JSON', '{not JSON'],
  ])('%j is met by %j', (expected, body) => {
    expect(parseExpectation(expected)(body)).toBeUndefined();
  });

  test.each([
    ['{"a":1}', '{"b":1}', 'has no $.a'],
    ['{"a":1}', '{"a":2}', 'has 2 at $.a, not 1'],
    ['{"a":1}', '{"a":"1"}', 'has "1" at $.a, not 1'],
    ['{"toString":1}', '{}', 'has no $.toString'],
    ['{"a":[1]}', '{"a":[1,2]}', 'has 2 items at $.a, not 1'],
    ['{"a":[1]}', '{"a":{}}', 'has no list at $.a'],
    ['{"a":{}}', '{"a":[]}', 'has no object at $.a'],
    ['[0.1]', '[0.1001]', 'has 0.1001 at $[0], not 0.1'],
    ['[0]', '[0.0000001]', 'has 1e-7 at $[0], not 0'],
    ['null', '0', 'has 0 at $, not null'],
    ['{"a":1}', 'Internal Server Error', 'is not JSON'],
    ['/^\\d+$/', 'x17', 'does not match /^\\d+$/'],
    ['yes', 'no', 'is not "yes"'],
  ])('%j is not met by %j', (expected, body, fault) => {
    expect(parseExpectation(expected)(body)).toBe(fault);
  });

  test('any JSON contains itself', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(parseExpectation(json)(json)).toBeUndefined();
      }),
    );
  });

  test('a broken pattern names the input', () => {
    expect(() => parseExpectation('/(/')).toThrow('smoke-expect');
  });
});

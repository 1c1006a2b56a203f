import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import { parseTolerantJson, type Tree, toTree } from './tolerant-json.ts';

function plain(tree: Tree): unknown {
  if (tree instanceof Map) return Object.fromEntries([...tree].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(tree) ? tree.map(plain) : tree;
}

test('reads what JSON.parse reads, to the same values', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (text, indent) => {
      const value: unknown = JSON.parse(text);
      expect(parseTolerantJson(JSON.stringify(value, null, indent), 'f')).toEqual(toTree(value));
    }),
    { numRuns: 1000 },
  );
});

test('numbers as Python writes them', () => {
  expect(plain(parseTolerantJson('\ufeff{"a": NaN, "b": [Infinity, -Infinity, 1e-05]}', 'f'))).toEqual({
    a: Number.NaN,
    b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-5],
  });
});

test('no key means anything by itself', () => {
  const tree = parseTolerantJson('{"__proto__": {"accuracy": 1}, "constructor": 2}', 'f') as ReadonlyMap<string, Tree>;
  expect([...tree.keys()]).toEqual(['__proto__', 'constructor']);
  expect(({} as Record<string, unknown>).accuracy).toBeUndefined();
});

describe('a fault names file, line and column', () => {
  test.each([
    ['{"a": 1,\n "a": 2}', 'f:2:2 has the key "a" twice'],
    ['{"a": 1', 'f:1:8 ends too early'],
    ['{"a": ', 'f:1:7 ends too early'],
    ['', 'f:1:1 ends too early'],
    ['{"a": 1} x', 'f:1:10 is not JSON: "x"'],
    ['{"a": 1,}', 'f:1:9 is not JSON: "}"'],
    ["{'a': 1}", 'f:1:2 is not JSON'],
    ['{"a": nan}', 'f:1:7 is not JSON: "nan}"'],
    ['{"a": 01}', 'f:1:7 is not JSON'],
    ['{"a": 0x1}', 'f:1:7 is not JSON'],
    ['{"a": 1.}', 'f:1:7 is not JSON'],
    ['{"a": "\\q"}', 'f:1:7 holds a text'],
    ['["a\nb"]', 'f:1:2 is not JSON'],
    ['['.repeat(5000), 'nested deeper than 100 levels'],
  ])('%j', (text, message) => {
    expect(() => parseTolerantJson(text, 'f')).toThrow(UserError);
    expect(() => parseTolerantJson(text, 'f')).toThrow(message);
  });
});

test('any text is read or refused, and what is read JSON.parse reads too', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"',
    '\\',
    '1',
    '-',
    '.5',
    'e9',
    'NaN',
    'true',
    ' ',
    '\n',
    '\u0000',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        let tree: Tree;
        try {
          tree = parseTolerantJson(text, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return;
        }
        if (!text.includes('NaN')) expect(toTree(JSON.parse(text.replace(/^\ufeff/, '')))).toEqual(tree);
      },
    ),
    { numRuns: 20_000 },
  );
});

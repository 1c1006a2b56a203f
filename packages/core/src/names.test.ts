import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from './errors.ts';
import {
  canonicalJson,
  derivedName,
  formatModelReference,
  isResourceName,
  type Json,
  parseModelReference,
} from './names.ts';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('canonicalJson', () => {
  test('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))),
    );
  });

  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
      }),
    );
  });
});

describe('derivedName', () => {
  test('is the prefix and the first 12 hex digits of the SHA-256 of the canonical text', () => {
    const digest = createHash('sha256').update('{"a":1,"b":[true,null]}').digest('hex');
    expect(derivedName('train', { b: [true, null], a: 1 })).toBe(`train-${digest.slice(0, 12)}`);
  });

  test('is a resource name within the limit, whatever the length of the prefix', () => {
    const prefix = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){0,200}$/);
    fc.assert(
      fc.property(prefix, json, fc.integer({ min: 20, max: 63 }), (start, ingredients, limit) => {
        const name = derivedName(start, ingredients, limit);
        expect(name.length).toBeLessThanOrEqual(limit);
        expect(isResourceName(name)).toBe(true);
      }),
    );
  });
});

describe('isResourceName', () => {
  test.each(['a', 'churn', 'Churn-2', 'a'.repeat(63)])('accepts %p', (name) => expect(isResourceName(name)).toBe(true));
  test.each(['', '-a', 'a-', 'a--b', 'a b', '../x', 'ünï', 'a_b', 'a\n', 'a'.repeat(64), 'a'.repeat(300)])(
    'refuses %p',
    (name) => expect(isResourceName(name)).toBe(false),
  );
});

describe('parseModelReference', () => {
  test('reads the three forms', () => {
    expect(parseModelReference('churn@7')).toEqual({ name: 'churn', version: 7 });
    expect(parseModelReference('churn:champion')).toEqual({ name: 'churn', alias: 'champion' });
    expect(parseModelReference('churn')).toEqual({ name: 'churn' });
  });

  test.each([
    '',
    '@7',
    'churn@',
    'churn@0',
    'churn@-1',
    'churn@1.5',
    'churn:',
    'churn:a b',
    '../churn@1',
    'churn@7:champion',
  ])('refuses %p and says what to write', (text) => {
    expect(() => parseModelReference(text)).toThrow(UserError);
    expect(() => parseModelReference(text)).toThrow(`"${text}" is not a model reference. Write name@version`);
  });

  test('formatting and parsing are inverse', () => {
    const reference = fc.oneof(
      fc.record({ name: fc.constant('churn'), version: fc.integer({ min: 1, max: 99_999_999 }) }),
      fc.record({ name: fc.constant('churn'), alias: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/) }),
      fc.constant({ name: 'churn' }),
    );
    fc.assert(
      fc.property(reference, (value) => expect(parseModelReference(formatModelReference(value))).toEqual(value)),
    );
  });
});

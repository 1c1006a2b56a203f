import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedTags, isTagChange } from './tags.ts';

describe('a change of tags', () => {
  const tags = { owner: 'ml', stage: 'prod' };

  test.each([
    ['adds', { team: 'a' }, {}, { owner: 'ml', stage: 'prod', team: 'a' }],
    ['replaces what is as expected', { stage: 'test' }, { stage: 'prod' }, { owner: 'ml', stage: 'test' }],
    ['removes', { stage: null }, { stage: 'prod' }, { owner: 'ml' }],
    ['adds what is expected to be absent', { team: 'a' }, { team: null }, { owner: 'ml', stage: 'prod', team: 'a' }],
    ['does nothing when another value is there', { stage: 'test' }, { stage: 'staging' }, undefined],
    ['does nothing when a tag is there that should not be', { owner: 'me' }, { owner: null }, undefined],
    ['does nothing when a tag is gone', { team: 'b' }, { team: 'a' }, undefined],
    [
      'knows no tag by the name of a method of objects',
      { toString: 'x' },
      { toString: null },
      { ...tags, toString: 'x' },
    ],
  ])('%s', (_what, wanted, expected, after) => {
    expect(changedTags(tags, { tags: wanted, expected })).toEqual(after);
  });

  const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
  const wanted = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2', null));

  test('that expects what is there happens once: with the same expectation it is not made again, unless it changes nothing', () => {
    fc.assert(
      fc.property(record, wanted, (found, change) => {
        const expected = Object.fromEntries(Object.keys(change).map((key) => [key, found[key] ?? null]));
        const after = changedTags(found, { tags: change, expected });
        expect(after).toBeDefined();
        for (const [key, value] of Object.entries(change)) expect(after?.[key] ?? null).toBe(value);
        for (const key of Object.keys(found)) if (!(key in change)) expect(after?.[key]).toBe(found[key]);
        const isNothing = Object.keys(change).every((key) => change[key] === expected[key]);
        expect(changedTags(after ?? {}, { tags: change, expected }) !== undefined).toBe(isNothing);
      }),
    );
  });
});

test.each([
  [{ tags: {}, expected: {} }, true],
  [{ tags: { a: null }, expected: { a: 'b' } }, true],
  [{ tags: { a: 1 }, expected: {} }, false],
  [{ tags: {} }, false],
  [[], false],
  [null, false],
])('%j is a change: %s', (value, is) => {
  expect(isTagChange(value)).toBe(is);
});

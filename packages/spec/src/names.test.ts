import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { azureVariable, camelCase, commandLineVariable, githubVariable, isKebab, pascalCase } from './names.ts';

/** Kebab-case names of which no word but the first starts with a digit, so that they can be told apart in camelCase. */
const kebab = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z][a-z0-9]{0,5}){0,4}$/);

describe('one name, spelt everywhere', () => {
  test('by example', () => {
    const name = 'model-uri-2';
    expect([camelCase(name), pascalCase(name)]).toEqual(['modelUri2', 'ModelUri2']);
    expect([githubVariable(name), azureVariable(name), commandLineVariable(name)]).toEqual([
      'INPUT_MODEL-URI-2',
      'INPUT_MODELURI2',
      'MLOPS_MODEL_URI_2',
    ]);
  });

  test('camelCase is what Azure Pipelines allows, and loses nothing', () => {
    fc.assert(
      fc.property(kebab, (name) => {
        expect(isKebab(name)).toBe(true);
        expect(camelCase(name)).toMatch(/^[A-Za-z][A-Za-z0-9]*$/);
        expect(camelCase(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).toBe(name);
      }),
    );
  });

  test('a variable is a name that a shell can set', () => {
    fc.assert(fc.property(kebab, (name) => expect(commandLineVariable(name)).toMatch(/^MLOPS_[A-Z0-9_]+$/)));
  });

  test.each(['', 'A', 'a_b', '-a', 'a-', 'a--b', '1a', 'a b', 'é', 'aB', '../a'])('%j is not kebab-case', (name) =>
    expect(isKebab(name)).toBe(false),
  );
});

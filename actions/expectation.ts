import type { Json } from '@mlops-actions/core';
import { UserError } from '@mlops-actions/core';

/** Says what is wrong with an answer; undefined when it is as expected. */
export type Expectation = (body: string) => string | undefined;

/** Numbers may differ by so much, relative to the expected one: a model computes a little differently on another processor. */
const tolerance = 1e-6;

/**
 * Reads an expectation: `/pattern/` or `/pattern/i` is a regular expression, JSON must be contained in the answer (objects may have
 * more keys, lists may not have more items), anything else is the exact text but for spaces around it. A `UserError` names the input.
 */
export function parseExpectation(text: string): Expectation {
  const trimmed = text.trim();
  const pattern = /^\/(.+)\/([imsu]*)$/s.exec(trimmed);
  if (pattern !== null) return matches(pattern[1] ?? '', pattern[2] ?? '');
  const json = parsedJson(trimmed);
  if (json !== undefined) return containsJson(json.value);
  return (body) => (body.trim() === trimmed ? undefined : `is not "${shortened(trimmed)}"`);
}

function matches(source: string, flags: string): Expectation {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, flags);
  } catch (error) {
    throw new UserError(`Input \`smoke-expect\`: ${(error as Error).message}. Correct it, or leave out the slashes.`);
  }
  return (body) => (pattern.test(body) ? undefined : `does not match ${pattern}`);
}

function containsJson(expected: Json): Expectation {
  return (body) => {
    const answer = parsedJson(body);
    return answer === undefined ? 'is not JSON' : difference(expected, answer.value, '$');
  };
}

/** The first place where `actual` lacks or contradicts what is expected, in words. */
function difference(expected: Json, actual: Json | undefined, path: string): string | undefined {
  if (actual === undefined) return `has no ${path}`;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `has no list at ${path}`;
    if (actual.length !== expected.length) return `has ${actual.length} items at ${path}, not ${expected.length}`;
    return firstDefined(expected.map((item, index) => difference(item, actual[index], `${path}[${index}]`)));
  }
  if (expected !== null && typeof expected === 'object') {
    if (actual === null || typeof actual !== 'object' || Array.isArray(actual)) return `has no object at ${path}`;
    const object = actual as { readonly [key: string]: Json };
    return firstDefined(
      Object.entries(expected).map(([key, item]) =>
        difference(item, Object.hasOwn(object, key) ? object[key] : undefined, `${path}.${key}`),
      ),
    );
  }
  if (isSame(expected as Json, actual)) return undefined;
  return `has ${shortened(JSON.stringify(actual))} at ${path}, not ${JSON.stringify(expected)}`;
}

function isSame(expected: Json, actual: Json): boolean {
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === actual;
  return Math.abs(actual - expected) <= tolerance * Math.abs(expected);
}

function firstDefined(values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined);
}

function parsedJson(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return undefined;
  }
}

/** Text that fits an error message. */
export function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

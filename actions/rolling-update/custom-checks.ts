import { type Json, ownCheckNames, UserError } from '@mlops-actions/core';
import { durationSeconds, nearest } from '@mlops-actions/spec';
import { type Expectation, parseExpectation } from '../expectation.ts';

/** A check of the user's own, as the input `checks` has it. */
export type CustomCheck = {
  readonly name: string;
  readonly advisory: boolean;
  readonly timeoutSeconds: number;
} & (HttpCheck | CommandCheck | MetricCheck);

export interface HttpCheck {
  readonly kind: 'http';
  readonly url: string;
  readonly expect: Expectation;
}

export interface CommandCheck {
  readonly kind: 'command';
  readonly command: string;
}

export interface MetricCheck {
  readonly kind: 'metric';
  readonly query: string;
  readonly operator: '<=' | '>=';
  readonly threshold: number;
}

/** A look must not wait longer than this for a check. */
const longestSeconds = 120;
const defaultSeconds = 30;

const kinds = ['http', 'command', 'metric'] as const;
const keysOf: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
  http: ['http', 'expect', 'timeout'],
  command: ['command', 'timeout'],
  metric: ['metric', 'max', 'min'],
};

type Fields = { readonly [key: string]: Json };

/**
 * Reads the input `checks`.
 *
 * @throws UserError naming the check, what is wrong and the fix.
 */
export function parseChecks(value: Json | undefined): readonly CustomCheck[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new UserError('Input `checks` is not a list. Write `- name: …` and one of http, command, metric for each.');
  }
  const checks = value.map(parseCheck);
  const names = checks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw fault(twice, 'is there twice. Give each check a name of its own.');
  return checks;
}

function parseCheck(value: Json, index: number): CustomCheck {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UserError(`Input \`checks\`: item ${index + 1} is not a mapping. Write \`- name: …\`.`);
  }
  const fields = value as Fields;
  const { name, advisory = false } = fields;
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}$/.test(name)) {
    throw new UserError(
      `Input \`checks\`: item ${index + 1} has the name ${JSON.stringify(name ?? null)}. Write a name of up to 63 letters, digits, spaces and _.-`,
    );
  }
  if ((ownCheckNames as readonly string[]).includes(name)) {
    throw fault(name, 'is the name of a check that is made anyway. Choose another name.');
  }
  if (typeof advisory !== 'boolean') throw fault(name, 'has an `advisory` that is not true or false.');
  const given = kinds.filter((kind) => Object.hasOwn(fields, kind));
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw fault(name, `has ${given.join(' and ') || 'no kind'}. Give it exactly one of ${kinds.join(', ')}.`);
  }
  refuseUnknown(name, fields, ['name', 'advisory', ...keysOf[kind]]);
  return { name, advisory, timeoutSeconds: timeoutOf(name, fields), ...parsers[kind](name, fields) };
}

const parsers = {
  http: (name: string, { http, expect }: Fields): HttpCheck => {
    const url = textOf(name, 'http', http);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw fault(name, 'has an `http` that is not an http(s) address.');
    }
    return { kind: 'http', url, expect: expectationOf(name, expect) };
  },
  command: (name: string, { command }: Fields): CommandCheck => ({
    kind: 'command',
    command: textOf(name, 'command', command),
  }),
  metric: (name: string, { metric, max, min }: Fields): MetricCheck => {
    const query = textOf(name, 'metric', metric);
    const threshold = max ?? min;
    if ((max === undefined) === (min === undefined) || typeof threshold !== 'number' || !Number.isFinite(threshold)) {
      throw fault(name, 'needs a number as `max` or as `min`, and not both.');
    }
    return { kind: 'metric', query, operator: max === undefined ? '>=' : '<=', threshold };
  },
} as const;

function expectationOf(name: string, expect: Json | undefined): Expectation {
  if (expect === undefined) return () => undefined;
  const text = typeof expect === 'string' ? expect : JSON.stringify(expect);
  try {
    return parseExpectation(text);
  } catch (error) {
    throw fault(name, `has an \`expect\` that cannot be read. ${(error as Error).message}`);
  }
}

function timeoutOf(name: string, { timeout }: Fields): number {
  if (timeout === undefined) return defaultSeconds;
  const seconds = typeof timeout === 'string' ? durationSeconds(timeout) : undefined;
  if (seconds !== undefined && seconds >= 1 && seconds <= longestSeconds) return seconds;
  throw fault(name, `has the timeout ${JSON.stringify(timeout)}. Write from 1s to ${longestSeconds}s.`);
}

function textOf(name: string, key: string, value: Json | undefined): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw fault(name, `has an empty \`${key}\`, or one that is not text.`);
}

function refuseUnknown(name: string, fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw fault(
    name,
    `has "${unknown}", which it does not know${meant === undefined ? '' : `; did you mean ${meant}?`} It may have ${known.join(', ')}.`,
  );
}

function fault(name: string, what: string): UserError {
  return new UserError(`Input \`checks\`: the check "${name}" ${what}`);
}

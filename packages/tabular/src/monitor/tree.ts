import { parseTolerantJson, type Tree, UserError } from '@mlops-actions/core';

/** A part of a JSON file, with the path to it for messages. */
export interface Node {
  /** The file and the keys up to here: `statistics.json: features[2].name`. */
  readonly at: string;
  /** The value; undefined where there is none. */
  readonly value: Tree | undefined;
}

export function rootOf(text: string, label: string): Node {
  return { at: `${label}: `, value: parseTolerantJson(text, label) };
}

export function member(node: Node, ...keys: readonly string[]): Node {
  return keys.reduce<Node>(
    ({ at, value }, key) => ({
      at: `${at}${/[\w\]]$/.test(at) ? '.' : ''}${key}`,
      value: value instanceof Map ? (value.get(key) as Tree | undefined) : undefined,
    }),
    node,
  );
}

/** The items of a list; none where there is no list. */
export function items({ at, value }: Node): Node[] {
  return Array.isArray(value) ? value.map((item, index) => ({ at: `${at}[${index}]`, value: item })) : [];
}

/** A number, also when it is written as the text "NaN". Throws a `UserError` for anything else. */
export function numberIn({ at, value }: Node): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw new UserError(`${at} is ${shown(value)}, not a number. Let Model Monitor write the file again.`);
}

/** A whole number from 0 on. */
export function countIn(node: Node): number {
  const count = numberIn(node);
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new UserError(`${node.at} is ${count}, not a count. Let Model Monitor write the file again.`);
}

export function textIn({ at, value }: Node): string {
  if (typeof value === 'string') return value;
  throw new UserError(`${at} is ${shown(value)}, not a text. Let Model Monitor write the file again.`);
}

function shown(value: Tree | undefined): string {
  if (value === undefined) return 'missing';
  return value === null || typeof value !== 'object' ? JSON.stringify(value) : 'a list or an object';
}

import { UserError } from '../errors.ts';

/** A value of a metrics file. Objects are maps, so that no key (`__proto__`, `constructor`) means anything by itself. */
export type Tree = null | boolean | number | string | readonly Tree[] | ReadonlyMap<string, Tree>;

const maxDepth = 100;

/**
 * Parses JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` are numbers, a byte order mark is skipped. Two equal keys in one
 * object are an error, because one of the two values would be lost unseen. Throws a `UserError` that names `source`, line and column.
 */
export function parseTolerantJson(text: string, source: string): Tree {
  let at = text.startsWith('\ufeff') ? 1 : 0;

  const fail = (what: string, position = at): never => {
    const before = text.slice(0, position);
    const line = before.split('\n').length;
    const column = position - before.lastIndexOf('\n');
    throw new UserError(`${source}:${line}:${column} ${what}`);
  };
  const notJson = (): never =>
    at >= text.length
      ? fail('ends too early: the JSON is cut off. Write the file again.')
      : fail(`is not JSON: ${JSON.stringify(text.slice(at, at + 12))} is not expected here.`);
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const skipBlanks = (): void => {
    match(/[ \t\r\n]*/y);
  };
  const take = (character: string): boolean => {
    skipBlanks();
    if (text[at] !== character) return false;
    at++;
    return true;
  };

  function value(depth: number): Tree {
    if (depth > maxDepth) fail(`is nested deeper than ${maxDepth} levels.`);
    skipBlanks();
    if (take('{')) return object(depth);
    if (take('[')) return list(depth);
    if (text[at] === '"') return string();
    const number = match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y);
    if (number !== undefined) return Number(number);
    const word = match(/-?[A-Za-z]+/y);
    if (word === undefined) return notJson();
    const known = words.get(word);
    if (known !== undefined) return known;
    at -= word.length;
    return notJson();
  }

  function object(depth: number): Tree {
    const members = new Map<string, Tree>();
    if (take('}')) return members;
    do {
      skipBlanks();
      const start = at;
      const key = string();
      if (members.has(key)) fail(`has the key ${JSON.stringify(key)} twice. Remove one of the two.`, start);
      if (!take(':')) notJson();
      members.set(key, value(depth + 1));
    } while (take(','));
    if (!take('}')) notJson();
    return members;
  }

  function list(depth: number): Tree {
    const items: Tree[] = [];
    if (take(']')) return items;
    do items.push(value(depth + 1));
    while (take(','));
    if (!take(']')) notJson();
    return items;
  }

  function string(): string {
    const start = at;
    const raw = match(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y);
    if (raw === undefined) return notJson();
    try {
      return JSON.parse(raw) as string;
    } catch {
      return fail('holds a text with a character or escape that JSON does not allow.', start);
    }
  }

  const result = value(0);
  skipBlanks();
  if (at < text.length) notJson();
  return result;
}

const words: ReadonlyMap<string, Tree> = new Map<string, Tree>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** The same for values that are in memory already, such as a run record's. */
export function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(toTree);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [String(key), toTree(item)]));
  if (value !== null && typeof value === 'object') {
    return new Map(Object.entries(value).map(([key, item]) => [key, toTree(item)]));
  }
  const plain = value === null || ['boolean', 'number', 'string'].includes(typeof value);
  return plain ? (value as Tree) : String(value);
}

export function isMap(value: Tree | undefined): value is ReadonlyMap<string, Tree> {
  return value instanceof Map;
}

import { UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';

/**
 * The classes of a column by row, one spelling each: numbers as they print, so that 1 and 1.0 are one class, and booleans in lower case.
 * `codes` are indices into `names`, and `missing` where the cell is empty.
 */
export interface ClassColumn {
  readonly codes: Uint32Array;
  readonly names: readonly string[];
}

export const missing = 0xffff_ffff;

/** More classes than a metric of classes is meant for. */
const maxClasses = 10_000;

export function classColumn(column: CollectedColumn, table: string, most = maxClasses): ClassColumn {
  const names: string[] = [];
  const indexOf = new Map<string, number>();
  const indexed = (name: string): number => {
    const known = indexOf.get(name);
    if (known !== undefined) return known;
    if (names.length === most) {
      throw new UserError(
        `${table}: column ${column.name} has more than ${most} different values, which are no classes. Name another column, or set \`task\`.`,
      );
    }
    indexOf.set(name, names.length);
    names.push(name);
    return names.length - 1;
  };
  if (column.type === 'category') {
    const byCode = column.texts.map((text) => indexed(className(text)));
    return { codes: column.codes.map((code) => (code === 0 ? missing : (byCode[code - 1] as number))), names };
  }
  const codes = new Uint32Array(column.values.length);
  for (const [row, value] of column.values.entries()) {
    codes[row] = Number.isNaN(value) ? missing : indexed(String(value === 0 ? 0 : value));
  }
  return { codes, names };
}

function className(text: string): string {
  const trimmed = text.trim();
  if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase();
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed) ? String(Number(trimmed) + 0) : trimmed;
}

/** All classes that any column has, sorted as scikit-learn sorts them: numbers by size, texts by code point. */
export function allClasses(lists: readonly (readonly string[])[]): string[] {
  const names = [...new Set(lists.flat())];
  const isNumber = names.every((name) => name !== '' && Number.isFinite(Number(name)));
  return names.sort(isNumber ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
}

/** The column's classes as indices into `classes`. */
export function indicesInto(classes: readonly string[], { codes, names }: ClassColumn): Uint32Array {
  const positions = names.map((name) => classes.indexOf(name));
  return codes.map((code) => (code === missing ? missing : (positions[code] as number)));
}

const knownPositives: readonly (readonly [negative: string, positive: string])[] = [
  ['0', '1'],
  ['-1', '1'],
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['negative', 'positive'],
];

/**
 * The two classes of a binary task, the positive one last: the one stated, or the one that is meant by its name. Throws a `UserError` when
 * that is left to chance.
 */
export function binaryClasses(classes: readonly string[], stated: string | undefined, table: string): [string, string] {
  const positive = stated === undefined ? undefined : className(stated);
  if (positive !== undefined) {
    if (!classes.includes(positive)) {
      throw new UserError(
        `Input \`positive-class\` is ${stated}, and the classes in ${table} are ${classes.join(' and ')}. Name one of them.`,
      );
    }
    return [classes.find((name) => name !== positive) ?? `not ${positive}`, positive];
  }
  const pair = knownPositives.find((names) => classes.every((name) => names.includes(name.toLowerCase())));
  if (pair === undefined) {
    throw new UserError(
      `The classes in ${table} are ${classes.join(' and ')}. Say which one is positive: \`positive-class: ${classes.at(-1)}\`.`,
    );
  }
  const spelled = pair.map((name) => classes.find((each) => each.toLowerCase() === name) ?? name);
  return spelled as [string, string];
}

/** The same columns with `true` and `false` as 1 and 0 where some are written so: labels True and False, predictions 1 and 0. */
export function alike(columns: readonly ClassColumn[]): readonly ClassColumn[] {
  const names = new Set(columns.flatMap((column) => column.names));
  const isMixed = (names.has('true') || names.has('false')) && (names.has('0') || names.has('1'));
  if (!isMixed || ![...names].every((name) => ['true', 'false', '0', '1'].includes(name))) return columns;
  const number = (name: string): string => (name === 'true' ? '1' : name === 'false' ? '0' : name);
  return columns.map((column) => ({ ...column, names: column.names.map(number) }));
}

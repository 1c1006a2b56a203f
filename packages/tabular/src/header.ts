import { UserError } from '@mlops-actions/core';
import { type Place, tableFault } from './fault.ts';

/** More columns than this is a file read with the wrong delimiter, or no table. */
const mostColumns = 10_000;

/** What to do about column names, in the words of a format. */
export interface HeaderAdvice {
  readonly tooMany: string;
  readonly nameless: string;
}

const csvAdvice: HeaderAdvice = {
  tooMany: 'Check the delimiter.',
  nameless: 'Name it (pandas: `to_csv(…, index=False)`).',
};

export const jsonAdvice: HeaderAdvice = {
  tooMany: 'Write values that are not columns as lists.',
  nameless: 'Name it.',
};

/** The names of a table's columns. Throws a located `UserError` for over 10,000 of them, one that is empty and one that stands twice. */
export function checkedColumns(
  file: string,
  line: number | undefined,
  names: readonly string[],
  advice: HeaderAdvice = csvAdvice,
): readonly string[] {
  const place = { file, ...(line === undefined ? {} : { line }) };
  if (names.length > mostColumns) {
    throw tableFault(place, `has ${names.length} columns, over the limit of ${mostColumns}. ${advice.tooMany}`);
  }
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    if (name.trim() === '') {
      throw tableFault(place, `column ${index + 1} has no name. ${advice.nameless}`);
    }
    const before = positions.get(name);
    if (before !== undefined) {
      throw tableFault({ ...place, column: name }, `stands twice, as column ${before} and ${index + 1}. Rename one.`);
    }
    positions.set(name, index + 1);
  });
  return names;
}

/** What is wrong with a row of `fields` fields, which are not as many as there are columns. */
export function widthFault(columns: readonly string[], fields: number, place: Place): UserError {
  const sentence = `has ${fields} fields, but the header names ${columns.length} columns.`;
  const missing = columns[fields];
  if (missing !== undefined) return tableFault({ ...place, column: missing }, `${sentence} This column is missing.`);
  return tableFault(place, `${sentence} Quote fields that hold the delimiter.`);
}

/** Throws a `UserError` when one of `names` is no column of a table. */
export function requireColumns(file: string, columns: readonly string[], names: Iterable<string>): void {
  const known = new Set(columns);
  for (const name of names) {
    if (known.has(name)) continue;
    const shown = columns.slice(0, 20).map((column) => JSON.stringify(column));
    const more = columns.length > 20 ? ` and ${columns.length - 20} more` : '';
    throw new UserError(`${file}: has no column ${JSON.stringify(name)}. It has ${shown.join(', ')}${more}.`);
  }
}

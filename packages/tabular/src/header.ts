import type { UserError } from '@mlops-actions/core';
import { type Place, tableFault } from './fault.ts';

/** More columns than this is a file read with the wrong delimiter, or no table. */
const mostColumns = 10_000;

/** The names of a table's columns. Throws a located `UserError` for over 10,000 of them, one that is empty and one that stands twice. */
export function checkedColumns(file: string, line: number, names: readonly string[]): readonly string[] {
  if (names.length > mostColumns) {
    throw tableFault(
      { file, line },
      `has ${names.length} columns, over the limit of ${mostColumns}. Check the delimiter.`,
    );
  }
  const positions = new Map<string, number>();
  names.forEach((name, index) => {
    if (name.trim() === '') {
      throw tableFault(
        { file, line },
        `column ${index + 1} has no name. Name it (pandas: \`to_csv(…, index=False)\`).`,
      );
    }
    const before = positions.get(name);
    if (before !== undefined) {
      throw tableFault({ file, line, column: name }, `stands twice, as column ${before} and ${index + 1}. Rename one.`);
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

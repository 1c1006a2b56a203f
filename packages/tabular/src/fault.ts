import { UserError } from '@mlops-actions/core';

/** Where in a table something is. Rows count from 1 without the header, lines from 1 with it. */
export interface Place {
  /** The file as messages show it. */
  readonly file: string;
  readonly line?: number;
  readonly row?: number;
  readonly column?: string;
}

/** `data.csv:12: row 11, column "age"`: a place in words, with the `file:line` that editors and CI hosts link. */
export function placeText({ file, line, row, column }: Place): string {
  const parts = [
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(column === undefined ? [] : [`column ${JSON.stringify(shortened(column))}`]),
  ];
  const position = line === undefined ? file : `${file}:${line}`;
  return parts.length === 0 ? position : `${position}: ${parts.join(', ')}`;
}

/** Something wrong with a table, at its place. `sentence` says what and how to put it right. */
export function tableFault(place: Place, sentence: string): UserError {
  return new UserError(`${placeText(place)}: ${sentence}`);
}

/** Text as a message shows it: at most 80 characters. */
export function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

import { formatNumber } from '@mlops-actions/core';
import { printable } from './printable.ts';

/** Text that is Markdown already and is not escaped again. */
export interface Markdown {
  readonly markdown: string;
}

/** What goes into a table: plain text (escaped), a number (written for people), or Markdown made by the functions here. */
export type Cell = string | number | Markdown;

export type Alignment = 'left' | 'right' | 'center';

const delimiters: Readonly<Record<Alignment, string>> = { left: '---', right: '--:', center: ':-:' };

/**
 * A GitHub-flavoured table. `align` says how each column is set; columns beyond it are set left. A row shorter than the headers is
 * filled with empty cells, a longer one is an error of the caller.
 */
export function table(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  align: readonly Alignment[] = [],
): string {
  const tooLong = rows.find((row) => row.length > headers.length);
  if (tooLong) throw new RangeError(`A row has ${tooLong.length} cells and the table ${headers.length} columns.`);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(headers.map(escapeText)),
    line(headers.map((_, column) => delimiters[align[column] ?? 'left'])),
    ...rows.map((row) => line(headers.map((_, column) => cellText(row[column] ?? '')))),
  ].join('\n');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return formatNumber(cell);
  return typeof cell === 'string' ? escapeText(cell) : cell.markdown;
}

/**
 * Foreign text as it is, for a table cell or within a line: nothing in it acts as Markdown or HTML. Line breaks become `<br>`. An
 * underscore inside a word is left alone, so that `val_loss` stays readable in the raw file.
 */
export function escapeText(text: string): string {
  return printable(text)
    .replace(/[\\`*[\]~!#$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
    .replace(/[&<>|]/g, (character) => entities[character] ?? character)
    .replace(/\n/g, '<br>');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/** Foreign text in a fixed-width font, safe in a table cell too. Entities, not backticks: they hold whatever the text contains. */
export function code(text: string): Markdown {
  const escaped = printable(text)
    .replace(
      /[^\p{L}\p{N}_ ./:=,;()+@%-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/gu,
      (character) => `&#${character.codePointAt(0)};`,
    )
    .replace(/&#10;/g, '<br>');
  return { markdown: `<code>${escaped}</code>` };
}

export function bold(text: string): Markdown {
  return { markdown: `**${escapeText(text)}**` };
}

/** A link, or plain text when the address is not one of http or https. */
export function link(text: string, url: string): Markdown {
  if (!/^https?:\/\/[!-~]+$/i.test(url)) return { markdown: escapeText(text) };
  const address = url.replace(/[()|<>\\`*_[\]]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  return { markdown: `[${escapeText(text)}](${address})` };
}

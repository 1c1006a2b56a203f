import type { UserError } from '@mlops-actions/core';
import { type Place, tableFault } from './fault.ts';

/** The text of a row without its line end. */
export function withoutLineEnd(bytes: Buffer): string {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === 10) end--;
  if (end > 0 && bytes[end - 1] === 13) end--;
  return bytes.toString('utf8', 0, end);
}

/**
 * The fields of one row of RFC 4180. A quote that opens a field must close it; one inside an unquoted field stands for itself, as
 * pandas reads it. Throws a located `UserError` for text between a closing quote and the next delimiter.
 */
export function quotedFields(text: string, delimiter: string, place: Place): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const { field, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at, delimiter);
    fields.push(field);
    if (end >= text.length) return fields;
    if (text[end] !== delimiter) {
      throw afterQuoteFault(fields.length, place);
    }
    at = end + 1;
  }
}

/** What is wrong with text between the closing quote of the row's field `field`, from 1, and the next delimiter. */
export function afterQuoteFault(field: number, place: Place): UserError {
  return tableFault(place, `field ${field} goes on after its closing quote. Double the quotes inside it.`);
}

function plainField(text: string, start: number, delimiter: string): { field: string; end: number } {
  const found = text.indexOf(delimiter, start);
  const end = found === -1 ? text.length : found;
  return { field: text.slice(start, end), end };
}

function quotedField(text: string, opening: number): { field: string; end: number } {
  let closing = text.indexOf('"', opening + 1);
  while (closing !== -1 && text[closing + 1] === '"') closing = text.indexOf('"', closing + 2);
  return { field: text.slice(opening + 1, closing).replaceAll('""', '"'), end: closing + 1 };
}

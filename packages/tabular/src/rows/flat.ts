import type { Json } from '@mlops-actions/core';
import { type Place, shortened, tableFault } from '../fault.ts';

const deepest = 100;

/** The columns of a row that is a JSON object, by name. A value inside another object has the path to it for a name, `a.b`. */
export type FlatRow = ReadonlyMap<string, Json>;

/**
 * The value that a JSON text writes, for cells. `NaN`, `Infinity` and `-Infinity`, which Python writes, become those texts, and whole numbers beyond
 * 2^53 their own text, so that none is rounded. Of equal keys the last counts. Throws as `parsedJson`.
 */
export function parsedJsonCells(text: string, place: Place, advice: string): Json {
  return parsedJson(
    withNumbers(text, (number) => `"${number}"`),
    place,
    advice,
  );
}

/** The same for the types of the cells: those numbers stay numbers, whichever. Throws as `parsedJson`. */
export function parsedJsonTypes(text: string, place: Place, advice: string): Json {
  return parsedJson(
    withNumbers(text, () => '0'),
    place,
    advice,
  );
}

/** The value that a JSON text writes. Throws a located `UserError` for what is no JSON and for values nested over 100 deep. */
export function parsedJson(text: string, place: Place, advice: string): Json {
  requireShallow(text, place);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw tableFault(place, `is not valid JSON (${shortened((error as Error).message)}). ${advice}`);
  }
}

const unusualNumbers = /\d{16}|NaN|Infinity/;

/** The text with `written` of the numbers that JSON does not have or JavaScript rounds. Texts are stepped over. */
function withNumbers(text: string, written: (number: string) => string): string {
  if (!unusualNumbers.test(text)) return text;
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:NaN|Infinity)\b|-?\d[\d.eE+-]*/g, (found) =>
    /^-?(?:[1-9]\d{15,}|NaN|Infinity)$/.test(found) && !Number.isSafeInteger(Number(found)) ? written(found) : found,
  );
}

/** A row as columns. Throws a located `UserError` for a value that is no object. */
export function flatRow(value: Json, place: Place): FlatRow {
  if (!isObject(value)) {
    const shown = shortened(JSON.stringify(value));
    throw tableFault(place, `is ${shown}, not a JSON object. Write \`{"column": value, …}\` on each line.`);
  }
  const row = new Map<string, Json>();
  addFlat(row, '', value);
  return row;
}

function addFlat(row: Map<string, Json>, prefix: string, value: { readonly [key: string]: Json }): void {
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) addFlat(row, `${prefix}${key}.`, item);
    else row.set(prefix + key, Array.isArray(item) ? JSON.stringify(item) : item);
  }
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Refuses text that is nested too deep before anything is made of it. */
function requireShallow(text: string, place: Place): void {
  if (hasFewOf('[', text) && hasFewOf('{', text)) return;
  let depth = 0;
  for (const [found] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (found === '{' || found === '[') depth++;
    else if (found === '}' || found === ']') depth--;
    if (depth > deepest) {
      throw tableFault(place, `is nested over ${deepest} levels deep. Write the values that matter as columns.`);
    }
  }
}

function hasFewOf(bracket: string, text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(bracket); at !== -1 && count <= deepest / 2; at = text.indexOf(bracket, at + 1)) count++;
  return count <= deepest / 2;
}

import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { type Json, UserError } from '@mlops-actions/core';
import { quotedFields, withoutLineEnd } from '../csv.ts';
import { recordCutter } from '../records.ts';
import { type FlatRow, flatRow, isObject, parsedJsonCells } from '../rows/flat.ts';

/** What a request or an answer holds. */
export type Body =
  /** Rows with names. */
  | { readonly kind: 'records'; readonly rows: readonly FlatRow[] }
  /** Rows of values in order, with names where the body gives them. `fromText`: the values are texts that may write numbers. */
  | {
      readonly kind: 'lists';
      readonly rows: readonly (readonly Json[])[];
      readonly names?: readonly string[];
      readonly fromText: boolean;
    }
  /** One list of values: a row, or a value for each row. */
  | { readonly kind: 'values'; readonly values: readonly Json[] };

/** A body as it was captured. */
export interface CapturedData {
  readonly data: string;
  /** As SageMaker names them; base64 is what it writes for every type that it was not told of. */
  readonly encoding: 'CSV' | 'JSON' | 'BASE64';
}

/** No body of one call is larger. */
const mostBytes = 64 << 20;

/** Reads a body. Undefined for one that holds no table: a picture, a page, text that is neither CSV nor JSON. */
export function readBody({ data, encoding }: CapturedData): Body | undefined {
  try {
    if (encoding === 'CSV') return csvBody(data);
    if (encoding === 'JSON') return jsonBody(data);
    const text = decodedText(data);
    return text === undefined ? undefined : guessedBody(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The text that base64 stands for, unpacked when it is gzip; undefined when it is no text. */
function decodedText(data: string): string | undefined {
  const packed = Buffer.from(data, 'base64');
  const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? unpacked(packed) : packed;
  return bytes !== undefined && isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : undefined;
}

function unpacked(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
}

/** Servers often name the wrong content type, so that the text itself is asked. */
function guessedBody(text: string): Body | undefined {
  const start = text.trimStart();
  if (start.startsWith('<')) return undefined;
  return start.startsWith('{') || start.startsWith('[') ? jsonBody(text) : csvBody(text);
}

const place = { file: 'a body' };

function csvBody(text: string): Body {
  const cutter = recordCutter(place.file, { kind: 'quoted', delimiter: 44 });
  const rows = [...cutter.push(Buffer.from(text)), ...cutter.end()]
    .map(({ bytes, quoted }) => ({ row: withoutLineEnd(bytes), quoted }))
    .filter(({ row }) => row !== '')
    .map(({ row, quoted }) => (quoted ? quotedFields(row, ',', place) : row.split(',')));
  return { kind: 'lists', rows, fromText: true };
}

/** One JSON value, or one on each line (application/jsonlines). */
function jsonBody(text: string): Body {
  const lines = text.trim().split(/\r?\n/);
  if (lines.length > 1 && lines.every((line) => /^[[{].*[\]}]$/.test(line.trim()))) {
    return bodyOf(lines.map((line) => parsedJsonCells(line, place, '')));
  }
  return bodyOf(parsedJsonCells(text, place, ''));
}

/** Keys under which serving containers wrap the rows, and what they call the other form of a pandas frame. */
const wrappers = [
  ...['instances', 'inputs', 'input_data', 'predictions', 'outputs', 'data'],
  ...['dataframe_records', 'dataframe_split'],
];

/**
 * What a JSON value holds: rows as objects or lists, bare or wrapped as TensorFlow Serving, MLflow, Azure ML and SageMaker's own containers do, or columns
 * as an object of lists of one length.
 */
export function bodyOf(value: Json): Body {
  if (Array.isArray(value)) return listBody(value);
  if (!isObject(value)) return { kind: 'values', values: [value] };
  if (Array.isArray(value.columns) && Array.isArray(value.data)) {
    return { kind: 'lists', names: value.columns.map(String), rows: value.data.map(asList), fromText: false };
  }
  for (const key of wrappers) {
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    if (Array.isArray(inner) || isObject(inner)) return bodyOf(inner);
  }
  const features = positionalRow(value);
  if (features !== undefined) return { kind: 'lists', rows: [features], fromText: false };
  return columnBody(value) ?? { kind: 'records', rows: [flatRow(value, place)] };
}

function listBody(values: readonly Json[]): Body {
  const rows = values.map((value) => (isObject(value) ? positionalRow(value) : value));
  if (values.length > 0 && values.every(isObject)) {
    return rows.every(Array.isArray)
      ? { kind: 'lists', rows: rows as Json[][], fromText: false }
      : { kind: 'records', rows: values.map((value) => flatRow(value, place)) };
  }
  if (values.some(Array.isArray)) return { kind: 'lists', rows: values.map(asList), fromText: false };
  return { kind: 'values', values };
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}

/** `{"features": [1, 2]}`, as SageMaker's own algorithms want a row. */
function positionalRow(value: { readonly [key: string]: Json }): readonly Json[] | undefined {
  const { features } = value;
  return Array.isArray(features) && Object.keys(value).length === 1 ? features : undefined;
}

/** An object of lists of one length, as columns. */
function columnBody(value: { readonly [key: string]: Json }): Body | undefined {
  const columns = Object.entries(value);
  const length = Array.isArray(columns[0]?.[1]) ? columns[0][1].length : 0;
  const isTable = length > 0 && columns.every(([, cells]) => Array.isArray(cells) && cells.length === length);
  if (!isTable) return undefined;
  const rows = Array.from({ length }, (_, row) => columns.map(([, cells]) => (cells as readonly Json[])[row] ?? null));
  return { kind: 'lists', names: columns.map(([name]) => name), rows, fromText: false };
}

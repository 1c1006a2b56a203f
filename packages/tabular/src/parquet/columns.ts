import type { ScanType } from '../scan.ts';
import type { NumberForm } from './kernel.ts';
import { physicalTypes, type SchemaElement } from './schema-element.ts';

/** How the cells of a column lie in its pages. */
export type Storage =
  | NumberStorage
  | { readonly kind: 'texts' }
  | { readonly kind: 'bytes'; readonly width: number; readonly uuid: boolean }
  | { readonly kind: 'booleans' }
  /** `why` ends the sentence "column x …". */
  | { readonly kind: 'unreadable'; readonly why: string };

/** Numbers of `width` bytes; those that are meant are `divisor` times smaller, and decimals have `scale` digits after the point. */
export interface NumberStorage {
  readonly kind: 'numbers';
  readonly form: NumberForm;
  readonly width: number;
  readonly divisor: number;
  readonly scale: number;
}

export interface ParquetColumn {
  readonly name: string;
  readonly type: ScanType;
  readonly storage: Storage;
  /** Number in the format's list of physical types; -1 for a nested column. */
  readonly physical: number;
  readonly nullable: boolean;
  /** Which of a row group's chunks is this column's. */
  readonly leaf: number;
}

type Reading = { readonly type: ScanType; readonly storage: Storage };

const milliseconds = { millis: 1, micros: 1e3, nanos: 1e6 } as const;

/** Digits of the widest decimal that any writer knows (256 bits), and its bytes. */
const mostDigits = 76;
const widestDecimal = 32;

/** What a column without children is read as. Format: `LogicalTypes.md` of apache/parquet-format. */
export function readingOf(element: SchemaElement): Reading {
  const { logical } = element;
  switch (physicalTypes[element.physical]) {
    case 'BOOLEAN':
      return { type: 'category', storage: { kind: 'booleans' } };
    case 'INT32':
      return wholeNumbers(element, 4);
    case 'INT64':
      return wholeNumbers(element, 8);
    case 'INT96':
      return numbers('timestamp', 'int96', 12);
    case 'FLOAT':
      return numbers('number', 'float', 4);
    case 'DOUBLE':
      return numbers('number', 'double', 8);
    case 'BYTE_ARRAY':
      if (logical === 'decimal') return unreadable('holds decimals of varying width, which are not read');
      if (logical === 'bson') return unreadable('holds BSON, which is not read');
      return { type: 'category', storage: { kind: 'texts' } };
    case 'FIXED_LEN_BYTE_ARRAY':
      return fixedBytes(element);
    default:
      return unreadable('is of a type that the format does not know');
  }
}

function wholeNumbers({ logical, unit, scale, signed }: SchemaElement, width: 4 | 8): Reading {
  const form = width === 4 ? 'int32' : 'int64';
  switch (logical) {
    case 'timestamp':
      return numbers('timestamp', form, width, milliseconds[unit]);
    case 'time':
      return numbers('number', form, width, milliseconds[unit]);
    case 'date':
      return width === 4 ? numbers('timestamp', 'days', width) : unreadable('holds dates of 64 bits, which cannot be');
    case 'decimal':
      return decimals(form, width, scale);
    default:
      return numbers('number', signed ? form : width === 4 ? 'uint32' : 'uint64', width);
  }
}

function fixedBytes({ logical, width, scale }: SchemaElement): Reading {
  if (!(width > 0)) return unreadable(`holds values of ${width} bytes, which cannot be`);
  if (logical === 'decimal') return decimals('bigEndian', width, scale);
  if (logical === 'float16' && width === 2) return numbers('number', 'float16', 2);
  if (logical === 'interval') return unreadable('holds intervals, which are neither a number nor a moment');
  return { type: 'category', storage: { kind: 'bytes', width, uuid: logical === 'uuid' && width === 16 } };
}

function decimals(form: NumberForm, width: number, scale: number): Reading {
  if (width > widestDecimal) return unreadable(`holds decimals of ${width} bytes, over the limit of ${widestDecimal}`);
  if (!(scale >= 0 && scale <= mostDigits)) return unreadable(`holds decimals of scale ${scale}, which cannot be`);
  return numbers('number', form, width, 10 ** scale, scale);
}

function numbers(type: ScanType, form: NumberForm, width: number, divisor = 1, scale = 0): Reading {
  return { type, storage: { kind: 'numbers', form, width, divisor, scale } };
}

export function unreadable(why: string): Reading {
  return { type: 'category', storage: { kind: 'unreadable', why } };
}

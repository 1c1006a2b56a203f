import type { Json } from '@mlops-actions/core';

/** What a column can hold. A `date` is YYYY-MM-DD; a `timestamp` is ISO 8601 (a time without a zone counts as UTC), or a date. */
export const columnTypes = ['integer', 'number', 'string', 'boolean', 'date', 'timestamp'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** A cell as its type compares it: numbers and days and moments (in milliseconds since 1970) as numbers. */
export type CellValue = number | string | boolean;

const integerPattern = /^[+-]?\d+$/;
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;
const timestampPattern =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?$/;

/**
 * The value of a cell that is not null, or undefined when it is not of the type. `fromText`: the file knows text only (CSV), so that
 * "12" is an integer; otherwise only the number 12 is. Not finite ("nan", "inf", 1e999) is no number.
 */
export function cellValue(type: ColumnType, cell: Json, fromText: boolean): CellValue | undefined {
  switch (type) {
    case 'integer':
    case 'number':
      return numberOf(type, cell, fromText);
    case 'boolean':
      return booleanOf(cell, fromText);
    case 'string':
      return typeof cell === 'string' ? cell : undefined;
    case 'date':
      return typeof cell === 'string' ? dateOf(cell) : undefined;
    case 'timestamp':
      return typeof cell === 'string' ? (timestampOf(cell) ?? dateOf(cell)) : undefined;
  }
}

function numberOf(type: 'integer' | 'number', cell: Json, fromText: boolean): number | undefined {
  if (fromText) {
    if (typeof cell !== 'string' || !(type === 'integer' ? integerPattern : numberPattern).test(cell)) return undefined;
  } else if (typeof cell !== 'number') return undefined;
  const value = Number(cell);
  if (!Number.isFinite(value)) return undefined;
  return type === 'integer' && !Number.isInteger(value) ? undefined : value;
}

const booleans: ReadonlyMap<Json, boolean> = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

function booleanOf(cell: Json, fromText: boolean): boolean | undefined {
  if (fromText) return booleans.get(cell);
  return typeof cell === 'boolean' ? cell : undefined;
}

function dateOf(text: string): number | undefined {
  const match = datePattern.exec(text);
  return match === null ? undefined : dayOf(match);
}

/** Midnight UTC of year, month and day in groups 1 to 3; undefined for a day that the calendar does not have. */
function dayOf([, year, month, day]: RegExpExecArray): number | undefined {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return date.getUTCDate() === Number(day) ? date.getTime() : undefined;
}

function timestampOf(text: string): number | undefined {
  const match = timestampPattern.exec(text);
  if (match === null) return undefined;
  const day = dayOf(match);
  const [, , , , hour = '', minute = '', second = '0', fraction = '0', , sign, zoneHour = '0', zoneMinute = '0'] =
    match;
  if (day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return undefined;
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
  const seconds = (Number(hour) * 60 + Number(minute) - zone) * 60 + Number(second) + Number(`0.${fraction}`);
  return day + seconds * 1000;
}

/** The narrowest type of a cell that is not null, by its look: what a column without a schema is profiled as. */
export function typeOfCell(cell: Json, fromText: boolean): ColumnType {
  if (typeof cell === 'number') return Number.isInteger(cell) ? 'integer' : 'number';
  if (typeof cell === 'boolean') return 'boolean';
  if (typeof cell !== 'string') return 'string';
  const first = cell.charCodeAt(0);
  const numeric = first < 58 && (first > 47 || first === 43 || first === 45 || first === 46);
  if (fromText && numeric) {
    if (integerPattern.test(cell)) return 'integer';
    if (numberOf('number', cell, true) !== undefined) return 'number';
  }
  if (numeric && dateOf(cell) !== undefined) return 'date';
  if (numeric && timestampOf(cell) !== undefined) return 'timestamp';
  return fromText && booleans.has(cell) ? 'boolean' : 'string';
}

/** The narrowest type that holds both. */
export function widerType(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  const both = new Set([a, b]);
  if (both.has('integer') && both.has('number')) return 'number';
  if (both.has('date') && both.has('timestamp')) return 'timestamp';
  return 'string';
}

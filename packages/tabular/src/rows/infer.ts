import type { Json } from '@mlops-actions/core';
import { cellValue } from '../cell.ts';
import { defaultNullTexts, type NullTexts } from '../kernels/cells.ts';
import type { ScanColumn, ScanType } from '../scan.ts';

/** What was seen in a column. */
const seenNumber = 1;
const seenNumericText = 2;
const seenTimestamp = 4;
const seenOther = 8;

const numericText = /^[ \t]*[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|inf|infinity)[ \t]*$/i;

/** Finds the columns of rows that are values, and what type each has. */
export interface TypeInference {
  /** `fromText`: the source knows texts only (CSV), so that "12" is a number; otherwise only 12 is. */
  see(column: string, cell: Json, fromText: boolean): void;
  /**
   * The columns in the order in which they were seen first, then those of `stated` that were not. The type is the one stated; else number or timestamp
   * where each cell is one or empty; else category. A column without any cell is a number, as in CSV.
   */
  columns(stated?: ReadonlyMap<string, ScanType>): ScanColumn[];
}

/** Texts that the scan will take for empty cells (`nullTexts.values`) say nothing about a type. */
export function typeInference(nullTexts: NullTexts = {}): TypeInference {
  const empty = new Set(nullTexts.values ?? defaultNullTexts);
  const seen = new Map<string, number>();

  function kindOf(cell: Json, fromText: boolean): number {
    if (typeof cell === 'number') return seenNumber;
    if (cell === null || cell === '') return 0;
    if (typeof cell !== 'string') return seenOther;
    const text = cell.trim();
    if (empty.has(text)) return 0;
    if (numericText.test(cell)) return fromText ? seenNumber : seenNumericText;
    return cellValue('timestamp', text, true) === undefined ? seenOther : seenTimestamp;
  }

  return {
    see: (column, cell, fromText) => void seen.set(column, (seen.get(column) ?? 0) | kindOf(cell, fromText)),
    columns(stated = new Map()) {
      const names = new Set([...seen.keys(), ...stated.keys()]);
      return [...names].map((name) => ({ name, type: stated.get(name) ?? typeOf(seen.get(name) ?? 0) }));
    },
  };
}

function typeOf(seen: number): ScanType {
  if ((seen & ~(seenNumber | seenNumericText)) === 0 && seen !== seenNumericText) return 'number';
  return seen === seenTimestamp ? 'timestamp' : 'category';
}

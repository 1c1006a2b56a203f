import type { Json } from '@mlops-actions/core';
import { type ColumnType, cellValue, typeOfCell, widerType } from './cell.ts';
import { shortened } from './fault.ts';
import type { Batch } from './table.ts';

/** Different values of a column up to which they are counted one by one. */
const mostDistinct = 1000;
const mostTop = 10;

/** What one column looks like. */
export interface ColumnProfile {
  readonly name: string;
  /** The schema's, or else the narrowest that holds every cell; `null` when all cells are null. */
  readonly type: ColumnType | 'null';
  readonly nulls: number;
  /** Of numbers; ISO 8601 text of dates and timestamps; absent otherwise. */
  readonly min?: number | string;
  readonly max?: number | string;
  /** Of numbers. */
  readonly mean?: number;
  /** How many different values; absent when there are over 1000. */
  readonly distinct?: number;
  /**
   * The ten most frequent values (the text in CSV, the JSON text in JSONL, at most 80 characters), ties in order of appearance; absent
   * when there are over 1000 different ones.
   */
  readonly top?: readonly { readonly value: string; readonly count: number }[];
}

/** A table's profile. `format` grows when a field changes its meaning or goes. */
export interface TableProfile {
  readonly format: 1;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** Profiles a table batch by batch; memory is bounded by columns × 1000 values. */
export interface Profiler {
  add(batch: Batch): void;
  profile(): TableProfile;
}

/** `declared`: the types that a schema gives; other columns' types are found. */
export function tableProfiler(declared: ReadonlyMap<string, ColumnType> = new Map()): Profiler {
  const columns = new Map<string, ReturnType<typeof columnProfiler>>();
  let rows = 0;

  function columnFor(name: string) {
    const column = columns.get(name) ?? columnProfiler(name, declared.get(name));
    columns.set(name, column);
    return column;
  }

  return {
    add({ columns: names, rows: added, format }) {
      rows += added.length;
      names.forEach((name, index) => {
        const column = columnFor(name);
        for (const { cells } of added) column.add(cells[index] ?? null, format !== 'jsonl');
      });
    },
    profile: () => ({ format: 1, rows, columns: [...columns.values()].map((column) => column.profile()) }),
  };
}

function columnProfiler(name: string, declared: ColumnType | undefined) {
  let found: ColumnType | undefined;
  let nulls = 0;
  let numbers = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let counts: Map<string, number> | undefined = new Map();

  function count(key: string): void {
    if (counts === undefined) return;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (counts.size > mostDistinct) counts = undefined;
  }

  function measure(value: number): void {
    numbers++;
    if (value < min) min = value;
    if (value > max) max = value;
    mean += (value - mean) / numbers;
  }

  function range(type: ColumnType | 'null'): Pick<ColumnProfile, 'min' | 'max' | 'mean'> {
    if (numbers === 0) return {};
    if (type === 'integer' || type === 'number') return { min, max, mean };
    if (type === 'date') return { min: isoText(min).slice(0, 10), max: isoText(max).slice(0, 10) };
    return type === 'timestamp' ? { min: isoText(min), max: isoText(max) } : {};
  }

  return {
    add(cell: Json, fromText: boolean): void {
      if (cell === null) {
        nulls++;
        return;
      }
      // A JSON cell is counted by its JSON text, so that 1 and "1" stay apart.
      count(fromText ? (cell as string) : JSON.stringify(cell));
      if (declared === undefined && found !== 'string') {
        const type = typeOfCell(cell, fromText);
        found = found === undefined ? type : widerType(found, type);
      }
      const type = declared ?? found ?? 'string';
      if (type === 'string' || type === 'boolean') return;
      const value = cellValue(type, cell, fromText);
      if (typeof value === 'number') measure(value);
    },
    profile(): ColumnProfile {
      const type = declared ?? found ?? 'null';
      return { name, type, nulls, ...range(type), ...(counts === undefined ? {} : tops(counts)) };
    },
  };
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function tops(counts: ReadonlyMap<string, number>): Pick<ColumnProfile, 'distinct' | 'top'> {
  const top = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostTop)
    .map(([value, count]) => ({ value: shortened(value), count }));
  return { distinct: counts.size, top };
}

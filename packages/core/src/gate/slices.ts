import { normalSlice } from '../metrics/metric-set.ts';
import type { Undefined } from '../metrics/paired.ts';
import type { Part } from './test-set.ts';

/** A column that divides the rows into groups. */
export interface SliceColumn {
  /** 0 for an empty cell, otherwise 1 + index into `texts`. */
  readonly codes: Uint32Array;
  readonly texts: readonly string[];
}

/** By name. */
export type SliceColumns = ReadonlyMap<string, SliceColumn>;

/** More groups than a report can show and a rule can mean. */
export const maxGroups = 1000;

/** The rows of a slice such as `segment=new,region=eu`; `segment=` are the rows without a value. */
export function rowsOfSlice(columns: SliceColumns, slice: string, source: string): Part | Undefined {
  const conditions: { readonly codes: Uint32Array; readonly code: number }[] = [];
  for (const condition of slice.split(',')) {
    const [name = '', ...rest] = condition.split('=');
    if (rest.length === 0) return { undefined: `the slice ${condition} is no condition such as segment=new` };
    const column = columns.get(name);
    if (column === undefined) return { undefined: noColumn(name, columns, source) };
    const value = rest.join('=');
    const code = value === '' ? 0 : column.texts.indexOf(value) + 1;
    if (code === 0 && value !== '') return { undefined: noRow(condition, name, column, source) };
    conditions.push({ codes: column.codes, code });
  }
  const count = conditions[0]?.codes.length ?? 0;
  const rows = Uint32Array.from(
    indices(count, (row) => conditions.every(({ codes, code }) => (codes[row] as number) === code)),
  );
  return rows.length > 0 ? { name: slice, rows } : { undefined: `${source} has no row with ${slice}` };
}

/** The groups that columns divide all rows into, by name. */
export function groupsOfRows(
  columns: SliceColumns,
  names: readonly string[],
  source: string,
): readonly Part[] | Undefined {
  const chosen: SliceColumn[] = [];
  for (const name of names) {
    const column = columns.get(name);
    if (column === undefined) return { undefined: noColumn(name, columns, source) };
    chosen.push(column);
  }
  const count = chosen[0]?.codes.length ?? 0;
  const groups = new Map<string, number[]>();
  for (let row = 0; row < count; row++) {
    const key = chosen.map(({ codes }) => codes[row]).join();
    const rows = groups.get(key);
    if (rows !== undefined) rows.push(row);
    else if (groups.size < maxGroups) groups.set(key, [row]);
    else {
      return {
        undefined: `${names.join(', ')} divides ${source} into more than ${maxGroups} groups; give a column with fewer values, such as ranges`,
      };
    }
  }
  return [...groups]
    .map(([key, rows]): Part => ({ name: groupName(names, chosen, key), rows: Uint32Array.from(rows) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function groupName(names: readonly string[], columns: readonly SliceColumn[], key: string): string {
  const codes = key.split(',').map(Number);
  const conditions = names.map((name, index) => {
    const code = codes[index] as number;
    return `${name}=${code === 0 ? '' : columns[index]?.texts[code - 1]}`;
  });
  return normalSlice(conditions.join(','));
}

function noColumn(name: string, columns: SliceColumns, source: string): string {
  const known = [...columns.keys()];
  const others = known.length === 0 ? '' : `; it has ${known.slice(0, 8).join(', ')}`;
  return `${source} has no column ${name} to slice by${others}`;
}

function noRow(condition: string, name: string, { texts }: SliceColumn, source: string): string {
  const shown = [...texts].sort().slice(0, 8);
  const more = texts.length > shown.length ? ` and ${texts.length - shown.length} more` : '';
  return `${source} has no row with ${condition}; ${name} is ${shown.join(', ')}${more}`;
}

function* indices(count: number, wanted: (row: number) => boolean): Generator<number> {
  for (let row = 0; row < count; row++) if (wanted(row)) yield row;
}

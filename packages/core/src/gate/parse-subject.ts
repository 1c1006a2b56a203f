import { normalSlice } from '../metrics/metric-set.ts';
import { type RuleCursor, RuleFault } from './rule-cursor.ts';
import type { Grouping, Rule } from './rules.ts';

export type Subject = Pick<Rule, 'metric' | 'slice' | 'groups'>;

/** Reads what stands before the operator: `recall`, `recall[segment=new]`, `recall[worst of segment]`, `gap(tpr by sex)`. */
export function parseSubject(cursor: RuleCursor): Subject {
  const start = cursor.at;
  const call = cursor.match(/(gap|ratio)\s*\(\s*/y);
  if (call !== undefined) return comparedGroups(cursor, call[1] as 'gap' | 'ratio', start);
  const name = metric(cursor);
  cursor.skipBlanks();
  return { metric: name, ...rowsOf(cursor) };
}

function metric(cursor: RuleCursor): string {
  const name = cursor.quoted() ?? cursor.match(/[\p{L}_][\p{L}\p{N}_./:@-]*/uy)?.[0];
  if (name !== undefined) return name;
  throw new RuleFault(
    `a rule starts with a metric, such as accuracy; ${cursor.rest()} is none. Put odd names in quotation marks.`,
    cursor.at,
  );
}

function comparedGroups(cursor: RuleCursor, kind: 'gap' | 'ratio', start: number): Subject {
  const name = metric(cursor);
  if (cursor.match(/\s+by\s+/y) === undefined) {
    throw new RuleFault(`by and a column are expected here. Write ${kind}(${name} by sex).`, cursor.at);
  }
  const columns = columnList(cursor, /[^),"']+/y);
  if (cursor.match(/\s*\)/y) === undefined) throw new RuleFault(`the bracket of ${kind} is never closed.`, start);
  return { metric: name, groups: { kind, columns } };
}

function rowsOf(cursor: RuleCursor): { readonly slice?: string; readonly groups?: Grouping } {
  const start = cursor.at;
  if (cursor.match(/\[\s*/y) === undefined) return {};
  if (cursor.match(/worst\s+of\s+/y) !== undefined) {
    const columns = columnList(cursor, /[^\],"']+/y);
    close(cursor, start);
    return { groups: { kind: 'worst', columns } };
  }
  const name = cursor.quoted() ?? cursor.match(/[^\]]*/y)?.[0] ?? '';
  close(cursor, start);
  if (name.trim() === '') throw new RuleFault('the slice is empty. Write recall[segment=new].', start);
  return { slice: normalSlice(name) };
}

function close(cursor: RuleCursor, start: number): void {
  if (cursor.match(/\s*\]/y) === undefined) throw new RuleFault('the bracket of the slice is never closed.', start);
}

function columnList(cursor: RuleCursor, bare: RegExp): string[] {
  const columns: string[] = [];
  do {
    cursor.skipBlanks();
    const start = cursor.at;
    const column = cursor.quoted() ?? cursor.match(bare)?.[0].trim() ?? '';
    if (column === '') throw new RuleFault(`the name of a column is expected here, not ${cursor.rest()}.`, start);
    if (columns.includes(column)) throw new RuleFault(`the column ${column} stands here twice.`, start);
    columns.push(column);
  } while (cursor.match(/\s*,/y) !== undefined);
  return columns;
}

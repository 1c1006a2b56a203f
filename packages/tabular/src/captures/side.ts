import type { Json } from '@mlops-actions/core';
import type { Body } from './body.ts';

/** The rows of one side of a call: what went in, what came out, or what turned out to be true. */
export interface Side {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly fromText: boolean;
}

/** How the values of a side are named that the body does not name. */
export interface Naming {
  /** In the order of the values; absent: `input_0`, `input_1`, … by `prefix`. */
  readonly names?: readonly string[] | undefined;
  readonly prefix: string;
}

/**
 * Lays out the two sides of a call row by row. A single list is one row, or one value a row where the other side has as many rows; so is one line of CSV
 * among the answers (XGBoost answers so). Undefined when a side has a number of values that its names do not have, or the sides differ in
 * their number of rows.
 */
export function alignedSides(
  input: Body | undefined,
  output: Body | undefined,
  naming: { readonly input: Naming; readonly output: Naming },
): { readonly input?: Side; readonly output?: Side; readonly rows: number } | undefined {
  const inputs = input && sideOf(input, naming.input, output && fixedRows(output));
  const outputs = output && sideOf(output, naming.output, inputs?.rows.length);
  if ((input !== undefined && inputs === undefined) || (output !== undefined && outputs === undefined))
    return undefined;
  const rows = inputs?.rows.length ?? outputs?.rows.length ?? 0;
  if (outputs !== undefined && outputs.rows.length !== rows) return undefined;
  return { ...(inputs && { input: inputs }), ...(outputs && { output: outputs }), rows };
}

/** How many rows a body has, when that does not depend on the other side. */
function fixedRows(body: Body): number | undefined {
  return body.kind === 'values' ? undefined : body.rows.length;
}

/** The rows of a body when the other side has `others` rows (undefined: it does not say); undefined when its values do not fit its names. */
export function sideOf(body: Body, naming: Naming, others: number | undefined): Side | undefined {
  switch (body.kind) {
    case 'records': {
      const names = [...new Set(body.rows.flatMap((row) => [...row.keys()]))];
      return { names, rows: body.rows.map((row) => names.map((name) => row.get(name) ?? null)), fromText: false };
    }
    case 'values':
      return listSide([body.values], false, naming, others);
    case 'lists':
      if (body.names === undefined) return listSide(body.rows, body.fromText, naming, others);
      return namedSide(body.rows, body.fromText, body.names);
  }
}

function listSide(
  lists: readonly (readonly Json[])[],
  fromText: boolean,
  { names, prefix }: Naming,
  others: number | undefined,
): Side | undefined {
  const [first = []] = lists;
  const isColumn =
    lists.length === 1 && first.length > 1 && (names === undefined ? others === first.length : names.length === 1);
  const rows = isColumn ? first.map((value) => [value]) : lists.filter((list) => !isHeader(list, names));
  const width = rows[0]?.length ?? 0;
  return namedSide(rows, fromText, names ?? Array.from({ length: width }, (_, index) => `${prefix}_${index}`));
}

/** Some clients send the names along, as the first line. */
function isHeader(list: readonly Json[], names: readonly string[] | undefined): boolean {
  return names !== undefined && list.length === names.length && list.every((value, index) => value === names[index]);
}

function namedSide(rows: readonly (readonly Json[])[], fromText: boolean, names: readonly string[]): Side | undefined {
  if (rows.some((row) => row.length !== names.length) || new Set(names).size < names.length) return undefined;
  return { names, rows: rows.map((row) => row.map(asCell)), fromText };
}

function asCell(value: Json): Json {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

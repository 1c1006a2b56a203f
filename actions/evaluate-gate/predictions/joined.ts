import { UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';
import { joinOnIds } from './join.ts';
import type { OpenTables, Plan } from './plan.ts';
import type { Order } from './rows.ts';
import type { ReadTable } from './tables.ts';

/** A table that was read, and which of its rows is which of the test set's. */
export interface Placed {
  readonly table: ReadTable;
  readonly order: Order;
}

/** The tables of a test set, whose rows are those of the candidate's. */
export interface Joined {
  readonly candidate: Placed;
  readonly champion?: Placed;
  readonly labels?: Placed;
  readonly warnings: readonly string[];
}

/**
 * Reads all tables and joins them: on their ids, or row by row where there are none and the right answers, which both then hold, agree in
 * every row. Throws a `UserError` unless all hold the same test set.
 */
export async function joined(tables: OpenTables, { ids, label }: Plan, signal: AbortSignal): Promise<Joined> {
  const base = await tables.candidate.read(signal);
  const warnings = [...base.warnings];

  async function placed(open: OpenTables['champion']): Promise<Placed | undefined> {
    if (open === undefined) return undefined;
    const table = await open.read(signal);
    warnings.push(...table.warnings);
    const id = ids.get(open);
    const baseId = ids.get(tables.candidate);
    if (id !== undefined && baseId !== undefined) {
      const order = joinOnIds(
        { column: base.column(baseId), table: base.shown },
        { column: table.column(id), table: table.shown },
      );
      requireSameLabels(
        base,
        table,
        order,
        label,
        (row) => ` (id ${JSON.stringify(cellText(base.column(baseId), row))})`,
      );
      return { table, order };
    }
    requireSameRows(base, table, label);
    warnings.push(
      `${base.shown} and ${table.shown} have no ids: their rows are taken in their order, in which the labels agree.`,
    );
    return { table, order: undefined };
  }

  const champion = await placed(tables.champion);
  const labels = await placed(tables.labels);
  return {
    candidate: { table: base, order: undefined },
    ...(champion === undefined ? {} : { champion }),
    ...(labels === undefined ? {} : { labels }),
    warnings,
  };
}

/** Without ids, only equal labels in every row say that the rows are the same. */
function requireSameRows(base: ReadTable, table: ReadTable, label: string | undefined): void {
  if (base.rows !== table.rows) {
    throw new UserError(
      `${base.shown} has ${base.rows} rows and ${table.shown} has ${table.rows}, and they have no column of ids. Both must hold the same test set; name the ids in \`id-column\`.`,
    );
  }
  if (label === undefined || !base.has(label) || !table.has(label)) {
    throw new UserError(
      `${base.shown} and ${table.shown} cannot be joined: they have no column of ids, such as id. Name it in \`id-column\`.`,
    );
  }
  requireSameLabels(base, table, undefined, label, () => '');
}

/** Where two tables hold the right answers, they must agree. */
function requireSameLabels(
  base: ReadTable,
  table: ReadTable,
  order: Order,
  label: string | undefined,
  place: (row: number) => string,
): void {
  if (label === undefined || !base.has(label) || !table.has(label)) return;
  const [own, other] = [base.column(label), table.column(label)];
  let different = 0;
  let first = 0;
  for (let row = base.rows - 1; row >= 0; row--) {
    if (cellText(own, row) === cellText(other, order === undefined ? row : (order[row] as number))) continue;
    different++;
    first = row;
  }
  if (different === 0) return;
  const otherRow = order === undefined ? first : (order[first] as number);
  throw new UserError(
    `${base.shown} and ${table.shown} do not hold the same test set: ${label} differs in ${different} of ${base.rows} rows, such as row ${first + 1}${place(first)}: ${cellText(own, first)} and ${cellText(other, otherRow)}.`,
  );
}

function cellText(column: CollectedColumn, row: number): string {
  if (column.type !== 'category') return String(column.values[row]);
  const code = column.codes[row] as number;
  return code === 0 ? '' : (column.texts[code - 1] as string);
}

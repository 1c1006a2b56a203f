import { UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';

/** The ids of one table, and how messages name it. */
export interface Ids {
  readonly column: CollectedColumn;
  readonly table: string;
}

/**
 * For each row of `base` the row of `other` with the same id. Throws a `UserError` unless both tables hold exactly the same ids, each once:
 * models that answered different rows were not given the same test.
 */
export function joinOnIds(base: Ids, other: Ids): Uint32Array {
  const rowOf = uniqueIds(other);
  const baseRows = uniqueIds(base);
  const matched = new Uint32Array(baseRows.size);
  const missing: string[] = [];
  let missingCount = 0;
  for (const [id, row] of baseRows) {
    const found = rowOf.get(id);
    if (found !== undefined) matched[row] = found;
    else if (++missingCount <= 1) missing.push(String(id));
  }
  const surplus = rowOf.size - (baseRows.size - missingCount);
  if (missingCount === 0 && surplus === 0) return matched;
  const extra = surplus === 0 ? undefined : [...rowOf.keys()].find((id) => !baseRows.has(id));
  const parts = [
    ...(missingCount === 0
      ? []
      : [
          `${missingCount} of the ${baseRows.size} ids of ${base.table} are not in ${other.table} (such as ${JSON.stringify(missing[0])})`,
        ]),
    ...(extra === undefined
      ? []
      : [
          `${surplus} of the ${rowOf.size} ids of ${other.table} are not in ${base.table} (such as ${JSON.stringify(String(extra))})`,
        ]),
  ];
  throw new UserError(`${parts.join(', and ')}. Both must hold the same test set, row for row.`);
}

/** Each id with its row. Throws a `UserError` for an id that is missing or stands twice. */
function uniqueIds({ column, table }: Ids): ReadonlyMap<string | number, number> {
  const rows = new Map<string | number, number>();
  const ids = idsOf(column);
  let repeated = 0;
  let example: { readonly id: string | number; readonly first: number; readonly row: number } | undefined;
  for (const [row, id] of ids.entries()) {
    if (id === undefined) {
      throw new UserError(`${table}: row ${row + 1} has no ${column.name}. Every row needs an id to be joined by.`);
    }
    const first = rows.get(id);
    if (first === undefined) rows.set(id, row);
    else {
      repeated++;
      example ??= { id, first, row };
    }
  }
  if (example === undefined) return rows;
  const { id, first, row } = example;
  throw new UserError(
    `${table}: ${repeated} of ${ids.length} rows repeat an id (${JSON.stringify(String(id))} stands in rows ${first + 1} and ${row + 1}). An id must stand once.`,
  );
}

function idsOf(column: CollectedColumn): (string | number | undefined)[] {
  if (column.type === 'category') {
    return Array.from(column.codes, (code) => (code === 0 ? undefined : column.texts[code - 1]));
  }
  return Array.from(column.values, (value) => (Number.isNaN(value) ? undefined : value));
}

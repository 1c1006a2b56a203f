import { UserError } from '@mlops-actions/core';
import {
  type CollectedColumn,
  type CollectedNumbers,
  type CollectOptions,
  collectColumns,
  openTable,
  type ScanColumn,
  type ScanType,
} from '@mlops-actions/tabular';
import { type Roles, roleInputs } from '../inputs.ts';
import type { TableSide } from '../side.ts';

/** The columns of one side that signals about the model need, row by row. */
export interface SideRows {
  /** How messages name it. */
  readonly shown: string;
  readonly rows: number;
  readonly id?: CollectedColumn;
  readonly label?: CollectedColumn;
  readonly prediction?: CollectedColumn;
  readonly probability?: Float64Array;
  /** Milliseconds since 1970; NaN where a row has none. */
  readonly moments?: Float64Array;
  readonly segment?: CollectedColumn;
}

export type RoleName = keyof Roles;

/** What a column with a role is read as. */
export type RoleTypes = ReadonlyMap<RoleName, ScanType>;

/** Ids, which may all be different, are texts too. */
const interning = { texts: 2 ** 26 } as const;

/** What to read the columns with `wanted` roles as: alike on all sides, as texts where any of them suggests texts. */
export function roleTypes(
  sides: readonly Pick<TableSide, 'columns'>[],
  roles: Roles,
  wanted: readonly RoleName[],
): RoleTypes {
  return new Map(
    wanted.map((role) => {
      const suggested = sides.flatMap(({ columns }) => columns.filter(({ name }) => name === roles[role]));
      return [
        role,
        typeOf(
          role,
          suggested.map(({ type }) => type),
        ),
      ] as const;
    }),
  );
}

function typeOf(role: RoleName, suggested: readonly ScanType[]): ScanType {
  switch (role) {
    case 'probability':
      return 'number';
    case 'timestamp':
      return suggested.every((type) => type === 'number') ? 'number' : 'timestamp';
    case 'segment':
      return 'category';
    default:
      return suggested.includes('category') ? 'category' : (suggested[0] ?? 'number');
  }
}

/** Reads the columns that have a role in `types`. Throws a `UserError` that names a column which the table does not have. */
export async function readRows(
  side: TableSide,
  roles: Roles,
  types: RoleTypes,
  signal: AbortSignal,
): Promise<SideRows> {
  const names = [...types].map(([role, type]) => ({ role, name: roles[role] as string, type }));
  for (const { role, name } of names) {
    if (side.columns.some((column) => column.name === name)) continue;
    throw new UserError(`Input \`${roleInputs[role]}\` names ${name}, and ${side.shown} has no such column.`);
  }
  const scanner = await openTable(side.source, { ...side.open, interning, signal });
  const different = new Map(names.map(({ name, type }): [string, ScanColumn] => [name, { name, type }]));
  const options: CollectOptions = { signal, label: side.shown };
  const { rows, columns } = await collectColumns(scanner, [...different.values()], options);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const column = (role: RoleName): CollectedColumn | undefined =>
    types.has(role) ? byName.get(roles[role] as string) : undefined;
  const [id, label, prediction, probability, moments, segment] = (
    ['id', 'label', 'prediction', 'probability', 'timestamp', 'segment'] as const
  ).map(column);
  return {
    shown: side.shown,
    rows,
    ...(id === undefined ? {} : { id }),
    ...(label === undefined ? {} : { label }),
    ...(prediction === undefined ? {} : { prediction }),
    ...(probability === undefined ? {} : { probability: (probability as CollectedNumbers).values }),
    ...(moments === undefined ? {} : { moments: (moments as CollectedNumbers).values }),
    ...(segment === undefined ? {} : { segment }),
  };
}

/** Whether a cell of a column is filled. */
export function isFilled(column: CollectedColumn, row: number): boolean {
  return column.type === 'category' ? column.codes[row] !== 0 : Number.isFinite(column.values[row]);
}

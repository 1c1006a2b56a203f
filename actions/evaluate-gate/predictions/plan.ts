import { UserError } from '@mlops-actions/core';
import type { Joined, Placed } from './joined.ts';
import type { PredictionsAsked } from './read-predictions.ts';
import { firstOf, idColumn, labelColumn, labelColumns, type ModelColumns, modelColumns, present } from './roles.ts';
import type { OpenTable } from './tables.ts';

export interface OpenTables {
  readonly candidate: OpenTable;
  /** Absent when the champion's answers stand in the candidate's table, or nowhere. */
  readonly champion: OpenTable | undefined;
  readonly labels: OpenTable | undefined;
}

export interface Roles {
  readonly candidate: ModelColumns;
  readonly champion: ModelColumns | undefined;
}

/** Which columns hold which model's answers. */
export function rolesOf({ columns, championPredictions }: PredictionsAsked, tables: OpenTables): Roles {
  const { shown, names } = tables.candidate;
  const isShared = championPredictions === undefined;
  const candidate = modelColumns(names, 'candidate', isShared, columns, shown);
  if (candidate === undefined) throw noAnswers(shown, names, 'candidate');
  if (tables.champion === undefined) {
    const champion = modelColumns(names, 'champion', true, columns, shown);
    if (champion?.prediction !== undefined && champion.prediction === candidate.prediction) {
      throw new UserError(
        `Column ${champion.prediction} of ${shown} is named for both models. Name the champion's own.`,
      );
    }
    return { candidate, champion };
  }
  const other = tables.champion;
  const champion = modelColumns(other.names, 'champion', false, columns, other.shown);
  if (champion === undefined) throw noAnswers(other.shown, other.names, 'champion');
  return { candidate, champion };
}

function noAnswers(shown: string, names: readonly string[], model: string): UserError {
  return new UserError(
    `${shown} has no column with the ${model}'s answers, such as prediction, probability or score; it has ${firstOf(names)}. Name it in \`prediction-column\` or \`score-column\`.`,
  );
}

/** Which columns are read, and as what. */
export interface Plan {
  /** The table that has the right answers. */
  readonly truth: 'candidate' | 'champion' | 'labels';
  /** Absent for multilabel. */
  readonly label: string | undefined;
  /** Multilabel: label to column. */
  readonly labels: ReadonlyMap<string, string>;
  /** By table; absent when a table has none. */
  readonly ids: ReadonlyMap<OpenTable, string>;
}

/** Decides which columns of which table are read, and says so to the tables. */
export function wantColumns(asked: PredictionsAsked, tables: OpenTables, roles: Roles): Plan {
  const { columns } = asked;
  const truth = truthTable(asked, tables);
  const table = tables[truth] as OpenTable;
  const isMultilabel = asked.task === 'multilabel' || labelColumn(table.names, columns, table.shown) === undefined;
  const label = isMultilabel ? undefined : labelColumn(table.names, columns, table.shown);
  const labels = isMultilabel ? labelColumns(table.names) : new Map<string, string>();
  const kind = label === undefined ? 'number' : kindOf(asked.task, table.suggested(label));
  if (label !== undefined) {
    for (const each of allTables(tables)) if (each.names.includes(label)) each.want(label, kind);
  }
  for (const column of labels.values()) table.want(column, 'number');
  wantAnswers(tables.candidate, roles.candidate, kind);
  if (roles.champion !== undefined) wantAnswers(tables.champion ?? tables.candidate, roles.champion, kind);
  for (const column of [columns.weight, columns.query, ...asked.slices]) {
    if (column === undefined) continue;
    const holder = holderOf(column, tables);
    const input = column === columns.weight ? 'weight-column' : column === columns.query ? 'query-column' : 'slices';
    if (holder === undefined) present(column, allColumns(tables), sourceOf(tables), input);
    else tables[holder]?.want(column, column === columns.weight ? 'number' : 'category');
  }
  return { truth, label, labels, ids: wantIds(asked, tables) };
}

/** The table with the right answers: the one given for them, or else a model's own. */
function truthTable({ columns, labels }: PredictionsAsked, tables: OpenTables): Plan['truth'] {
  if (tables.labels !== undefined) {
    const { names, shown } = tables.labels;
    if (labelColumn(names, columns, shown) !== undefined || labelColumns(names).size > 1) return 'labels';
    throw noLabels(labels as string, names, columns.label);
  }
  for (const each of ['candidate', 'champion'] as const) {
    const table = tables[each];
    if (table === undefined) continue;
    if (labelColumn(table.names, columns, table.shown) !== undefined || labelColumns(table.names).size > 1) return each;
  }
  throw noLabels(tables.candidate.shown, tables.candidate.names, columns.label);
}

function noLabels(shown: string, names: readonly string[], stated: string | undefined): UserError {
  const what =
    stated === undefined ? 'no column with the right answers, such as label or target' : `no column ${stated}`;
  return new UserError(
    `${shown} has ${what}; it has ${firstOf(names)}. Name it in \`label-column\`, or give the right answers in a file of their own as \`labels\`.`,
  );
}

/** Labels and predictions are read alike. */
function kindOf(task: PredictionsAsked['task'], suggested: string): 'number' | 'category' {
  if (task === 'regression' || task === 'ranking') return 'number';
  if (task === 'binary' || task === 'multiclass') return 'category';
  return suggested === 'number' ? 'number' : 'category';
}

function wantAnswers(table: OpenTable, columns: ModelColumns, kind: 'number' | 'category'): void {
  if (columns.prediction !== undefined) table.want(columns.prediction, kind);
  if (columns.score !== undefined) table.want(columns.score.column, 'number');
  for (const column of [...columns.probabilities.values(), ...columns.predictions.values()])
    table.want(column, 'number');
}

/** The ids by which several tables are joined: all are numbers, or all are texts. */
function wantIds({ columns }: PredictionsAsked, tables: OpenTables): ReadonlyMap<OpenTable, string> {
  const all = allTables(tables);
  if (all.length === 1) return new Map();
  const ids = new Map(
    all.flatMap((table) => {
      const column = idColumn(table.names, columns, table.shown);
      return column === undefined ? [] : [[table, column] as const];
    }),
  );
  if (ids.size < all.length) return new Map();
  const kind = [...ids].every(([table, column]) => table.suggested(column) === 'number') ? 'number' : 'category';
  for (const [table, column] of ids) table.want(column, kind);
  return ids;
}

/** The table from which a column was read. */
export function holderAmong(column: string, { labels, candidate, champion }: Joined): Placed {
  return [labels, candidate, champion].find((placed) => placed?.table.has(column)) as Placed;
}

/** The first table that has a column, the right answers' before the models'. */
function holderOf(column: string, tables: OpenTables): keyof OpenTables | undefined {
  return (['labels', 'candidate', 'champion'] as const).find((each) => tables[each]?.names.includes(column));
}

function allTables({ candidate, champion, labels }: OpenTables): OpenTable[] {
  return [candidate, champion, labels].filter((table) => table !== undefined);
}

function allColumns(tables: OpenTables): string[] {
  return allTables(tables).flatMap(({ names }) => names);
}

/** How messages name the test set. */
export function sourceOf(tables: OpenTables): string {
  return allTables(tables)
    .map(({ shown }) => shown)
    .join(' + ');
}

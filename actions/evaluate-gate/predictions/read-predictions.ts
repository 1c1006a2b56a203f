import { realpath } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Answers, type SliceColumns, type Task, type Truth, UserError } from '@mlops-actions/core';
import { fileSource, openTable } from '@mlops-actions/tabular';
import type { Answered } from './answers.ts';
import { type Joined, joined } from './joined.ts';
import { holderAmong, type OpenTables, rolesOf, sourceOf, wantColumns } from './plan.ts';
import type { StatedColumns } from './roles.ts';
import { sliceColumn } from './rows.ts';
import type { TableFile } from './table-file.ts';
import { type OpenTable, openedTable } from './tables.ts';
import { testSetOf } from './truth.ts';

/** Which files hold the answers, and what is said of their columns. */
export interface PredictionsAsked {
  /** One file with the answers of both models, or of the candidate alone. */
  readonly predictions: string | undefined;
  readonly candidatePredictions: string | undefined;
  readonly championPredictions: string | undefined;
  readonly labels: string | undefined;
  readonly columns: StatedColumns;
  readonly task: Task | 'auto';
  readonly positiveClass: string | undefined;
  /** Columns that rules or the report slice by. */
  readonly slices: readonly string[];
}

/** A test set with the answers of the candidate and, where they are given, of the champion; row by row the same. */
export interface Predictions {
  /** How messages name it. */
  readonly source: string;
  readonly truth: Truth;
  readonly candidate: Answers;
  readonly champion?: Answers;
  /** The classes of a binary or multiclass task by their indices. */
  readonly classes: readonly string[];
  readonly slices: SliceColumns;
  readonly warnings: readonly string[];
}

/** Whether any predictions are asked for. Throws a `UserError` for a choice of inputs that says nothing or too much. */
export function predictionsAsked(asked: PredictionsAsked): boolean {
  const { predictions, candidatePredictions, championPredictions, labels } = asked;
  if (predictions !== undefined && candidatePredictions !== undefined) {
    throw new UserError('Give `predictions` or `candidate-predictions`, not both.');
  }
  const own = predictions ?? candidatePredictions;
  if (own !== undefined) return true;
  const other =
    championPredictions === undefined ? (labels === undefined ? undefined : 'labels') : 'champion-predictions';
  if (other === undefined) return false;
  throw new UserError(`Input \`${other}\` needs \`candidate-predictions\` (or \`predictions\`) beside it.`);
}

/**
 * Reads the predictions: finds the columns, joins the files on their ids and makes one test set of them. `find` says where a file is, or
 * that there is no such model; without a champion the candidate's answers stand alone. Throws a located `UserError` for what is missing,
 * twice or no number, and for models that did not answer the same rows.
 */
export async function readPredictions(
  stated: PredictionsAsked,
  find: (text: string) => Promise<TableFile | undefined>,
  signal: AbortSignal,
): Promise<Predictions> {
  const files = await findFiles(stated, find);
  const asked = files.champion === undefined ? { ...stated, championPredictions: undefined } : stated;
  const tables = await openTables(files, signal);
  const roles = rolesOf(asked, tables);
  const plan = wantColumns(asked, tables, roles);
  const join = await joined(tables, plan, signal);
  const candidate: Answered = {
    model: 'candidate',
    table: join.candidate.table,
    columns: roles.candidate,
    order: join.candidate.order,
  };
  const championTable = join.champion ?? join.candidate;
  const champion: Answered | undefined =
    roles.champion === undefined
      ? undefined
      : { model: 'champion', table: championTable.table, columns: roles.champion, order: championTable.order };
  const made = testSetOf(asked, plan, join, champion === undefined ? [candidate] : [candidate, champion]);
  return {
    source: sourceOf(tables),
    ...made,
    slices: slicesOf(asked.slices, join),
    warnings: [...join.warnings, ...alikeWarning(made.candidate, made.champion)],
  };
}

interface Files {
  readonly candidate: TableFile;
  readonly champion: TableFile | undefined;
  readonly labels: TableFile | undefined;
}

async function findFiles(
  { predictions, candidatePredictions, championPredictions, labels }: PredictionsAsked,
  find: (text: string) => Promise<TableFile | undefined>,
): Promise<Files> {
  const required = async (text: string, input: string): Promise<TableFile> => {
    const found = await find(text);
    if (found !== undefined) return found;
    throw new UserError(
      `Input \`${input}\` is ${text}, and the registry has no such model. Give a model that is registered, or the path of a file.`,
    );
  };
  const candidate =
    predictions === undefined
      ? await required(candidatePredictions as string, 'candidate-predictions')
      : await required(predictions, 'predictions');
  const champion = championPredictions === undefined ? undefined : await find(championPredictions);
  await requireOther(candidate, champion);
  return { candidate, champion, labels: labels === undefined ? undefined : await required(labels, 'labels') };
}

async function openTables({ candidate, champion, labels }: Files, signal: AbortSignal): Promise<OpenTables> {
  const open = async ({ path, shown }: TableFile): Promise<OpenTable> => {
    const source = await fileSource(path, shown);
    return openedTable(shown, await openTable(source, { signal, interning: { texts: 2 ** 26 } }));
  };
  return {
    candidate: await open(candidate),
    champion: champion && (await open(champion)),
    labels: labels && (await open(labels)),
  };
}

/** A stored file may be both: training the champion again gives the champion. That all answers are alike is then said of the answers. */
async function requireOther(candidate: TableFile, champion: TableFile | undefined): Promise<void> {
  if (champion === undefined || champion.isStored) return;
  const [one, other] = await Promise.all(
    [candidate, champion].map(({ path }) => realpath(path).catch(() => undefined)),
  );
  if (one === undefined || one !== other) return;
  throw new UserError(
    `${candidate.shown} and ${champion.shown} are the same file: a model compared with itself proves nothing. Give the answers of the model in production as \`champion-predictions\`.`,
  );
}

/** Two models that answer every row alike are most often one model twice. */
function alikeWarning(candidate: Answers, champion: Answers | undefined): string[] {
  if (champion === undefined || !isDeepStrictEqual(candidate, champion)) return [];
  return ["Candidate and champion answered every row alike. Check that both are not one model's predictions."];
}

function slicesOf(names: readonly string[], join: Joined): SliceColumns {
  return new Map(
    names.map((name) => {
      const { table, order } = holderAmong(name, join);
      return [name, sliceColumn(table.column(name), order, table.shown)];
    }),
  );
}

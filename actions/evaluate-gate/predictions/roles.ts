import { UserError } from '@mlops-actions/core';

/** Whose answers a column holds. */
export type Model = 'candidate' | 'champion';

/** The columns in which one model's answers stand. */
export interface ModelColumns {
  readonly prediction?: string;
  /** A score of the positive class, a rank, or a value. `isProbability`: by its name. */
  readonly score?: { readonly column: string; readonly isProbability: boolean };
  /** Probabilities by class: class to column. */
  readonly probabilities: ReadonlyMap<string, string>;
  /** Multilabel: predictions by label: label to column. */
  readonly predictions: ReadonlyMap<string, string>;
}

/** Columns that the user names; the others are told by their names. */
export interface StatedColumns {
  readonly id?: string | undefined;
  readonly label?: string | undefined;
  readonly weight?: string | undefined;
  readonly query?: string | undefined;
  /** The candidate's and the champion's, or one for both. */
  readonly prediction: readonly string[];
  readonly score: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

const predictionNames = words(
  'prediction predicted predicted_label predicted_class prediction_label pred y_pred yhat y_hat',
);
const probabilityNames = words('probability predicted_probability prob proba y_prob y_proba');
const scoreNames = words('score predicted_score prediction_score y_score logit decision_function');
const labelNames = words('label true_label target y y_true actual ground_truth');
const idNames = words('id row_id sample_id example_id inference_id event_id uuid');

const byClass = /^(?:probability|prob|proba)_(.+)$/i;
const predictionByClass = /^(?:prediction|pred)_(.+)$/i;
const labelByClass = /^(?:label|target)_(.+)$/i;
const generalWords = new Set(words('label class probability score'));

/** `Y-Pred` is `y_pred`. */
function plain(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replace(/[\s.-]+/g, '_');
}

/** Which model's a column says it is, by `candidate_` or `champion_` before its name or behind it; and its name without that. */
function marked(column: string): { readonly model?: Model; readonly name: string } {
  const [, model, name] = /^(candidate|champion)[_.\s-](.+)$/i.exec(column) ?? [];
  if (model !== undefined) return { model: model.toLowerCase() as Model, name: name as string };
  const [, first, second] = /^(.+)[_.\s-](candidate|champion)$/i.exec(column) ?? [];
  if (second !== undefined) return { model: second.toLowerCase() as Model, name: first as string };
  return { name: column };
}

/**
 * The columns with a model's answers. In a file of one model (`isShared` false) columns carry no mark; in one that both share, the
 * champion's carry its mark, and the candidate's its own or none. Undefined when the model has no answers here.
 */
export function modelColumns(
  columns: readonly string[],
  model: Model,
  isShared: boolean,
  stated: StatedColumns,
  file: string,
): ModelColumns | undefined {
  const own = ownColumns(columns, model, isShared);
  const named = (list: readonly string[], input: string): string | undefined =>
    statedFor(list, model, isShared, columns, own, file, input);
  const prediction =
    named(stated.prediction, 'prediction-column') ?? only(own, predictionNames, file, 'prediction-column');
  const score = scoreOf(own, named(stated.score, 'score-column'), file);
  const probabilities = classColumns(own, byClass);
  const predictions = prediction === undefined ? classColumns(own, predictionByClass) : new Map<string, string>();
  if (prediction === undefined && score === undefined && probabilities.size === 0 && predictions.size === 0) {
    return undefined;
  }
  return {
    ...(prediction === undefined ? {} : { prediction }),
    ...(score === undefined ? {} : { score }),
    probabilities,
    predictions,
  };
}

/** The model's columns: name without the mark to the column itself. */
function ownColumns(columns: readonly string[], model: Model, isShared: boolean): ReadonlyMap<string, string> {
  const all = columns.map((column) => ({ column, ...marked(column) }));
  const own = all.filter((each) => each.model === model);
  if (own.length > 0) return new Map(own.map(({ name, column }) => [name, column]));
  if (isShared && model === 'champion') return new Map();
  return new Map(all.filter((each) => each.model === undefined).map(({ name, column }) => [name, column]));
}

function statedFor(
  list: readonly string[],
  model: Model,
  isShared: boolean,
  columns: readonly string[],
  own: ReadonlyMap<string, string>,
  file: string,
  input: string,
): string | undefined {
  if (list.length === 0) return undefined;
  const [first = '', second] = list;
  if (second !== undefined) return present(model === 'candidate' ? first : second, columns, file, input);
  const marking = own.get(first);
  if (marking !== undefined) return marking;
  return isShared && model === 'champion' ? undefined : present(first, columns, file, input);
}

function scoreOf(own: ReadonlyMap<string, string>, stated: string | undefined, file: string): ModelColumns['score'] {
  if (stated !== undefined) {
    const name = plain(marked(stated).name);
    return { column: stated, isProbability: /prob/.test(name) };
  }
  const probability = only(own, probabilityNames, file, 'score-column');
  if (probability !== undefined) return { column: probability, isProbability: true };
  const score = only(own, scoreNames, file, 'score-column');
  return score === undefined ? undefined : { column: score, isProbability: false };
}

function classColumns(own: ReadonlyMap<string, string>, pattern: RegExp): ReadonlyMap<string, string> {
  const found = [...own].flatMap(([name, column]) => {
    const label = pattern.exec(name)?.[1];
    return label === undefined || generalWords.has(plain(label)) ? [] : [[label, column] as const];
  });
  return new Map(found);
}

/** The columns of the right answers of a multilabel test set: label to column. */
export function labelColumns(columns: readonly string[]): ReadonlyMap<string, string> {
  return classColumns(new Map(columns.map((column) => [column, column])), labelByClass);
}

/** The column with the right answers, where there is one. */
export function labelColumn(columns: readonly string[], stated: StatedColumns, file: string): string | undefined {
  if (stated.label !== undefined) return columns.includes(stated.label) ? stated.label : undefined;
  return only(unmarked(columns), labelNames, file, 'label-column');
}

/** The column by which rows are joined, where there is one. */
export function idColumn(columns: readonly string[], stated: StatedColumns, file: string): string | undefined {
  if (stated.id !== undefined) return present(stated.id, columns, file, 'id-column');
  return only(unmarked(columns), idNames, file, 'id-column');
}

function unmarked(columns: readonly string[]): ReadonlyMap<string, string> {
  return new Map(columns.filter((column) => marked(column).model === undefined).map((column) => [column, column]));
}

/** The one column of such a name; undefined when there is none. Two would leave the choice to chance. */
function only(
  own: ReadonlyMap<string, string>,
  names: readonly string[],
  file: string,
  input: string,
): string | undefined {
  const found = [...own].filter(([name]) => names.includes(plain(name))).map(([, column]) => column);
  if (found.length > 1) {
    throw new UserError(`${file} has the columns ${found.join(' and ')}. Name the right one in \`${input}\`.`);
  }
  return found[0];
}

export function present(column: string, columns: readonly string[], file: string, input: string): string {
  if (columns.includes(column)) return column;
  throw new UserError(
    `Input \`${input}\` names ${column}, and ${file} has no such column; it has ${firstOf(columns)}.`,
  );
}

/** The first columns, for messages. */
export function firstOf(columns: readonly string[]): string {
  return `${columns.slice(0, 12).join(', ')}${columns.length > 12 ? ` and ${columns.length - 12} more` : ''}`;
}

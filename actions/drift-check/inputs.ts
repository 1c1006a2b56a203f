import {
  type ColumnRules,
  type CompatTool,
  compatTools,
  type DriftRules,
  type ScoreMethod,
  scoreMethods,
  UserError,
} from '@mlops-actions/core';
import { type Inputs, nearest } from '@mlops-actions/spec';
import { type ScanType, scanTypes } from '@mlops-actions/tabular';
import { type SignalName, signalNames } from './signals.ts';
import type { spec } from './spec.ts';

export type DriftInputs = Inputs<typeof spec>;

/** Columns that are more than data. */
export interface Roles {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly label: string | undefined;
  readonly prediction: string | undefined;
  readonly probability: string | undefined;
  readonly segment: string | undefined;
}

export interface Checked {
  readonly rules: DriftRules;
  readonly types: ReadonlyMap<string, ScanType>;
  readonly roles: Roles;
  readonly signals: readonly SignalName[];
  /** Whether `signals` names them; those that it does not name are left out where they cannot be had. */
  readonly signalsStated: boolean;
  readonly compat: readonly CompatTool[];
  /** Moments, in milliseconds since 1970. */
  readonly watermark: number | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Each column that an input names, with the name of that input. */
  readonly named: readonly NamedColumn[];
}

export interface NamedColumn {
  readonly column: string;
  readonly input: string;
}

/** Everything that can be wrong before a file is opened, in one error. */
export function checkedInputs(inputs: DriftInputs): Checked {
  const faults: string[] = [];
  const roles = rolesOf(inputs);
  const checked = {
    rules: rulesOf(inputs, faults),
    types: typesOf(inputs.types, faults),
    roles,
    signals: signalsOf(inputs, roles, faults),
    signalsStated: inputs.signals.length > 0,
    compat: namesAmong(inputs.compat, compatTools, 'compat', faults),
    watermark: momentOf('label-watermark', inputs.labelWatermark, faults),
    from: momentOf('from', inputs.from, faults),
    to: momentOf('to', inputs.to, faults),
    named: namedColumns(inputs),
  };
  const excluded = new Set(inputs.exclude);
  for (const name of inputs.criticalColumns.filter((critical) => excluded.has(critical))) {
    faults.push(
      `Input \`exclude\` leaves out ${name}, and \`critical-columns\` names it. Take it out of one of the two.`,
    );
  }
  if (checked.watermark !== undefined && roles.timestamp === undefined) {
    faults.push('Input `label-watermark` needs `timestamp-column`, the time of each row.');
  }
  const isJoined = inputs.labels !== undefined && captureLabels(inputs) === undefined;
  if (isJoined && (roles.id === undefined || roles.label === undefined)) {
    faults.push('Input `labels` needs `id-column`, by which labels are joined, and `label-column`.');
  }
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  return checked;
}

/** Ground truth files of SageMaker name the calls that they are of: the labels of captures are theirs, and need no other id. */
export function captureLabels({ format, labels }: DriftInputs): string | undefined {
  return format === 'sagemaker-capture' ? labels : undefined;
}

function rolesOf(inputs: DriftInputs): Roles {
  return {
    id: inputs.idColumn,
    timestamp: inputs.timestampColumn,
    label: inputs.labelColumn,
    prediction: inputs.predictionColumn,
    probability: inputs.probabilityColumn,
    segment: inputs.segmentBy,
  };
}

function signalsOf(inputs: DriftInputs, roles: Roles, faults: string[]): readonly SignalName[] {
  const answers = roles.prediction !== undefined || roles.probability !== undefined;
  const lacking: Readonly<Record<SignalName, readonly string[]>> = {
    data: [],
    quality: [],
    prediction: answers ? [] : ['prediction-column` or `probability-column'],
    performance: [
      ...(roles.label === undefined ? ['label-column'] : []),
      ...(answers ? [] : ['prediction-column` or `probability-column']),
    ],
    'estimated-performance': [
      ...(roles.label === undefined ? ['label-column'] : []),
      ...(roles.probability === undefined ? ['probability-column'] : []),
    ],
    concept: [
      ...(roles.label === undefined ? ['label-column'] : []),
      ...(answers ? [] : ['prediction-column` or `probability-column']),
      ...(roles.timestamp === undefined ? ['timestamp-column'] : []),
    ],
  };
  if (inputs.signals.length === 0) {
    return (['data', 'prediction', 'quality', 'performance'] as const).filter((name) => lacking[name].length === 0);
  }
  const asked = namesAmong(inputs.signals, signalNames, 'signals', faults);
  for (const signal of asked.filter((name) => lacking[name].length > 0)) {
    faults.push(`Signal ${signal} needs the input \`${lacking[signal].join('` and `')}\`.`);
  }
  return signalNames.filter((name) => asked.includes(name));
}

function namesAmong<Name extends string>(
  asked: readonly string[],
  known: readonly Name[],
  input: string,
  faults: string[],
): readonly Name[] {
  for (const name of asked) {
    if (!known.some((each) => each === name)) faults.push(unknownValue(input, name, known));
  }
  return known.filter((name) => asked.includes(name));
}

function unknownValue(input: string, value: string, known: readonly string[]): string {
  const meant = nearest(value, known);
  return `Input \`${input}\` says ${JSON.stringify(value)}. ${meant === undefined ? `It may say ${known.join(', ')}` : `Did you mean ${meant}`}${meant === undefined ? '.' : '?'}`;
}

function typesOf(stated: Readonly<Record<string, string>>, faults: string[]): ReadonlyMap<string, ScanType> {
  const types = new Map<string, ScanType>();
  for (const [column, text] of Object.entries(stated)) {
    const type = scanTypes.find((each) => each === text);
    if (type === undefined) faults.push(unknownValue('types', text, scanTypes));
    else types.set(column, type);
  }
  return types;
}

/** What `method` says of all columns of a kind. */
const kinds = ['number', 'category'] as const;

function rulesOf(inputs: DriftInputs, faults: string[]): DriftRules {
  const columns = new Map<string, ColumnRules>();
  const add = (column: string, rule: ColumnRules): void =>
    void columns.set(column, { ...columns.get(column), ...rule });
  const methods = methodsOf(inputs.method, faults);
  const thresholds: Partial<Record<ScoreMethod, number>> = {};
  for (const [column, method] of methods) if (!isKind(column)) add(column, { method });
  for (const [name, text] of Object.entries(inputs.thresholds)) {
    const threshold = positive('thresholds', name, text, faults);
    const method = scoreMethods.find((each) => each === name);
    if (method === undefined) add(name, { threshold });
    else thresholds[method] = threshold;
  }
  for (const [column, text] of Object.entries(inputs.weights)) {
    add(column, { weight: positive('weights', column, text, faults, true) });
  }
  for (const column of inputs.criticalColumns) add(column, { critical: true });
  const { rule, alpha, correction, minSamples, driftShare, missingAsCategory } = inputs;
  return {
    rule,
    alpha,
    correction,
    minSamples,
    driftShare,
    missingAsCategory,
    numericMethod: methods.get('number') ?? 'auto',
    categoricalMethod: methods.get('category') ?? 'auto',
    thresholds,
    columns,
  };
}

function isKind(name: string): boolean {
  return kinds.some((kind) => kind === name);
}

function methodsOf(stated: Readonly<Record<string, string>>, faults: string[]): ReadonlyMap<string, ScoreMethod> {
  const methods = new Map<string, ScoreMethod>();
  for (const [name, text] of Object.entries(stated)) {
    const method = scoreMethods.find((each) => each === text);
    if (method !== undefined) methods.set(name, method);
    else if (text !== 'auto') faults.push(unknownValue('method', text, ['auto', ...scoreMethods]));
  }
  return methods;
}

function positive(input: string, name: string, text: string, faults: string[], mayBeZero = false): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && (value > 0 || (mayBeZero && value === 0))) return value;
  faults.push(
    `Input \`${input}\` says ${JSON.stringify(text)} for ${name}. It must be a number ${mayBeZero ? 'of at least' : 'over'} 0.`,
  );
  return 1;
}

function momentOf(input: string, text: string | undefined, faults: string[]): number | undefined {
  if (text === undefined) return undefined;
  const moment = Date.parse(text);
  if (!Number.isNaN(moment)) return moment;
  faults.push(`Input \`${input}\` is ${JSON.stringify(text)}. Write a moment as 2024-05-01 or 2024-05-01T12:00:00Z.`);
  return undefined;
}

function namedColumns(inputs: DriftInputs): NamedColumn[] {
  const list = (input: string, columns: readonly string[]): NamedColumn[] =>
    columns.map((column) => ({ column, input }));
  return [
    ...list('columns', inputs.columns),
    ...list('exclude', inputs.exclude),
    ...list('types', Object.keys(inputs.types)),
    ...list('critical-columns', inputs.criticalColumns),
    ...list('weights', Object.keys(inputs.weights)),
    ...list(
      'method',
      Object.keys(inputs.method).filter((name) => !isKind(name)),
    ),
    ...list(
      'thresholds',
      Object.keys(inputs.thresholds).filter((name) => !scoreMethods.some((each) => each === name)),
    ),
  ];
}

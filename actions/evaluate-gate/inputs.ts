import {
  asksForMore,
  type Direction,
  defaultMargin,
  type Margin,
  parseMargin,
  parseRules,
  type Rule,
  UserError,
  type Verdict,
  verdicts,
} from '@mlops-actions/core';
import type { Inputs } from '@mlops-actions/spec';
import { type PredictionsAsked, predictionsAsked } from './predictions/read-predictions.ts';
import type { spec } from './spec.ts';

export type GateInputs = Inputs<typeof spec>;
export type Directions = Readonly<Record<string, Direction>>;

export interface Checked {
  readonly directions: Directions;
  readonly failOn: readonly Verdict[];
  readonly margin: Margin;
  /** Undefined when none are given. */
  readonly rules: readonly Rule[] | undefined;
  /** Undefined when no predictions are given. */
  readonly predictions: PredictionsAsked | undefined;
}

/** Everything that can be wrong before a file is opened, in one error. */
export function checkedInputs(inputs: GateInputs): Checked {
  const faults: string[] = [];
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(error.message);
      return undefined;
    }
  };
  const directions = directionsOf(inputs.directions, faults);
  const failOn = failOnOf(inputs.failOn, faults);
  const margin = parseMargin(inputs.margin);
  if (margin === undefined) {
    faults.push(
      `Input \`margin\` is ${JSON.stringify(inputs.margin)}. Write a share such as 1%, or an amount such as 0.005.`,
    );
  }
  const text = inputs.rules;
  const rules = text === undefined ? undefined : attempt(() => parseRules(text, directions));
  if (rules !== undefined) checkMode(inputs.mode, rules, faults);
  const predictions = attempt(() => predictionsOf(inputs, rules ?? []));
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  return { directions, failOn, margin: margin ?? defaultMargin, rules, predictions };
}

function directionsOf(stated: Readonly<Record<string, string>>, faults: string[]): Directions {
  const directions: Record<string, Direction> = Object.create(null);
  for (const [metric, text] of Object.entries(stated)) {
    const direction = text.trim().toLowerCase();
    if (direction === 'higher' || direction === 'lower') directions[metric] = direction;
    else faults.push(`Input \`directions\` says "${text}" for ${metric}. It must be higher or lower.`);
  }
  return directions;
}

function failOnOf(names: readonly string[], faults: string[]): readonly Verdict[] {
  const stopping = verdicts.filter((verdict) => verdict !== 'pass');
  if (names.length === 0) return stopping;
  if (names.length === 1 && names[0] === 'none') return [];
  const bad = names.filter((name) => !stopping.some((verdict) => verdict === name));
  if (bad.length > 0) {
    faults.push(`Input \`fail-on\` names "${bad.join('", "')}". It may name ${stopping.join(', ')}, or be none alone.`);
  }
  return stopping.filter((verdict) => names.includes(verdict));
}

/** Written rules say themselves what they ask; a mode that they contradict was meant otherwise. */
function checkMode(mode: GateInputs['mode'], rules: readonly Rule[], faults: string[]): void {
  if (mode !== 'superior' || rules.some((rule) => !rule.advisory && asksForMore(rule))) return;
  faults.push(
    'Input `mode` is superior, and no rule asks for more than the champion. Write one, such as `auc > champion`, or leave `mode` out.',
  );
}

function predictionsOf(inputs: GateInputs, rules: readonly Rule[]): PredictionsAsked | undefined {
  const asked: PredictionsAsked = {
    predictions: inputs.predictions,
    candidatePredictions: inputs.candidatePredictions,
    championPredictions: inputs.championPredictions,
    labels: inputs.labels,
    columns: {
      id: inputs.idColumn,
      label: inputs.labelColumn,
      weight: inputs.weightColumn,
      query: inputs.queryColumn,
      prediction: atMostTwo(inputs.predictionColumn, 'prediction-column'),
      score: atMostTwo(inputs.scoreColumn, 'score-column'),
    },
    task: inputs.task,
    positiveClass: inputs.positiveClass,
    slices: [...new Set([...inputs.slices, ...rules.flatMap(columnsOf)])],
  };
  return predictionsAsked(asked) ? asked : undefined;
}

function atMostTwo(names: readonly string[], input: string): readonly string[] {
  if (names.length <= 2) return names;
  throw new UserError(
    `Input \`${input}\` names ${names.length} columns. It may name one, or the candidate's and the champion's.`,
  );
}

/** The columns that a rule slices or groups by. */
function columnsOf({ slice, groups }: Rule): readonly string[] {
  if (groups !== undefined) return groups.columns;
  return slice === undefined ? [] : slice.split(',').map((condition) => condition.split('=')[0] ?? '');
}

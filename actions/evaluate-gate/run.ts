import { join, resolve } from 'node:path';
import {
  type Direction,
  type Json,
  parseRules,
  type Rule,
  UserError,
  type Verdict,
  verdicts,
} from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { Inputs } from '@mlops-actions/spec';
import type { Action, Context, Result } from '../action.ts';
import { type Directions, type Evaluation, evaluate, unjudgeable } from './evaluation.ts';
import { readModels } from './models-to-judge.ts';
import { reportDocument, reportMarkdown } from './report.ts';
import { spec } from './spec.ts';

type GateInputs = Inputs<typeof spec>;

/** Judges a candidate; see `spec.ts`. Faults in the inputs end the step; from then on every ending has its outputs and its report. */
export const action: Action<typeof spec> = { spec, run };

async function run(inputs: GateInputs, context: Context): Promise<Result<typeof spec>> {
  const { directions, failOn, rules } = checkedInputs(inputs);
  const evaluation = await evaluated(inputs, rules, directions, context);
  const report = await writeReport(evaluation, resolve(context.workingDirectory, inputs.report));
  tell(evaluation, context);
  const { verdict, headline } = evaluation;
  if (verdict !== 'pass' && !failOn.includes(verdict)) {
    context.log.log('warning', `${headline} The step goes on, because \`fail-on\` does not name ${verdict}.`);
  }
  const unmet = evaluation.checks.filter((check) => check.verdict !== 'pass' && !check.advisory);
  return {
    outputs: {
      passed: verdict === 'pass',
      verdict,
      'failed-rules': unmet.map((check) => check.rule.text).join('\n'),
      report,
    },
    ...endingOf(evaluation, failOn),
    lineage: { gate: lineageOf(evaluation) },
  };
}

/** A bad candidate and one that could not be judged are different endings. */
function endingOf(
  { verdict, headline }: Evaluation,
  failOn: readonly Verdict[],
): { readonly verdict?: string; readonly problem?: string } {
  if (!failOn.includes(verdict)) return {};
  return verdict === 'fail' ? { verdict: headline } : { problem: headline };
}

/** What was judged, or why nothing could be: an unreadable file is an answer of the gate too. */
async function evaluated(
  inputs: GateInputs,
  rules: readonly Rule[] | undefined,
  directions: Directions,
  context: Context,
): Promise<Evaluation> {
  try {
    const { candidate, champion } = await readModels(inputs, context);
    return evaluate(rules, directions, candidate, champion);
  } catch (error) {
    if (error instanceof UserError) return unjudgeable(error.message);
    throw error;
  }
}

interface Checked {
  readonly directions: Directions;
  readonly failOn: readonly Verdict[];
  /** Undefined when none are given. */
  readonly rules: readonly Rule[] | undefined;
}

/** Everything that can be wrong before a file is opened, in one error. */
function checkedInputs(inputs: GateInputs): Checked {
  const faults: string[] = [];
  const directions: Record<string, Direction> = Object.create(null);
  for (const [metric, text] of Object.entries(inputs.directions)) {
    const direction = text.trim().toLowerCase();
    if (direction === 'higher' || direction === 'lower') directions[metric] = direction;
    else faults.push(`Input \`directions\` says "${text}" for ${metric}. It must be higher or lower.`);
  }
  const failOn = failOnOf(inputs.failOn, faults);
  let rules: readonly Rule[] | undefined;
  try {
    if (inputs.rules !== undefined) rules = parseRules(inputs.rules, directions);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    faults.push(error.message);
  }
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  return { directions, failOn, rules };
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

async function writeReport(evaluation: Evaluation, folder: string): Promise<string> {
  const path = join(folder, 'report.json');
  await writeWhole(path, `${JSON.stringify(reportDocument(evaluation), null, 2)}\n`);
  await writeWhole(join(folder, 'report.md'), reportMarkdown(evaluation));
  return path;
}

function tell(evaluation: Evaluation, { log, summary }: Context): void {
  for (const warning of evaluation.warnings) log.log('warning', warning);
  for (const check of [...evaluation.checks].reverse()) {
    log.log('info', `${check.verdict}${check.advisory ? ' (advisory)' : ''}: ${check.rule.text}: ${check.reason}`);
  }
  for (const rule of evaluation.notCompared) log.log('warning', `Not compared, for want of a champion: ${rule.text}`);
  if (evaluation.verdict === 'pass') log.log('notice', evaluation.headline);
  summary(reportMarkdown(evaluation));
}

function lineageOf(evaluation: Evaluation): Json {
  const { passed, verdict, headline, candidate, champion, checks } = reportDocument(evaluation);
  return { passed, verdict, headline, candidate, champion, checks } as Json;
}

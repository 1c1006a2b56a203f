import { join, resolve } from 'node:path';
import {
  type Json,
  type JudgeOptions,
  predictionTestSet,
  type TestSet,
  UserError,
  type Verdict,
} from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { Action, Context, Result } from '../action.ts';
import { type Evaluation, evaluate, unjudgeable } from './evaluation.ts';
import { type Checked, checkedInputs, type GateInputs } from './inputs.ts';
import { readModels } from './models-to-judge.ts';
import { type Predictions, readPredictions } from './predictions/read-predictions.ts';
import { reportDocument, reportMarkdown } from './report.ts';
import { spec } from './spec.ts';

/** Judges a candidate; see `spec.ts`. Faults in the inputs end the step; from then on every ending has its outputs and its report. */
export const action: Action<typeof spec> = { spec, run };

async function run(inputs: GateInputs, context: Context): Promise<Result<typeof spec>> {
  const checked = checkedInputs(inputs);
  const { failOn } = checked;
  const evaluation = await evaluated(inputs, checked, context);
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
async function evaluated(inputs: GateInputs, checked: Checked, context: Context): Promise<Evaluation> {
  try {
    const predictions =
      checked.predictions === undefined
        ? undefined
        : await readPredictions(checked.predictions, context.workingDirectory, context.signal);
    const models = await readModels(inputs, predictions !== undefined, context);
    const testSet = predictions === undefined ? undefined : testSetOf(predictions, inputs, checked);
    const evaluation = evaluate({ ...models, testSet }, { ...checked, mode: inputs.mode, options: optionsOf(inputs) });
    return { ...evaluation, warnings: [...(predictions?.warnings ?? []), ...evaluation.warnings] };
  } catch (error) {
    if (error instanceof UserError) return unjudgeable(error.message);
    throw error;
  }
}

function optionsOf({ confidence, minSamples, minSlice, correction, mode }: GateInputs): JudgeOptions {
  return { confidence, minSamples, minSlice, correction, compare: mode !== 'threshold-only' };
}

function testSetOf(predictions: Predictions, { bootstrap, seed }: GateInputs, { rules = [] }: Checked): TestSet {
  const compared = rules.filter(({ bound, slice, groups }) => bound.kind === 'champion' && !slice && !groups);
  return predictionTestSet(
    predictions,
    { resamples: bootstrap, seed },
    compared.map(({ metric }) => metric),
  );
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
  for (const rule of evaluation.notCompared) log.log('warning', `Not compared with the champion: ${rule.text}`);
  if (evaluation.verdict === 'pass') log.log('notice', evaluation.headline);
  summary(reportMarkdown(evaluation));
}

function lineageOf(evaluation: Evaluation): Json {
  const { passed, verdict, headline, candidate, champion, checks } = reportDocument(evaluation);
  return { passed, verdict, headline, candidate, champion, checks } as Json;
}

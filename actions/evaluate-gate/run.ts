import { join, resolve } from 'node:path';
import {
  type Json,
  type JudgeOptions,
  metricsFor,
  predictionMetric,
  predictionTestSet,
  type Resampling,
  rowCount,
  UserError,
  type Verdict,
} from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { Action, Context, Result } from '../action.ts';
import { type Evaluation, evaluate, type Terms, unjudgeable, whyNotCompared } from './evaluation.ts';
import { findingsOf } from './findings.ts';
import { type Checked, checkedInputs, type GateInputs } from './inputs.ts';
import { readModels } from './models-to-judge.ts';
import { type Predictions, readPredictions } from './predictions/read-predictions.ts';
import { findTableFile } from './predictions/table-file.ts';
import { reportDocument } from './report-document.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportPage } from './report-page.ts';
import { spec } from './spec.ts';

/** Judges a candidate; see `spec.ts`. Faults in the inputs end the step; from then on every ending has its outputs and its report. */
export const action: Action<typeof spec> = { spec, run };

async function run(inputs: GateInputs, context: Context): Promise<Result<typeof spec>> {
  const checked = checkedInputs(inputs);
  const { failOn } = checked;
  const evaluation = await evaluated(inputs, checked, context);
  const folder = resolve(context.workingDirectory, inputs.report);
  const reports = await writeReports(evaluation, folder, context.clock.now().getTime());
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
      report: reports.json,
      'report-html': reports.html,
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
  const terms: Terms = { ...checked, mode: inputs.mode, options: optionsOf(inputs), resampling: resamplingOf(inputs) };
  try {
    const { predictions: asked } = checked;
    const predictions =
      asked === undefined
        ? undefined
        : await readPredictions(asked, (text) => findTableFile(text, context), context.signal);
    const models = await readModels(inputs, predictions !== undefined, context);
    if (predictions === undefined) return evaluate({ ...models, testSet: undefined }, terms);
    const compared = comparedMetrics(predictions, terms);
    const testSet = predictionTestSet(predictions, terms.resampling, compared);
    const evaluation = evaluate({ ...models, testSet }, terms);
    return {
      ...evaluation,
      findings: findingsOf(predictions, testSet, compared, terms.options),
      warnings: [...predictions.warnings, ...evaluation.warnings],
    };
  } catch (error) {
    if (error instanceof UserError) return unjudgeable(error.message);
    throw error;
  }
}

function optionsOf({ confidence, minSamples, minSlice, correction, mode }: GateInputs): JudgeOptions {
  return { confidence, minSamples, minSlice, correction, compare: mode !== 'threshold-only' };
}

function resamplingOf({ bootstrap, seed }: GateInputs): Resampling {
  return { resamples: bootstrap, seed };
}

/** Resampled rows up to which the report's own figures get intervals too, a few seconds of work. */
const cheapRows = 4e7;

/**
 * The metrics that are compared on all rows, together, with one set of resamples: those of the rules, and for the report those of the task
 * that cost little: all on some ten thousand rows, on more only those with a formula or made of counts.
 */
function comparedMetrics({ truth, candidate }: Predictions, { rules = [], resampling }: Terms): string[] {
  const asked = rules.filter(({ bound, slice, groups }) => bound.kind === 'champion' && !slice && !groups);
  const isSmall = rowCount(truth) * resampling.resamples <= cheapRows;
  const isCheap = (name: string): boolean =>
    isSmall || predictionMetric(name)?.needs === 'classes' || (name === 'roc_auc' && candidate.scores !== undefined);
  return [...asked.map(({ metric }) => metric), ...metricsFor(truth.task).filter(isCheap)];
}

interface Reports {
  readonly json: string;
  readonly html: string;
}

async function writeReports(evaluation: Evaluation, folder: string, now: number): Promise<Reports> {
  const [json, html] = [join(folder, 'report.json'), join(folder, 'report.html')];
  await writeWhole(json, `${JSON.stringify(reportDocument(evaluation), null, 2)}\n`);
  await writeWhole(join(folder, 'report.md'), reportMarkdown(evaluation));
  await writeWhole(html, reportPage(evaluation, now));
  return { json, html };
}

function tell(evaluation: Evaluation, { log, summary }: Context): void {
  for (const warning of evaluation.warnings) log.log('warning', warning);
  for (const check of [...evaluation.checks].reverse()) {
    log.log('info', `${check.verdict}${check.advisory ? ' (advisory)' : ''}: ${check.rule.text}: ${check.reason}`);
  }
  for (const rule of evaluation.notCompared) {
    log.log('warning', `Not compared, ${whyNotCompared(evaluation)}: ${rule.text}`);
  }
  if (evaluation.verdict === 'pass') log.log('notice', evaluation.headline);
  summary(reportMarkdown(evaluation));
}

function lineageOf(evaluation: Evaluation): Json {
  const { passed, verdict, headline, candidate, champion, checks } = reportDocument(evaluation);
  return { passed, verdict, headline, candidate, champion, checks } as Json;
}

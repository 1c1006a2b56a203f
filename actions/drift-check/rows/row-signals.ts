import { type AnsweredRows, UserError } from '@mlops-actions/core';
import type { CollectedColumn } from '@mlops-actions/tabular';
import { classColumn, indicesInto } from '../../classes.ts';
import { type Checked, captureLabels, type DriftInputs } from '../inputs.ts';
import { type OpenOptions, openSide, type SideName, type TableSide } from '../side.ts';
import type { SignalName, SignalResult } from '../signals.ts';
import {
  type ConceptFindings,
  conceptFindings,
  conceptResult,
  orderFault,
  type SegmentError,
  segmentErrors,
} from './concept.ts';
import { type Coverage, coverageOf, tooFew } from './coverage.ts';
import { type EstimatedFindings, estimatedFindings, estimatedResult, predictedByScore } from './estimated.ts';
import { joinLabels } from './late-labels.ts';
import { type BothModelRows, errorsOf, type ModelRows, modelRows, usualError } from './model-rows.ts';
import { type PerformanceFindings, performanceFindings, performanceResult } from './performance.ts';
import { type RoleName, readRows, roleTypes, type SideRows } from './read-rows.ts';

/** What signals about the model came to, with what they rest on. */
export interface RowFindings {
  readonly results: readonly SignalResult[];
  readonly warnings: readonly string[];
  readonly task?: BothModelRows['task'];
  readonly coverage?: Coverage;
  readonly performance?: PerformanceFindings;
  readonly estimated?: EstimatedFindings;
  readonly concept?: ConceptFindings;
  readonly segments?: readonly SegmentError[];
}

/** Signals that look at the model's answers row by row. */
export type RowSignal = 'performance' | 'estimated-performance' | 'concept';

export function isRowSignal(signal: SignalName): signal is RowSignal {
  return signal === 'performance' || signal === 'estimated-performance' || signal === 'concept';
}

/** Reads the columns with roles and judges the model by them. What the columns make impossible is an `error` of the signals, not of the step. */
export async function rowSignals(
  sides: Readonly<Record<SideName, TableSide>>,
  signals: readonly RowSignal[],
  inputs: DriftInputs,
  checked: Checked,
  options: OpenOptions,
): Promise<RowFindings> {
  try {
    const read = await readBoth(sides, signals, inputs, checked, options);
    return judged(read, signals, inputs, checked);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { results: signals.map((signal) => ({ signal, verdict: 'error', reason: error.message })), warnings: [] };
  }
}

interface Both extends Readonly<Record<SideName, SideRows>> {
  readonly warnings: readonly string[];
}

async function readBoth(
  { reference, current }: Readonly<Record<SideName, TableSide>>,
  signals: readonly RowSignal[],
  inputs: DriftInputs,
  { roles, watermark }: Checked,
  options: OpenOptions,
): Promise<Both> {
  const named = captureLabels(inputs) === undefined ? inputs.labels : undefined;
  const labels = named === undefined ? undefined : await openSide(named, { ...options, format: 'auto' });
  if (labels?.kind === 'profile')
    throw new UserError(
      `Input \`labels\`: ${labels.shown} is a profile, which holds no rows. Give a table of ids and labels.`,
    );
  const needsLabels = signals.includes('performance') || signals.includes('concept');
  const needsTime = signals.includes('concept') || watermark !== undefined;
  const model = (['prediction', 'probability'] as const).filter((role) => roles[role] !== undefined);
  const segment: RoleName[] = roles.segment === undefined ? [] : ['segment'];
  const ownLabels = needsLabels && labels === undefined && current.columns.some(({ name }) => name === roles.label);
  const wanted: Readonly<Record<'reference' | 'current' | 'labels', readonly RoleName[]>> = {
    reference: [...model, 'label', ...segment],
    current: [
      ...model,
      ...segment,
      ...(ownLabels ? (['label'] as const) : []),
      ...(labels === undefined ? [] : (['id'] as const)),
      ...(needsTime ? (['timestamp'] as const) : []),
    ],
    labels: ['id', 'label'],
  };
  const all = labels === undefined ? [reference, current] : [reference, current, labels];
  const types = roleTypes(all, roles, [...new Set([...wanted.reference, ...wanted.current])]);
  const read = (side: TableSide, of: keyof typeof wanted): Promise<SideRows> =>
    readRows(side, roles, new Map([...types].filter(([role]) => wanted[of].includes(role))), options.signal);
  const before = await read(reference, 'reference');
  const now = await read(current, 'current');
  if (labels === undefined) return { reference: before, current: now, warnings: [] };
  const { rows, warnings } = joinLabels(now, await read(labels, 'labels'));
  return { reference: before, current: rows, warnings };
}

function judged(both: Both, signals: readonly RowSignal[], inputs: DriftInputs, checked: Checked): RowFindings {
  const { positiveClass, minSamples, minLabelCoverage } = inputs;
  const { reference, current, warnings } = both;
  const estimated = signals.includes('estimated-performance') ? estimatedOf(both, inputs) : undefined;
  const labelled = signals.filter((signal) => signal !== 'estimated-performance');
  const others: RowFindings = {
    warnings,
    results: estimated === undefined ? [] : [estimatedResult(estimated)],
    ...(estimated === undefined ? {} : { estimated }),
  };
  if (labelled.length === 0) return others;
  const coverage = coverageOf(current, checked.watermark);
  const lacking = tooFew(coverage, minLabelCoverage, minSamples, current.shown);
  if (lacking !== undefined)
    return { ...others, coverage, results: [...insufficient(labelled, lacking), ...others.results] };
  const rows = modelRows(reference, current, positiveClass);
  if (rows.reference.rows.length < minSamples) {
    const reason = `${reference.shown} has ${rows.reference.rows.length} rows with a label and an answer, and ${minSamples} are needed.`;
    return { ...others, coverage, results: [...insufficient(labelled, reason), ...others.results] };
  }
  const limit = usualError(rows.reference);
  const performance = labelled.includes('performance') ? performanceOf(rows, inputs) : undefined;
  const concept = labelled.includes('concept') ? conceptOf(rows.current, current, limit) : undefined;
  return {
    ...others,
    task: rows.task,
    coverage,
    results: [
      ...(performance === undefined ? [] : [performanceResult(performance)]),
      ...others.results,
      ...(concept === undefined ? [] : [concept.result]),
    ],
    ...(performance === undefined ? {} : { performance }),
    ...(concept?.findings === undefined ? {} : { concept: concept.findings }),
    ...(reference.segment === undefined || current.segment === undefined
      ? {}
      : {
          segments: segmentErrors(
            { errors: errorsOf(rows.reference, limit), segments: segmentsOf(reference.segment, rows.reference) },
            { errors: errorsOf(rows.current, limit), segments: segmentsOf(current.segment, rows.current) },
          ),
        }),
  };
}

function insufficient(signals: readonly RowSignal[], reason: string): SignalResult[] {
  return signals.map((signal) => ({ signal, verdict: 'insufficient-data', reason }));
}

function performanceOf(rows: BothModelRows, inputs: DriftInputs): PerformanceFindings {
  const { confidence, bootstrap: resamples, seed, maxPerformanceDrop: maxDrop } = inputs;
  return performanceFindings(rows, inputs.metrics, { confidence, resamples, seed, maxDrop });
}

function conceptOf(
  rows: ModelRows,
  { moments = new Float64Array(0) }: SideRows,
  limit: number,
): { readonly result: SignalResult; readonly findings?: ConceptFindings } {
  const own = Float64Array.from(rows.rows, (row) => moments[row] as number);
  const fault = orderFault(own);
  if (fault !== undefined) return { result: { signal: 'concept', verdict: 'error', reason: `${fault}.` } };
  const findings = conceptFindings(errorsOf(rows, limit), own);
  return { result: conceptResult(findings), findings };
}

/** The classes of a binary model by the labels of the reference; the current rows need none. */
function estimatedOf({ reference, current }: Both, inputs: DriftInputs): EstimatedFindings {
  const before = modelRows(reference, reference, inputs.positiveClass);
  const { truth, answers }: AnsweredRows = before.reference;
  if (truth.task !== 'binary' || answers.scores === undefined) {
    throw new UserError(
      `${reference.shown}: estimated-performance needs a model of two classes with a probability, and the labels are of ${before.task} predictions.`,
    );
  }
  if (answers.calibrated !== true) {
    throw new UserError(
      `${reference.shown}: \`probability-column\` holds values outside 0 to 1 (such as ${answers.scores.find((score) => !(score >= 0 && score <= 1))}), which are no probabilities. Name a column of probabilities.`,
    );
  }
  const { scores } = answers;
  const probability = current.probability as Float64Array;
  const filled = Uint32Array.from(probability.keys()).filter((row) => Number.isFinite(probability[row]));
  if (filled.length === 0)
    throw new UserError(
      `${current.shown} has no probability in any row. Name the column that holds them in \`probability-column\`.`,
    );
  const now = Float64Array.from(filled, (row) => probability[row] as number);
  return estimatedFindings(
    { labels: truth.labels, scores, predicted: answers.predicted ?? predictedByScore(scores) },
    { scores: now, predicted: predictedOf(current, filled, before.classes) ?? predictedByScore(now) },
    { confidence: inputs.confidence, maxDrop: inputs.maxPerformanceDrop },
  );
}

function predictedOf(
  { prediction, shown }: SideRows,
  rows: Uint32Array,
  classes: readonly string[],
): Uint32Array | undefined {
  if (prediction === undefined) return undefined;
  const indices = indicesInto(classes, classColumn(prediction, shown));
  return Uint32Array.from(rows, (row) => indices[row] as number);
}

function segmentsOf(column: CollectedColumn, { rows }: ModelRows): string[] {
  if (column.type !== 'category') return Array.from(rows, (row) => String(column.values[row]));
  return Array.from(rows, (row) => column.texts[(column.codes[row] as number) - 1] ?? '');
}

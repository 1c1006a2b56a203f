import type { Interval, Json, PairedComparison, PartCheck, RuleCheck, TestSet } from '@mlops-actions/core';
import { metricKey, subjectText } from '@mlops-actions/core';
import type { Evaluation, Terms } from './evaluation.ts';
import type { Findings, GroupFinding, MetricFinding } from './findings.ts';

type JsonObject = { readonly [key: string]: Json };

/** The report for machines; `report.schema.json` describes it. Numbers are unrounded; NaN and infinities are texts. */
export function reportDocument(evaluation: Evaluation): JsonObject {
  const { verdict, headline, subject, checks, notCompared, unjudged, warnings, terms, findings } = evaluation;
  const { candidate, champion, testSet } = subject ?? {};
  return {
    format: 2,
    action: 'evaluate-gate',
    verdict,
    passed: verdict === 'pass',
    headline,
    candidate: candidate === undefined ? null : candidate.source,
    champion: champion?.kind === 'found' ? champion.metrics.source : null,
    'champion-missing': champion?.kind === 'missing' ? champion.reason : null,
    terms: terms === undefined ? null : termsDocument(terms, testSet),
    checks: checks.map((check) => checkDocument(check, evaluation)),
    'not-compared': notCompared.map((rule) => rule.text),
    'not-judged': [...unjudged],
    'test-set': findings === undefined ? null : findingsDocument(findings),
    warnings: [...warnings],
  };
}

function termsDocument({ mode, margin, options, resampling }: Terms, testSet: TestSet | undefined): Json {
  const { confidence, correction, minSamples, minSlice } = options;
  return {
    mode,
    margin: margin.text,
    confidence,
    correction,
    'min-samples': minSamples,
    'min-slice': minSlice,
    bootstrap: resampling.resamples,
    seed: resampling.seed,
    paired: testSet?.paired ?? false,
  };
}

function checkDocument(check: RuleCheck, { subject }: Evaluation): Json {
  const { rule, value, baseline } = check;
  const deviation = subject?.candidate.values.get(metricKey(rule.metric, rule.slice))?.deviation;
  return {
    rule: rule.text,
    subject: subjectText(rule),
    metric: rule.metric,
    slice: rule.slice ?? null,
    groups: rule.groups === undefined ? null : { kind: rule.groups.kind, columns: [...rule.groups.columns] },
    operator: rule.operator,
    confident: rule.confident,
    verdict: check.verdict,
    advisory: check.advisory,
    candidate: jsonNumber(value),
    champion: jsonNumber(baseline),
    difference: jsonNumber(differenceOf(check)),
    threshold: jsonNumber(check.threshold),
    margin: jsonNumber(check.margin),
    'standard-deviation': jsonNumber(deviation),
    significance: check.significance ?? null,
    comparison: comparisonDocument(check.comparison),
    bounds: boundsDocument(check.bounds),
    parts: (check.parts ?? []).map(partDocument),
    'too-small': (check.tooSmall ?? []).map(({ name, rows }) => ({ name, rows })),
    reason: check.reason,
  };
}

function partDocument(part: PartCheck): Json {
  return {
    name: part.name,
    rows: part.rows ?? null,
    verdict: part.verdict,
    candidate: jsonNumber(part.value),
    champion: jsonNumber(part.baseline),
    comparison: comparisonDocument(part.comparison),
    bounds: boundsDocument(part.bounds),
    reason: part.reason,
  };
}

function comparisonDocument(comparison: PairedComparison | undefined): Json {
  if (comparison === undefined) return null;
  const { difference, lo, hi, confidence, p, n, method, resamples } = comparison;
  return {
    difference: jsonNumber(difference),
    lo: jsonNumber(lo),
    hi: jsonNumber(hi),
    confidence,
    p: jsonNumber(p),
    n,
    method,
    resamples: resamples ?? null,
  };
}

function boundsDocument(bounds: Interval | undefined): Json {
  return bounds === undefined ? null : { lo: jsonNumber(bounds.lo), hi: jsonNumber(bounds.hi) };
}

function findingsDocument(findings: Findings): Json {
  const { source, task, rows, classes, metrics, slices, disagreement, candidate, champion } = findings;
  return {
    source,
    task,
    rows,
    classes: [...classes],
    'positive-class': task === 'binary' ? (classes[1] ?? null) : null,
    metrics: metrics.map(metricDocument),
    slices: slices.map((slice) => ({
      column: slice.column,
      metric: slice.metric,
      problem: slice.problem ?? null,
      groups: slice.groups.map(groupDocument),
    })),
    disagreement:
      disagreement === undefined
        ? null
        : {
            'both-right': disagreement.bothRight,
            'candidate-alone': disagreement.candidateAlone,
            'champion-alone': disagreement.championAlone,
            'both-wrong': disagreement.bothWrong,
          },
    confusion: {
      candidate: matrixDocument(candidate.confusion),
      champion: matrixDocument(champion?.confusion),
    },
  };
}

function metricDocument({ metric, candidate, champion, comparison, detectable }: MetricFinding): Json {
  return {
    metric,
    candidate: jsonNumber(candidate),
    champion: jsonNumber(champion),
    comparison: comparisonDocument(comparison),
    detectable: jsonNumber(detectable),
  };
}

function groupDocument({ name, rows, candidate, champion, comparison, problem }: GroupFinding): Json {
  return {
    name,
    rows,
    candidate: jsonNumber(candidate),
    champion: jsonNumber(champion),
    comparison: comparisonDocument(comparison),
    problem: problem ?? null,
  };
}

/** Row by row: the right class, then the predicted one. Large ones are left out: nobody reads them. */
function matrixDocument(matrix: { readonly classes: number; readonly cells: Float64Array } | undefined): Json {
  if (matrix === undefined || matrix.classes > 50) return null;
  const { classes, cells } = matrix;
  return Array.from({ length: classes }, (_, row) => [...cells.subarray(row * classes, (row + 1) * classes)]);
}

function jsonNumber(value: number | undefined): Json {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

/** Candidate minus champion; undefined when one of them is. */
export function differenceOf({ value, baseline }: Pick<RuleCheck, 'value' | 'baseline'>): number | undefined {
  return value === undefined || baseline === undefined ? undefined : value - baseline;
}

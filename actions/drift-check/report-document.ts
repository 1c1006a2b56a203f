import {
  checkTypeOf,
  descriptionOf,
  type Interval,
  type Json,
  type QualityFinding,
  type SideCounts,
} from '@mlops-actions/core';
import type { Check, CheckedColumn, SideFacts } from './check.ts';
import type { OverTime } from './over-time.ts';
import type { EstimatedFindings } from './rows/estimated.ts';
import type { RowFindings } from './rows/row-signals.ts';

type JsonObject = { readonly [key: string]: Json };

/** The report for machines; `report.schema.json` describes it. Numbers are unrounded; NaN and infinities are texts. */
export function reportDocument(check: Check): JsonObject {
  const { verdict, headline, sides, rules, mode, signals, columns, findings } = check;
  return {
    format: 1,
    action: 'drift-check',
    verdict,
    headline,
    reference: sideDocument(sides.reference),
    current: sideDocument(sides.current),
    rules: {
      rule: rules.rule,
      alpha: rules.alpha,
      correction: rules.correction,
      'min-samples': rules.minSamples,
      'drift-share': rules.driftShare,
      'missing-as-category': rules.missingAsCategory,
      mode,
    },
    signals: signals.map((each) => ({ ...each })),
    'drifted-columns': [...check.drifted],
    'drifted-share': intervalDocument(check.driftedShare),
    columns: columns.map((column) => columnDocument(column, check)),
    quality: findings.map(findingDocument),
    model: modelDocument(check.rows),
    'over-time': overTimeDocument(check.overTime),
    'left-out': check.leftOut.map(({ column, reason }) => ({ column, reason })),
    warnings: [...check.warnings],
  };
}

function sideDocument({ source, kind, rows }: SideFacts): Json {
  return { source, kind, rows };
}

function columnDocument(column: CheckedColumn, { rules, readAgain }: Check): Json {
  const own = rules.columns.get(column.name);
  return {
    name: column.name,
    signal: column.signal,
    verdict: column.verdict,
    reason: column.reason ?? null,
    kind: column.kind,
    'treated-as': column.treatedAs,
    method: column.score?.method ?? null,
    score: intervalDocument(column.score?.value),
    threshold: jsonNumber(column.score?.threshold),
    test: column.significance?.test ?? null,
    p: intervalDocument(column.significance?.p),
    'adjusted-p': intervalDocument(column.adjustedP),
    weight: own?.weight ?? 1,
    critical: own?.critical ?? false,
    'read-again': readAgain.includes(column.name),
    reference: countsDocument(column.reference),
    current: countsDocument(column.current),
    figures: Object.fromEntries(
      Object.entries(column.figures).map(([name, value]) => [name, intervalDocument(value)] as const),
    ),
    detectable: column.detectable === undefined ? null : { ...column.detectable },
    histogram:
      column.histogram === undefined
        ? null
        : {
            edges: column.histogram.edges.map(jsonNumber),
            reference: [...column.histogram.reference],
            current: [...column.histogram.current],
          },
    movements: (column.movements ?? []).map(({ category, reference, current, change }) => ({
      category: typeof category === 'string' ? null : category.name,
      'stands-for': typeof category === 'string' ? category : 'category',
      reference,
      current,
      change,
    })),
    compat: column.compat.map(({ tool, method, value, threshold, flagged }) => ({
      tool,
      method,
      value: jsonNumber(value),
      threshold: jsonNumber(threshold),
      flagged: flagged ?? null,
    })),
  };
}

function countsDocument({ rows, values, missing, infinities, mistyped }: SideCounts): Json {
  return { rows, values, missing, infinities, mistyped };
}

function findingDocument(finding: QualityFinding): Json {
  const { column, issue, reference, current, p } = finding;
  return {
    column,
    issue,
    check: checkTypeOf(issue),
    description: descriptionOf(finding),
    reference: jsonNumber(reference),
    current: intervalDocument(current),
    p: jsonNumber(p),
  };
}

function modelDocument({ task, coverage, performance, estimated, concept, segments }: RowFindings): Json {
  return {
    task: task ?? null,
    labels: coverage === undefined ? null : { ...coverage },
    performance: (performance?.changes ?? []).map(({ bounds, ...change }) => ({
      ...change,
      bounds: intervalDocument(bounds),
    })),
    undefined: (performance?.undefined ?? []).map((each) => ({ ...each })),
    estimated: estimated === undefined ? null : estimatedDocument(estimated),
    concept:
      concept === undefined
        ? null
        : {
            rows: concept.rows,
            alarms: concept.alarms.map(({ detector, row, moment }) => ({
              detector,
              row: row ?? null,
              moment: moment ?? null,
            })),
            course: concept.course.map((each) => ({ ...each })),
          },
    segments: (segments ?? []).map(({ segment, reference, current, p }) => ({
      segment,
      reference: { ...reference, bounds: intervalDocument(reference.bounds) },
      current: { ...current, bounds: intervalDocument(current.bounds) },
      p,
    })),
  };
}

function estimatedDocument({ rows, referenceAccuracy, estimate, change, bounds, margin }: EstimatedFindings): Json {
  const figures = Object.entries(estimate).map(([name, value]) => [name, jsonNumber(value)] as const);
  return {
    rows,
    'reference-accuracy': referenceAccuracy,
    estimate: Object.fromEntries(figures),
    change,
    bounds: intervalDocument(bounds),
    margin,
  };
}

function overTimeDocument(overTime: OverTime | undefined): Json {
  if (overTime === undefined) return null;
  return {
    stride: overTime.stride,
    slices: overTime.slices.map((each) => ({ ...each })),
    columns: overTime.columns.map(({ name, method, threshold, scores }) => ({
      name,
      method,
      threshold,
      scores: scores.map((score) => (Number.isNaN(score) ? null : score)),
    })),
  };
}

function intervalDocument(interval: Interval | undefined): Json {
  return interval === undefined ? null : { lo: jsonNumber(interval.lo), hi: jsonNumber(interval.hi) };
}

function jsonNumber(value: number | undefined): Json {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

import {
  formatDistinct,
  formatNumber,
  formatSigned,
  type Json,
  type MetricSet,
  metricKey,
  type RuleCheck,
  type Verdict,
} from '@mlops-actions/core';
import { bold, type Cell, code, escapeText, table } from '@mlops-actions/report';
import type { Evaluation } from './evaluation.ts';

/** The report for machines; `report.schema.json` describes it. Numbers are unrounded; NaN and infinities are texts. */
export function reportDocument(evaluation: Evaluation): { readonly [key: string]: Json } {
  const { verdict, headline, subject, checks, notCompared, unjudged, warnings } = evaluation;
  const { candidate, champion } = subject ?? {};
  return {
    format: 1,
    action: 'evaluate-gate',
    verdict,
    passed: verdict === 'pass',
    headline,
    candidate: candidate === undefined ? null : candidate.source,
    champion: champion?.kind === 'found' ? champion.metrics.source : null,
    'champion-missing': champion?.kind === 'missing' ? champion.reason : null,
    checks: checks.map((check) => checkDocument(check, evaluation)),
    'not-compared': notCompared.map((rule) => rule.text),
    'not-judged': [...unjudged],
    warnings: [...warnings],
  };
}

function checkDocument(check: RuleCheck, { subject }: Evaluation): Json {
  const { rule, value, baseline } = check;
  const deviation = subject?.candidate.values.get(metricKey(rule.metric, rule.slice))?.deviation;
  return {
    rule: rule.text,
    metric: rule.metric,
    slice: rule.slice ?? null,
    operator: rule.operator,
    verdict: check.verdict,
    advisory: check.advisory,
    candidate: jsonNumber(value),
    champion: jsonNumber(baseline),
    difference: jsonNumber(differenceOf(check)),
    threshold: jsonNumber(check.threshold),
    margin: jsonNumber(check.margin),
    'standard-deviation': jsonNumber(deviation),
    reason: check.reason,
  };
}

function jsonNumber(value: number | undefined): Json {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

function differenceOf({ value, baseline }: RuleCheck): number | undefined {
  return value === undefined || baseline === undefined ? undefined : value - baseline;
}

const marks: Readonly<Record<Verdict, string>> = {
  pass: '✔ pass',
  inconclusive: '? inconclusive',
  error: '⚠ error',
  fail: '✘ fail',
};

/** A summary page has a limit, and a reader too; report.json holds every check. */
const maxRows = 100;

/** The report for people. */
export function reportMarkdown(evaluation: Evaluation): string {
  const { verdict, headline, checks, notCompared, unjudged, warnings } = evaluation;
  const reasons = checks.slice(0, maxRows).filter((check) => check.verdict !== 'pass');
  return [
    `## Gate: ${marks[verdict]}`,
    escapeText(headline),
    checks.length === 0 ? undefined : checkTable(checks.slice(0, maxRows)),
    checks.length > maxRows ? `${checks.length - maxRows} more checks are in report.json.` : undefined,
    bullets(reasons.map((check) => `${escapeText(check.reason)}${check.advisory ? ' (advisory)' : ''}`)),
    bullets(notCompared.map((rule) => `Not compared, for want of a champion: ${code(rule.text).markdown}`)),
    bullets(warnings.map((warning) => `Warning: ${escapeText(warning)}`)),
    unjudged.length === 0 ? undefined : `Not judged by the default rules: ${listed(unjudged)}.`,
    sources(evaluation),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function checkTable(checks: readonly RuleCheck[]): string {
  return table(
    ['Metric', 'Champion', 'Candidate', 'Δ', 'Rule', 'Verdict'],
    checks.map((check) => {
      const [champion, candidate] = figures(check);
      const difference = differenceOf(check);
      return [
        code(metricKey(check.rule.metric, check.rule.slice)),
        champion,
        candidate,
        difference === undefined ? '' : formatSigned(difference),
        code(check.rule.text),
        check.verdict === 'pass' ? verdictText(check) : bold(verdictText(check)),
      ];
    }),
    ['left', 'right', 'right', 'right'],
  );
}

function figures({ value, baseline }: RuleCheck): [Cell, Cell] {
  if (value === undefined) return [baseline === undefined ? '' : formatNumber(baseline), 'missing'];
  if (baseline === undefined) return ['', formatNumber(value)];
  const [champion = '', candidate = ''] = formatDistinct([baseline, value]);
  return [champion, candidate];
}

function verdictText({ verdict, advisory }: RuleCheck): string {
  return advisory ? `${marks[verdict]} (advisory)` : marks[verdict];
}

function bullets(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.map((line) => `- ${line}`).join('\n');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => code(name).markdown);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function sources({ subject }: Evaluation): string | undefined {
  const { candidate, champion } = subject ?? {};
  const named = (label: string, set: MetricSet): string => `${label}: ${code(set.source).markdown}`;
  const parts = [
    ...(candidate === undefined ? [] : [named('Candidate', candidate)]),
    ...(champion?.kind === 'found' ? [named('Champion', champion.metrics)] : []),
    ...(champion?.kind === 'missing' ? [`Champion: none (${escapeText(champion.reason)})`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' · ');
}

import {
  formatDistinct,
  formatNumber,
  formatSigned,
  type MetricSet,
  type PairedComparison,
  predictionMetric,
  type RuleCheck,
  subjectText,
  type Verdict,
} from '@mlops-actions/core';
import { bold, type Cell, code, escapeText, formatPValue, formatShare, table } from '@mlops-actions/report';
import { type Evaluation, whyNotCompared } from './evaluation.ts';
import type { Findings, GroupFinding } from './findings.ts';
import { differenceOf } from './report-document.ts';

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
  const { verdict, headline, checks, notCompared, unjudged, warnings, findings } = evaluation;
  const shown = checks.slice(0, maxRows);
  const reasons = shown.filter((check) => check.verdict !== 'pass');
  return [
    `## Gate: ${marks[verdict]}`,
    escapeText(headline),
    checks.length === 0 ? undefined : checkTable(shown),
    checks.length > maxRows ? `${checks.length - maxRows} more checks are in report.json.` : undefined,
    bullets(reasons.map((check) => `${escapeText(check.reason)}${check.advisory ? ' (advisory)' : ''}`)),
    bullets(
      notCompared.map((rule) => `Not compared, ${escapeText(whyNotCompared(evaluation))}: ${code(rule.text).markdown}`),
    ),
    bullets(warnings.map((warning) => `Warning: ${escapeText(warning)}`)),
    unjudged.length === 0 ? undefined : `Not judged by the default rules: ${listed(unjudged)}.`,
    ...(findings === undefined ? [] : findingsParts(findings, checks)),
    sources(evaluation),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

/** With an interval and p where any rule was judged on rows. */
function checkTable(checks: readonly RuleCheck[]): string {
  const isTested = checks.some(({ comparison, bounds }) => comparison !== undefined || bounds !== undefined);
  const tested = (cells: readonly Cell[]): readonly Cell[] => (isTested ? cells : []);
  return table(
    ['Metric', 'Champion', 'Candidate', 'Δ', ...(isTested ? ['Interval', 'p'] : []), 'Rule', 'Verdict'],
    checks.map((check) => {
      const [champion, candidate] = figures(check);
      const difference = differenceOf(check);
      return [
        code(subjectText(check.rule)),
        champion,
        candidate,
        difference === undefined ? '' : formatSigned(difference, 3),
        ...tested([intervalText(check), check.comparison === undefined ? '' : formatPValue(check.comparison.p)]),
        code(check.rule.text),
        check.verdict === 'pass' ? verdictText(check) : bold(verdictText(check)),
      ];
    }),
    ['left', 'right', 'right', 'right', ...(isTested ? (['right', 'right'] as const) : [])],
  );
}

/** Of the difference, or of the candidate's own figure where the rule asks for confidence. */
function intervalText({ comparison, bounds, significance }: RuleCheck): string {
  if (comparison !== undefined) return differenceInterval(comparison);
  if (bounds !== undefined) return `${formatNumber(bounds.lo, 3)} … ${formatNumber(bounds.hi, 3)}`;
  return significance === 'not available' ? 'not available' : '';
}

export function differenceInterval({ lo, hi }: PairedComparison): string {
  return `${formatSigned(lo, 3)} … ${formatSigned(hi, 3)}`;
}

function figures({ value, baseline }: Pick<RuleCheck, 'value' | 'baseline'>): [Cell, Cell] {
  if (value === undefined) return [baseline === undefined ? '' : formatNumber(baseline), 'missing'];
  if (baseline === undefined) return ['', formatNumber(value)];
  const [champion = '', candidate = ''] = formatDistinct([baseline, value]);
  return [champion, candidate];
}

function verdictText({ verdict, advisory }: RuleCheck): string {
  return advisory ? `${marks[verdict]} (advisory)` : marks[verdict];
}

function findingsParts(findings: Findings, checks: readonly RuleCheck[]): (string | undefined)[] {
  const power = powerText(findings, checks);
  return [
    power === undefined ? undefined : escapeText(power),
    ...findings.slices.flatMap(({ column, metric, groups, problem }) => [
      `### ${escapeText(`${metric} by ${column}`)}`,
      problem === undefined ? sliceTable(groups) : escapeText(`${problem}.`),
    ]),
    disagreementText(findings),
  ];
}

/** What the test set could show at all: a gate that cannot see a difference does not say that there is none. */
export function powerText({ rows, metrics }: Findings, checks: readonly RuleCheck[]): string | undefined {
  const asked = new Set(checks.map(({ rule }) => predictionMetric(rule.metric)?.name));
  const known = metrics.filter(({ metric, detectable = 0 }) => detectable > 0 && asked.has(metric)).slice(0, 6);
  if (known.length === 0) return undefined;
  const each = known.map(({ metric, detectable }) => `${metric} ${formatNumber(detectable as number, 2)}`);
  return `${formatNumber(rows)} rows show a true difference from these sizes on in 80 of 100 cases: ${each.join(', ')}.`;
}

function sliceTable(groups: readonly GroupFinding[]): string {
  const shown = groups.slice(0, 20);
  const text = table(
    ['Group', 'Rows', 'Champion', 'Candidate', 'Δ', 'Interval'],
    shown.map(({ name, rows, candidate, champion, comparison, problem }) => {
      const pair = {
        ...(candidate === undefined ? {} : { value: candidate }),
        ...(champion === undefined ? {} : { baseline: champion }),
      };
      if (candidate === undefined) return [code(name), rows, '', '', '', problem ?? ''];
      const difference = differenceOf(pair);
      return [
        code(name),
        rows,
        ...figures(pair),
        difference === undefined ? '' : formatSigned(difference, 3),
        comparison === undefined ? '' : differenceInterval(comparison),
      ];
    }),
    ['left', 'right', 'right', 'right', 'right', 'right'],
  );
  return groups.length > shown.length
    ? `${text}\n\n${groups.length - shown.length} more groups are in report.json.`
    : text;
}

function disagreementText({ disagreement }: Findings): string | undefined {
  if (disagreement === undefined) return undefined;
  const { bothRight, candidateAlone, championAlone, bothWrong } = disagreement;
  const total = bothRight + candidateAlone + championAlone + bothWrong;
  const share = (count: number): string => `${formatNumber(count)} (${formatShare(count / total)})`;
  return `Right on both sides ${share(bothRight)}, candidate alone ${share(candidateAlone)}, champion alone ${share(championAlone)}, neither ${share(bothWrong)}.`;
}

function bullets(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.map((line) => `- ${line}`).join('\n');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => code(name).markdown);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}

function sources({ subject, findings }: Evaluation): string | undefined {
  const { candidate, champion } = subject ?? {};
  const named = (label: string, set: MetricSet): string => `${label}: ${code(set.source).markdown}`;
  const parts = [
    ...(findings === undefined
      ? []
      : [`Test set: ${code(findings.source).markdown}, ${formatNumber(findings.rows)} rows, ${findings.task}`]),
    ...(candidate === undefined || candidate.values.size === 0 ? [] : [named('Candidate', candidate)]),
    ...(champion?.kind === 'found' ? [named('Champion', champion.metrics)] : []),
    ...(champion?.kind === 'missing' && !subject?.testSet?.paired
      ? [`Champion: none (${escapeText(champion.reason)})`]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' · ');
}

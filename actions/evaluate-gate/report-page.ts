import {
  formatNumber,
  formatSigned,
  predictionMetric,
  type Rule,
  type RuleCheck,
  subjectText,
  type Verdict,
} from '@mlops-actions/core';
import {
  badge,
  bullets,
  type Content,
  codeText,
  dataTable,
  type Fact,
  type ForestRow,
  forestPlot,
  formatMoment,
  formatPValue,
  htmlPage,
  note,
  paragraph,
  prose,
  type Section,
  shortName,
  type Tone,
} from '@mlops-actions/report';
import { type Evaluation, whyNotCompared } from './evaluation.ts';
import type { Findings, MetricFinding, SliceFindings } from './findings.ts';
import { differenceOf } from './report-document.ts';
import { differenceInterval, powerText } from './report-markdown.ts';
import { curvesSection, mistakesSection } from './report-pictures.ts';

const tones: Readonly<Record<Verdict, Tone>> = { pass: 'good', fail: 'bad', error: 'warn', inconclusive: 'unknown' };

/** The report as one HTML file. `now` is in milliseconds since 1970. */
export function reportPage(evaluation: Evaluation, now: number): string {
  const { verdict, headline, findings } = evaluation;
  return htmlPage({
    title: 'Evaluation gate',
    verdict: { tone: tones[verdict], word: verdict },
    headline,
    facts: factsOf(evaluation),
    sections: [
      ...(evaluation.checks.length === 0 ? [] : [rulesSection(evaluation)]),
      ...differencesSection(evaluation.checks),
      ...remarksSection(evaluation),
      ...(findings === undefined ? [] : findingsSections(findings, evaluation.checks)),
    ],
    footer: `mlops-actions evaluate-gate · ${formatMoment(now)} · all figures unrounded in report.json`,
  });
}

function factsOf({ subject, checks, terms, findings }: Evaluation): Fact[] {
  const { candidate, champion } = subject ?? {};
  const binding = checks.filter((check) => !check.advisory);
  const counted = (['pass', 'fail', 'error', 'inconclusive'] as const)
    .map((verdict) => [verdict, binding.filter((check) => check.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  return [
    ...(candidate === undefined || candidate.values.size === 0
      ? []
      : [{ label: 'Candidate', value: candidate.source }]),
    ...(champion?.kind === 'found' ? [{ label: 'Champion', value: champion.metrics.source }] : []),
    ...(findings === undefined
      ? []
      : [
          { label: 'Test set', value: findings.source },
          { label: 'Rows', value: `${formatNumber(findings.rows)}, ${findings.task}` },
        ]),
    ...(counted.length === 0 ? [] : [{ label: 'Rules', value: counted.join(', ') }]),
    ...(terms === undefined || findings === undefined
      ? []
      : [
          { label: 'Confidence', value: `${formatNumber(terms.options.confidence * 100)} %, one-sided` },
          { label: 'Correction', value: terms.options.correction },
          {
            label: 'Resamples',
            value: `${formatNumber(terms.resampling.resamples)}, seed ${terms.resampling.seed}`,
          },
        ]),
  ];
}

function rulesSection({ checks }: Evaluation): Section {
  return {
    title: 'Rules',
    lead: 'The worst first. Δ is candidate minus champion, in the metric’s own unit.',
    body: dataTable<RuleCheck>({
      caption: 'Rules',
      columns: [
        { label: 'Rule' },
        { label: 'Verdict' },
        { label: 'Champion', kind: 'number' },
        { label: 'Candidate', kind: 'number' },
        { label: 'Δ', kind: 'number' },
        { label: 'Interval of Δ', kind: 'number', hint: 'Each end is a one-sided bound at the gate’s confidence.' },
        { label: 'p', kind: 'number', hint: 'Of “no difference”, two-sided.' },
      ],
      rows: checks,
      row: (check) => {
        const difference = differenceOf(check);
        const { comparison } = check;
        return {
          tone: tones[check.verdict],
          cells: [
            { show: shortName(titleOf(check.rule)), sort: subjectText(check.rule) },
            { show: badge({ tone: tones[check.verdict], word: wordOf(check) }), sort: check.verdict },
            check.baseline ?? '',
            check.value ?? 'missing',
            difference === undefined ? '' : { show: formatSigned(difference, 3), sort: difference },
            comparison === undefined
              ? (check.significance ?? '')
              : { show: differenceInterval(comparison), sort: comparison.lo },
            comparison === undefined ? '' : { show: formatPValue(comparison.p), sort: comparison.p },
          ],
          details: () => [paragraph([codeText(check.rule.text), ': ', prose(check.reason), '.']), partsTable(check)],
        };
      },
    }),
  };
}

/** The rule without its remarks: `recall ≥ champion - 0.02`. */
function titleOf(rule: Rule): string {
  const operator = rule.operator.replace('>=', '≥').replace('<=', '≤');
  return `${subjectText(rule)} ${operator} ${rule.boundText}${rule.confident ? ' confident' : ''}`;
}

function wordOf({ verdict, advisory }: RuleCheck): string {
  return advisory ? `${verdict} (advisory)` : verdict;
}

function partsTable({ parts = [], rule }: RuleCheck): Content {
  if (parts.length === 0) return undefined;
  return dataTable({
    caption: `Groups of ${subjectText(rule)}`,
    columns: [
      { label: 'Group' },
      { label: 'Rows', kind: 'number' },
      { label: 'Champion', kind: 'number' },
      { label: 'Candidate', kind: 'number' },
      { label: 'Interval of Δ', kind: 'number' },
    ],
    rows: parts,
    limit: 100,
    row: ({ name, rows, baseline, value, comparison, verdict }) => ({
      tone: tones[verdict],
      cells: [
        name,
        rows ?? '',
        baseline ?? '',
        value ?? '',
        comparison === undefined ? '' : { show: differenceInterval(comparison), sort: comparison.lo },
      ],
    }),
  });
}

/** Rules that were judged by the bounds of a difference, oriented so that + is better. */
function differencesSection(checks: readonly RuleCheck[]): Section[] {
  const rows = checks.flatMap((check): ForestRow[] => {
    const { comparison, margin, rule, verdict } = check;
    if (comparison === undefined || margin === undefined) return [];
    const isHigher = rule.operator.startsWith('>');
    const allowed = isHigher ? -margin : margin;
    return [{ ...oriented(subjectText(rule), comparison, isHigher), tone: tones[verdict], margin: allowed }];
  });
  if (rows.length === 0) return [];
  return [{ title: 'Differences', body: forestPlot({ title: 'Candidate against champion, by rule', rows }) }];
}

function oriented(
  name: string,
  { difference, lo, hi }: { readonly difference: number; readonly lo: number; readonly hi: number },
  isHigher: boolean,
): Omit<ForestRow, 'tone'> {
  return isHigher
    ? { name, estimate: difference, low: lo, high: hi }
    : { name, estimate: -difference, low: -hi, high: -lo };
}

function remarksSection(evaluation: Evaluation): Section[] {
  const { warnings, notCompared } = evaluation;
  if (warnings.length + notCompared.length === 0) return [];
  return [
    {
      title: 'Remarks',
      body: [
        warnings.map((warning) => note('warn', prose(warning))),
        notCompared.length === 0
          ? undefined
          : [
              paragraph(prose(`Not compared with the champion, ${whyNotCompared(evaluation)}:`)),
              bullets(notCompared.map((rule) => codeText(rule.text))),
            ],
      ],
    },
  ];
}

function findingsSections(findings: Findings, checks: readonly RuleCheck[]): Section[] {
  const power = powerText(findings, checks);
  return [
    {
      title: 'All metrics',
      lead: 'For information; the rules decide.',
      body: [metricsTable(findings.metrics), power === undefined ? undefined : paragraph(power)],
    },
    ...(findings.slices.length === 0
      ? []
      : [{ title: 'Slices', lead: 'The largest first.', body: findings.slices.map(slicePlot) }]),
    ...curvesSection(findings),
    ...mistakesSection(findings),
  ];
}

function metricsTable(metrics: readonly MetricFinding[]): Content {
  return dataTable({
    caption: 'All metrics',
    columns: [
      { label: 'Metric' },
      { label: 'Champion', kind: 'number' },
      { label: 'Candidate', kind: 'number' },
      { label: 'Δ', kind: 'number' },
      { label: 'Interval of Δ', kind: 'number' },
      { label: 'p', kind: 'number' },
      { label: 'Method' },
    ],
    rows: metrics,
    row: ({ metric, champion, candidate, comparison }) => ({
      cells: [
        metric,
        champion ?? '',
        candidate,
        comparison === undefined ? '' : { show: formatSigned(comparison.difference, 3), sort: comparison.difference },
        comparison === undefined ? '' : { show: differenceInterval(comparison), sort: comparison.lo },
        comparison === undefined ? '' : { show: formatPValue(comparison.p), sort: comparison.p },
        comparison?.method ?? '',
      ],
    }),
  });
}

function slicePlot({ column, metric, groups, problem }: SliceFindings): Content {
  if (problem !== undefined) return note('warn', `${problem}.`);
  const isHigher = predictionMetric(metric)?.direction !== 'lower';
  const rows = groups.flatMap(({ name, rows: count, comparison }): ForestRow[] => {
    if (comparison === undefined) return [];
    const row = oriented(name, comparison, isHigher);
    const tone: Tone = row.low >= 0 ? 'good' : row.high < 0 ? 'bad' : 'unknown';
    return [{ ...row, tone, remark: `n ${formatNumber(count)}` }];
  });
  const left = groups.filter(({ problem: why }) => why !== undefined);
  return [
    rows.length === 0 ? undefined : forestPlot({ title: `${metric} by ${column}`, rows }),
    dataTable({
      caption: `${metric} by ${column}`,
      columns: [
        { label: 'Group' },
        { label: 'Rows', kind: 'number' },
        { label: 'Champion', kind: 'number' },
        { label: 'Candidate', kind: 'number' },
        { label: 'Interval of Δ', kind: 'number' },
      ],
      rows: groups,
      row: ({ name, rows: count, champion, candidate, comparison, problem: why }) => ({
        cells: [
          name,
          count,
          champion ?? '',
          candidate ?? why ?? '',
          comparison === undefined ? '' : { show: differenceInterval(comparison), sort: comparison.lo },
        ],
      }),
    }),
    left.length === 0 ? undefined : note('unknown', `${left.length} of ${groups.length} groups have no figures.`),
  ];
}

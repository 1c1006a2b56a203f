import { checkTypeOf, descriptionOf, formatNumber, type QualityFinding } from '@mlops-actions/core';
import {
  badge,
  bullets,
  codeText,
  dataTable,
  type Fact,
  formatMoment,
  formatShare,
  htmlPage,
  note,
  paragraph,
  prose,
  type Section,
  type Tone,
} from '@mlops-actions/report';
import { type Check, leftOutText, listed } from './check.ts';
import { columnsSection } from './report-columns.ts';
import { modelSections, overTimeSection } from './report-pictures.ts';
import type { CheckVerdict } from './signals.ts';
import { sourceNames } from './source-names.ts';

const tones: Readonly<Record<CheckVerdict, Tone>> = {
  ok: 'good',
  warn: 'warn',
  'insufficient-data': 'unknown',
  error: 'warn',
  drift: 'bad',
};

/** The report as one HTML file. `now` is in milliseconds since 1970. */
export function reportPage(check: Check, now: number): string {
  const { verdict, headline, columns, findings, sides } = check;
  const [, current] = sourceNames(sides.reference.source, sides.current.source);
  return htmlPage({
    title: `Drift check · ${current}`,
    wholeTitle: sides.current.source,
    verdict: { tone: tones[verdict], word: verdict },
    headline,
    facts: factsOf(check),
    sections: [
      ...(check.signals.length < 2 ? [] : [signalsSection(check)]),
      ...modelSections(check.rows),
      ...(columns.length === 0 ? [] : [columnsSection(check)]),
      ...overTimeSection(check.overTime),
      ...(check.signals.some(({ signal }) => signal === 'quality') ? [qualitySection(findings)] : []),
      ...remarksSection(check),
      decisionSection(check),
    ],
    footer: `mlops-actions drift-check · ${formatMoment(now)} · all figures unrounded in report.json`,
  });
}

function factsOf({ sides, columns, drifted, driftedShare, rules }: Check): Fact[] {
  const judged = columns.filter(({ verdict }) => verdict !== 'insufficient-data').length;
  const shift = Math.max(
    ...columns.map(({ detectable }) => (detectable?.unit === 'deviations' ? detectable.value : 0)),
    0,
  );
  const [reference, current] = sourceNames(sides.reference.source, sides.current.source);
  return [
    { label: 'Reference', value: `${reference}, ${formatNumber(sides.reference.rows)} rows` },
    { label: 'Current', value: `${current}, ${formatNumber(sides.current.rows)} rows` },
    ...(columns.length === 0
      ? []
      : [
          { label: 'Columns judged', value: `${judged} of ${columns.length}` },
          { label: 'Drifted', value: `${drifted.length} (${formatShare(driftedShare.lo)} by weight)` },
          { label: 'Rule', value: ruleText(rules) },
        ]),
    ...(shift > 0 ? [{ label: 'Smallest significant shift', value: `${formatNumber(shift, 2)} σ` }] : []),
  ];
}

function ruleText({ rule, alpha }: Check['rules']): string {
  const significant = `adjusted p < ${formatNumber(alpha)}`;
  if (rule === 'two-key') return `score ≥ threshold and ${significant}`;
  return rule === 'score' ? 'score ≥ threshold' : significant;
}

function signalsSection({ signals }: Check): Section {
  return {
    title: 'Signals',
    lead: 'Each has a verdict of its own; the worst is that of the check.',
    body: dataTable({
      caption: 'Signals',
      columns: [{ label: 'Signal' }, { label: 'Verdict' }, { label: 'Why', wide: true }],
      rows: signals,
      row: ({ signal, verdict, reason }) => ({
        tone: tones[verdict],
        cells: [
          signal,
          { show: badge({ tone: tones[verdict], word: verdict }), sort: verdict },
          paragraph(prose(reason)),
        ],
      }),
    }),
  };
}

function qualitySection(findings: readonly QualityFinding[]): Section {
  return {
    title: 'Quality',
    lead: 'What is wrong with the data besides their distribution.',
    body: dataTable<QualityFinding>({
      caption: 'Findings',
      columns: [{ label: 'Column' }, { label: 'Check' }, { label: 'Found', wide: true }],
      rows: findings,
      row: (finding) => ({
        tone: 'warn',
        cells: [finding.column, checkTypeOf(finding.issue), paragraph(descriptionOf(finding))],
      }),
    }),
  };
}

function remarksSection({ warnings, leftOut }: Check): Section[] {
  if (warnings.length + leftOut.length === 0) return [];
  return [
    {
      title: 'Remarks',
      body: [
        warnings.slice(0, 100).map((warning) => note('warn', prose(warning))),
        leftOut.length === 0 ? undefined : bullets(leftOut.slice(0, 100).map((each) => prose(leftOutText(each)))),
      ],
    },
  ];
}

function decisionSection({ rules, mode, readAgain, sides }: Check): Section {
  const keys =
    rules.rule === 'two-key'
      ? 'its score reaches the threshold (the change matters) and its corrected p-value is below alpha (the change is not chance)'
      : rules.rule === 'score'
        ? 'its score reaches the threshold'
        : 'its corrected p-value is below alpha';
  return {
    title: 'How it was decided',
    body: bullets([
      `A column drifts when ${keys}.`,
      `Alpha is ${formatNumber(rules.alpha)}, corrected by ${rules.correction}; a column needs ${formatNumber(rules.minSamples)} values on each side.`,
      `The data drift when a critical column drifts, or columns of ${formatShare(rules.driftShare)} of the weight.`,
      `Values were held in mode ${mode}.${readAgain.length === 0 ? '' : ` Read again with all values: ${listed(readAgain)}.`} A figure with two bounds lies between them for certain.`,
      ['Reference: ', codeText(sides.reference.source), ` (${sides.reference.kind}).`],
      ['Current: ', codeText(sides.current.source), ` (${sides.current.kind}).`],
    ]),
  };
}

import { descriptionOf, formatNumber, missingRate } from '@mlops-actions/core';
import { code, escapeText, formatShare, table } from '@mlops-actions/report';
import { type Check, type CheckedColumn, leftOutText } from './check.ts';
import { intervalText, pText } from './figures.ts';
import type { CheckVerdict } from './signals.ts';

const marks: Readonly<Record<CheckVerdict, string>> = {
  ok: '✔ ok',
  warn: '! warn',
  'insufficient-data': '? insufficient-data',
  error: '⚠ error',
  drift: '✘ drift',
};

const columnMarks: Readonly<Record<CheckedColumn['verdict'], string>> = {
  drift: '✘ drift',
  undecided: '⚠ undecided',
  'no-drift': '✔ no drift',
  'insufficient-data': '? insufficient data',
};

/** A summary page has a limit, and a reader too; report.json holds everything. */
const maxRows = 50;

/** The report for people who do not open a page. */
export function reportMarkdown(check: Check): string {
  const { verdict, headline, columns, findings, signals, warnings } = check;
  return [
    `## Drift check: ${marks[verdict]}`,
    escapeText(headline),
    signals.length < 2
      ? undefined
      : table(
          ['Signal', 'Verdict', 'Why'],
          signals.map((each) => [each.signal, marks[each.verdict], each.reason]),
        ),
    columns.length === 0 ? undefined : columnTable(columns.slice(0, maxRows)),
    rest(columns.length, 'columns'),
    findings.length === 0
      ? undefined
      : bullets(
          findings
            .slice(0, maxRows)
            .map((finding) => `${code(finding.column).markdown}: ${escapeText(descriptionOf(finding))}`),
        ),
    rest(findings.length, 'findings'),
    bullets(warnings.slice(0, maxRows).map((warning) => `Warning: ${escapeText(warning)}`)),
    bullets(check.leftOut.slice(0, maxRows).map((each) => escapeText(leftOutText(each)))),
    sources(check),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function columnTable(columns: readonly CheckedColumn[]): string {
  return table(
    ['Column', 'Verdict', 'Method', 'Score', 'Threshold', 'Adjusted p', 'Missing', 'n'],
    columns.map((column) => {
      const { name, verdict, score, adjustedP, reference, current } = column;
      return [
        code(name),
        columnMarks[verdict],
        score?.method ?? '',
        score === undefined ? '' : intervalText(score.value),
        score?.threshold ?? '',
        adjustedP === undefined ? '' : pText(adjustedP),
        `${formatShare(missingRate(reference))} → ${formatShare(missingRate(current))}`,
        `${formatNumber(reference.values)} → ${formatNumber(current.values)}`,
      ];
    }),
    ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
  );
}

function rest(count: number, what: string): string | undefined {
  return count > maxRows ? `${formatNumber(count - maxRows)} more ${what} are in report.json.` : undefined;
}

function bullets(lines: readonly string[]): string | undefined {
  return lines.length === 0 ? undefined : lines.map((line) => `- ${line}`).join('\n');
}

function sources({ sides: { reference, current } }: Check): string {
  return `Reference: ${code(reference.source).markdown}, ${formatNumber(reference.rows)} rows. Current: ${code(current.source).markdown}, ${formatNumber(current.rows)} rows.`;
}

import { formatDuration, formatNumber, type Look, type RolloutOutcome, worstFirst } from '@mlops-actions/core';
import { bold, type Cell, code, escapeText, link, table } from '@mlops-actions/report';
import { nextSteps } from './next-steps.ts';
import type { RolloutResult } from './rollout-result.ts';
import { figuresOf } from './windows.ts';

const marks: Readonly<Record<RolloutOutcome, string>> = {
  promoted: '✔ promoted',
  'no-op': '✔ nothing to do',
  observed: 'observed',
  'rolled-back': '✘ rolled back',
  'rollback-failed': '✘ the rollback failed',
  paused: '? paused',
  superseded: '⚠ superseded',
  refused: '⚠ refused',
};

/** A summary page has a limit, and a reader too; report.json holds everything. */
const mostMoments = 40;

/** The report for people. */
export function rolloutMarkdown(result: RolloutResult): string {
  const { outcome, headline, driven, warnings } = result;
  const next = nextSteps(result);
  const last = driven?.looks.at(-1);
  return [
    `## Rollout: ${marks[outcome]}`,
    escapeText(headline),
    next === undefined ? undefined : withCode(next),
    facts(result),
    driven === undefined ? undefined : stepTable(result, driven.looks),
    last === undefined ? undefined : checkTable(last),
    warnings.length === 0 ? undefined : warnings.map((warning) => `- Warning: ${escapeText(warning)}`).join('\n'),
    driven === undefined ? undefined : timeline(result),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function facts({ endpoint, settings, models, finalShares, begunAt, endedAt, runUrl }: RolloutResult): string {
  const { stable, candidate, plan } = settings;
  const named = (name: string): string => {
    const model = models[name];
    return `${code(name).markdown}${model === undefined ? '' : ` (${escapeText(model)})`}`;
  };
  const serving = Object.entries(finalShares ?? {}).filter(([, share]) => share > 0);
  return [
    `Endpoint ${code(endpoint).markdown}`,
    ...(candidate === '' ? [] : [`candidate ${named(candidate)}`]),
    ...(stable === '' ? [] : [`stable ${named(stable)}`]),
    escapeText(plan.strategy),
    `took ${formatDuration((endedAt - begunAt) / 1000)}`,
    ...(serving.length === 0
      ? []
      : [`now ${serving.map(([name, share]) => `${code(name).markdown} ${formatNumber(share, 3)} %`).join(', ')}`]),
    ...(runUrl === undefined ? [] : [link('run', runUrl).markdown]),
  ].join(' · ');
}

/** Plan against what was achieved, with what was seen at each step. */
function stepTable({ settings }: RolloutResult, looks: readonly Look[]): string {
  const rows = settings.plan.steps.map(({ share, achieved, mirror }, index): Cell[] => {
    const own = looks.filter(({ step }) => step === index);
    const last = own.at(-1);
    const measured = own.findLast((look) => look.measured !== undefined)?.measured;
    return [
      mirror === undefined ? `${formatNumber(share, 3)} %` : `copies of ${formatNumber(mirror, 3)} %`,
      `${formatNumber(achieved, 3)} %`,
      ...deploymentCells(measured?.candidate.windows),
      ...deploymentCells(measured?.stable?.windows),
      last === undefined ? 'not reached' : last.verdict === 'pass' ? 'pass' : bold(last.verdict),
    ];
  });
  return table(['Asked', 'Achieved', 'Candidate: requests', 'errors', 'Stable: requests', 'errors', 'Verdict'], rows, [
    'right',
    'right',
    'right',
    'right',
    'right',
    'right',
  ]);
}

function deploymentCells(windows: Parameters<typeof figuresOf>[0]): Cell[] {
  const { requests, serverErrors } = figuresOf(windows);
  return [requests ?? '', serverErrors ?? ''];
}

function checkTable({ checks }: Look): string {
  const rows = worstFirst(checks).map(({ name, verdict, advisory, reason }): Cell[] => [
    name,
    verdict === 'pass' || advisory ? `${verdict}${advisory ? ' (advisory)' : ''}` : bold(verdict),
    reason,
  ]);
  return `### The last look\n\n${table(['Check', 'Verdict', 'Why'], rows)}`;
}

function timeline({ driven, begunAt }: RolloutResult): string | undefined {
  const moments = (driven?.moments ?? []).filter(
    ({ kind, failure }) => failure !== undefined || !['journal', 'observe', 'measure'].includes(kind),
  );
  if (moments.length === 0) return undefined;
  const lines = moments.slice(-mostMoments).map(({ at, text, failure }) => {
    const after = formatDuration(Math.max(0, at - begunAt) / 1000);
    return `- ${after}: ${escapeText(text)}${failure === undefined ? '' : ` – failed: ${escapeText(failure)}`}`;
  });
  const left = moments.length - lines.length;
  const more = left === 0 ? '' : `${left} earlier entries are in report.json.\n\n`;
  return `<details><summary>Timeline</summary>\n\n${more}${lines.join('\n')}\n\n</details>`;
}

function withCode(sentence: string): string {
  return sentence
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 0 ? escapeText(part) : code(part).markdown))
    .join('');
}

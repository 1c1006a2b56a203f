import { formatDuration, formatNumber, requestsOf, shareOf, type Verdict } from '@mlops-actions/core';
import { bold, type Cell, code, escapeText, formatShare, link, table } from '@mlops-actions/report';
import type { MonitorResult } from './monitor-result.ts';

const marks: Readonly<Record<Verdict, string>> = {
  pass: '✔ well',
  inconclusive: '? not enough to tell',
  error: '⚠ not known',
  fail: '✘ breach',
};

/** A summary page has a limit, and a reader too; report.json holds everything. */
const mostLooks = 30;

/** The report for people. */
export function monitorMarkdown(result: MonitorResult): string {
  const { verdict, headline, last, looks, mode } = result;
  return [
    `## Endpoint ${escapeText(result.endpoint)}: ${marks[verdict]}`,
    escapeText(headline),
    deploymentTable(result),
    checkTable(result),
    mode === 'watch' ? lookTable(looks, result.begunAt) : undefined,
    [
      `Looked at the ${formatDuration((last.to - last.from) / 1000)} until ${new Date(last.to).toISOString()}`,
      ...(result.dashboardUrl === undefined ? [] : [link('dashboard', result.dashboardUrl).markdown]),
      ...(result.runUrl === undefined ? [] : [link('run', result.runUrl).markdown]),
    ].join(' · '),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

function deploymentTable({ last }: MonitorResult): string {
  const rows = last.deployments.map(({ name, model, traffic, window, readyReplicas, desiredReplicas }): Cell[] => {
    const errors = shareOf(window.windows, 'serverErrors');
    const { latency } = window;
    return [
      code(name),
      model,
      `${formatNumber(traffic)} %`,
      requestsOf(window.windows) ?? 'not known',
      errors === undefined || errors.requests === 0 ? '' : formatShare(errors.count / errors.requests),
      latency?.p50 === undefined ? '' : formatNumber(latency.p50, 3),
      latency?.p95 === undefined ? '' : formatNumber(latency.p95, 3),
      latency?.p99 === undefined ? '' : formatNumber(latency.p99, 3),
      `${readyReplicas} of ${desiredReplicas}`,
    ];
  });
  return table(
    ['Deployment', 'Model', 'Traffic', 'Requests', 'Server errors', 'p50 ms', 'p95 ms', 'p99 ms', 'Replicas'],
    rows,
    ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  );
}

function checkTable({ last }: MonitorResult): string {
  const rows = last.checks.map(({ name, deployment, verdict, advisory, reason }): Cell[] => [
    name,
    deployment === undefined ? 'endpoint' : code(deployment),
    verdict === 'pass' || advisory ? `${verdict}${advisory ? ' (advisory)' : ''}` : bold(verdict),
    reason,
  ]);
  return table(['Check', 'Of', 'Verdict', 'Why'], rows);
}

function lookTable(looks: MonitorResult['looks'], begunAt: number): string {
  const shown = looks.slice(-mostLooks);
  const rows = shown.map(({ at, verdict, failing }): Cell[] => [
    formatDuration(Math.max(0, at - begunAt) / 1000),
    verdict,
    failing[0]?.reason ?? 'all checks pass',
  ]);
  const left = looks.length - shown.length;
  const more = left === 0 ? '' : `\n\n${left} earlier looks are in report.json.`;
  return `${table(['After', 'Verdict', 'Why'], rows)}${more}`;
}

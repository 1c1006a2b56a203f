import { formatDuration, formatNumber, type Measurement, requestsOf, shareOf, type Verdict } from '@mlops-actions/core';
import {
  badge,
  dataTable,
  type Fact,
  formatMoment,
  formatPValue,
  formatShare,
  htmlPage,
  paragraph,
  prose,
  type Section,
  type StatusCell,
  statusStrip,
  type TimedValue,
  type Tone,
  timelineChart,
} from '@mlops-actions/report';
import { pointsOf, type WindowPoint } from '../window-points.ts';
import type { MonitorResult } from './monitor-result.ts';

const tones: Readonly<Record<Verdict, Tone>> = { pass: 'good', inconclusive: 'unknown', error: 'warn', fail: 'bad' };

/** The report as one HTML file: a status page of the endpoint. */
export function monitorPage(result: MonitorResult): string {
  const { verdict, headline, endpoint, endedAt, mode } = result;
  return htmlPage({
    title: `Endpoint · ${endpoint}`,
    verdict: { tone: tones[verdict], word: verdict },
    headline,
    facts: factsOf(result),
    sections: [
      { title: 'Status', body: statusStrip({ title: 'Requests that failed', rows: rowsOf(result) }) },
      checksSection(result),
      picturesSection(result),
      ...(mode === 'watch' ? [looksSection(result)] : []),
    ],
    footer: `mlops-actions monitor-endpoint · ${formatMoment(endedAt)} · all figures unrounded in report.json`,
  });
}

function factsOf({ last, provider, rolledBackTo }: MonitorResult): Fact[] {
  const all = last.deployments.flatMap(({ window: { windows } }) => windows);
  const errors = shareOf(all, 'serverErrors');
  const [main] = [...last.deployments].sort((a, b) => b.traffic - a.traffic);
  const p95 = main?.window.latency?.p95;
  return [
    { label: 'Status', value: last.state.status },
    { label: 'Looked at', value: formatDuration((last.to - last.from) / 1000) },
    { label: 'Requests', value: formatNumber(requestsOf(all) ?? 0) },
    ...(errors === undefined || errors.requests === 0
      ? []
      : [{ label: 'Availability', value: formatShare(1 - errors.count / errors.requests) }]),
    ...(p95 === undefined ? [] : [{ label: 'p95', value: `${formatNumber(p95, 3)} ms` }]),
    { label: 'Provider', value: provider },
    ...(rolledBackTo === undefined ? [] : [{ label: 'Went back to', value: rolledBackTo }]),
  ];
}

function rowsOf({ windows, last }: MonitorResult) {
  return Object.entries(windows).map(([name, each]) => {
    const errors = shareOf(each, 'serverErrors');
    const limit = last.checks.find((check) => check.name === 'error-rate')?.threshold ?? 0;
    return {
      name,
      figure:
        errors === undefined || errors.requests === 0
          ? 'no requests'
          : `${formatShare(1 - errors.count / errors.requests)} answered`,
      cells: each.map((window) => cellOf(window, limit)),
    };
  });
}

function cellOf(window: Measurement, limit: number): StatusCell {
  const { from, to, requests, serverErrors } = window;
  if (requests === undefined || requests === 0 || serverErrors === undefined) {
    return { from, to, tone: 'unknown', tip: 'no requests' };
  }
  const share = serverErrors / requests;
  const tone = serverErrors === 0 ? 'good' : share > limit ? 'bad' : 'warn';
  return { from, to, tone, tip: `${serverErrors} of ${requests} requests failed` };
}

function checksSection({ last }: MonitorResult): Section {
  return {
    title: 'Checks',
    lead: 'The worst first.',
    body: dataTable({
      caption: 'Checks',
      columns: [
        { label: 'Check' },
        { label: 'Of' },
        { label: 'Verdict' },
        { label: 'p', kind: 'number' },
        { label: 'Why', wide: true },
      ],
      rows: last.checks,
      row: ({ name, deployment, verdict, advisory, p, reason }) => {
        const tone = advisory ? 'unknown' : tones[verdict];
        return {
          tone,
          cells: [
            name,
            deployment ?? 'endpoint',
            badge({ tone, word: `${verdict}${advisory ? ' (advisory)' : ''}` }),
            p === undefined ? '' : formatPValue(p),
            paragraph(prose(reason)),
          ],
        };
      },
    }),
  };
}

function picturesSection({ windows }: MonitorResult): Section {
  const lines = Object.entries(windows).map(([name, each]) => ({ name, points: pointsOf(each) }));
  const panel = (
    title: string,
    value: (point: WindowPoint) => number | undefined,
    format: (value: number) => string,
  ) => ({
    title,
    includes: [0, 1],
    format,
    series: lines.map(({ name, points }) => ({
      name,
      points: points.map((point): TimedValue => [point.time, value(point) ?? Number.NaN]),
    })),
  });
  return {
    title: 'Over time',
    body: timelineChart({
      title: 'Traffic, errors and latency',
      panels: [
        panel(
          'Requests a second',
          (point) => point.requestsPerSecond,
          (value) => formatNumber(value, 3),
        ),
        panel(
          'Server errors',
          (point) => point.errorPercent,
          (value) => `${formatNumber(value, 2)} %`,
        ),
        panel(
          'Latency, p95',
          (point) => point.p95,
          (value) => `${formatNumber(value, 3)} ms`,
        ),
      ],
      events: [],
    }),
  };
}

function looksSection({ looks, begunAt }: MonitorResult): Section {
  return {
    title: 'Looks',
    lead: 'The newest first.',
    body: dataTable({
      caption: 'Looks',
      columns: [{ label: 'After' }, { label: 'Verdict' }, { label: 'Why', wide: true }],
      rows: [...looks].reverse(),
      row: ({ at, verdict, failing }) => ({
        tone: tones[verdict],
        cells: [
          { show: formatDuration(Math.max(0, at - begunAt) / 1000), sort: at },
          badge({ tone: tones[verdict], word: verdict }),
          paragraph(prose(failing[0]?.reason ?? 'all checks pass')),
        ],
      }),
    }),
  };
}

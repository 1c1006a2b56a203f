import { formatNumber, type Measurement, requestsOf } from '@mlops-actions/core';
import { dataTable, type Section, type TimedValue, type TimelinePanel, timelineChart } from '@mlops-actions/report';
import type { Driven } from '@mlops-actions/rollout';
import { pointsOf, type WindowPoint } from '../window-points.ts';
import type { RolloutResult } from './rollout-result.ts';
import { windowsOf } from './windows.ts';

/** Traffic, errors and latency over time with the steps marked. */
export function pictureSection({ driven, settings }: RolloutResult): Section[] {
  if (driven === undefined || driven.looks.length === 0) return [];
  const { candidate, stable } = windowsOf(driven.looks);
  const lines = [
    { name: settings.candidate, points: pointsOf(candidate) },
    ...(settings.stable === '' ? [] : [{ name: settings.stable, points: pointsOf(stable) }]),
  ];
  const panel = (title: string, includes: readonly number[], value: (point: WindowPoint) => number | undefined) => ({
    title,
    includes,
    series: lines.map(({ name, points }) => ({
      name,
      points: points.map((point): TimedValue => [point.time, value(point) ?? Number.NaN]),
    })),
  });
  const panels: TimelinePanel[] = [
    {
      title: 'Traffic',
      stepped: true,
      includes: [0, 100],
      format: (share) => `${formatNumber(share, 3)} %`,
      series: lines.map(({ name }) => ({ name, points: sharesOf(driven, name) })),
    },
    {
      ...panel('Server errors', [0, 1], ({ errorPercent }) => errorPercent),
      format: (value) => `${formatNumber(value, 2)} %`,
    },
    { ...panel('Latency, p95', [0, 1], ({ p95 }) => p95), format: (value) => `${formatNumber(value, 3)} ms` },
  ];
  return [
    {
      title: 'What happened',
      lead: 'The share of the traffic, server errors and latency of both deployments, with what was done to the traffic.',
      body: timelineChart({ title: 'Rollout', panels, events: eventsOf(driven) }),
    },
  ];
}

/** As the endpoint showed them, not as they were asked for. */
function sharesOf({ moments, endedAt }: Driven, name: string): TimedValue[] {
  const seen = moments.flatMap(({ at, shares }): TimedValue[] =>
    shares === undefined ? [] : [[at, shares[name] ?? 0]],
  );
  const last = seen.at(-1);
  return last === undefined ? [] : [...seen, [endedAt, last[1]]];
}

function eventsOf({ moments }: Driven): { readonly time: number; readonly label: string }[] {
  const told = ['shift', 'start-guarded', 'abort-guarded', 'cancelled', 'end'];
  return moments
    .filter(({ kind, failure }) => told.includes(kind) && failure === undefined)
    .map(({ at, text }) => ({ time: at, label: text }));
}

/** Everything that was measured, window by window. */
export function measurementsSection({ driven, settings }: RolloutResult): Section[] {
  const { candidate, stable } = windowsOf(driven?.looks ?? []);
  const rows = [
    ...candidate.map((window) => ({ name: settings.candidate, window })),
    ...stable.map((window) => ({ name: settings.stable, window })),
  ].sort((a, b) => a.window.from - b.window.from);
  if (rows.length === 0) return [];
  return [
    {
      title: 'Measurements',
      lead: 'Window by window, as the provider counted them.',
      body: dataTable({
        caption: 'Measurements',
        columns: [
          { label: 'Window (UTC)' },
          { label: 'Deployment' },
          { label: 'Requests', kind: 'number' },
          { label: 'Server errors', kind: 'number' },
          { label: 'Client errors', kind: 'number' },
          { label: 'p50 ms', kind: 'number' },
          { label: 'p95 ms', kind: 'number' },
          { label: 'Ready', kind: 'number' },
        ],
        rows,
        row: ({ name, window }) => ({
          ...((window.serverErrors ?? 0) > 0 ? { tone: 'warn' as const } : {}),
          cells: [
            { show: new Date(window.from).toISOString().slice(11, 19), sort: window.from },
            name,
            requestsOf([window]),
            window.serverErrors,
            window.clientErrors,
            rounded(window, 'p50'),
            rounded(window, 'p95'),
            window.readyReplicas,
          ],
        }),
      }),
    },
  ];
}

function rounded({ latency }: Measurement, statistic: 'p50' | 'p95'): number | undefined {
  const value = latency?.[statistic];
  return value === undefined ? undefined : Number(value.toPrecision(3));
}

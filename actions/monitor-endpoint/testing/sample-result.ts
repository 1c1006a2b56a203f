import {
  type DeploymentFigures,
  defaultMonitorRules,
  judgeEndpoint,
  type Measurement,
  overallVerdict,
  worstFirst,
} from '@mlops-actions/core';
import type { MonitorLook } from '../look.ts';
import { headlineOf, type MonitorResult } from '../monitor-result.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 26, 12, 0);
const rules = { ...defaultMonitorRules, maxLatencyMs: { p95: 250 }, objective: 0.999, maxCaptureAgeSeconds: 600 };

/** A watch of two deployments of which the second begins to fail, judged by the real checks; `name` is that of the second. */
export function sampleResult(name = 'green'): MonitorResult {
  const series = { blue: windows(() => 0), [name]: windows((index) => (index > 45 ? 5 : 0)) };
  const deployments = Object.entries(series).map(([each, all]): DeploymentFigures => {
    const own = { name: each, model: 'churn@2', readyReplicas: 2, desiredReplicas: 2, maxReplicas: 4 };
    return { ...own, traffic: each === name ? 60 : 40, window: { windows: all.slice(-15) } };
  });
  const capture = { percent: 10, newestAt: now - 60_000 };
  const status = 'InService' as const;
  const checks = judgeEndpoint({ at: now, status, deployments, capture, history: Object.values(series).flat() }, rules);
  const last: MonitorLook = {
    at: now,
    from: now - 15 * minute,
    to: now,
    verdict: overallVerdict(checks),
    checks: worstFirst(checks),
    state: { name: 'shop', url: 'http://127.0.0.1:1', status, deployments: [], tags: {}, promoted: [], capture },
    deployments,
    alarms: [],
  };
  const failing = last.checks.filter(({ verdict }) => verdict !== 'pass');
  return {
    mode: 'watch',
    endpoint: 'shop',
    provider: 'local',
    verdict: last.verdict,
    headline: headlineOf(last, 'shop'),
    last,
    looks: Array.from({ length: 40 }, (_, index) => ({
      at: now - (40 - index) * minute,
      verdict: index < 38 ? ('pass' as const) : last.verdict,
      failing: index < 38 ? [] : failing,
    })),
    windows: series,
    begunAt: now - 40 * minute,
    endedAt: now,
  };
}

function windows(errors: (index: number) => number): Measurement[] {
  return Array.from({ length: 60 }, (_, index) => ({
    from: now - (60 - index) * minute,
    to: now - (59 - index) * minute,
    requests: index % 20 === 7 ? 0 : 120,
    serverErrors: index % 20 === 7 ? 0 : errors(index),
    ...(index % 20 === 7 ? {} : { latency: { p50: 40, p95: 80 + 20 * Math.sin(index / 5) + 10 * errors(index) } }),
    readyReplicas: 2,
    desiredReplicas: 2,
    saturation: 0.4,
  }));
}

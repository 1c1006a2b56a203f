import type { Json, Measurement, MonitorCheck } from '@mlops-actions/core';
import type { MonitorResult } from './monitor-result.ts';

/** The report for machines; `report.schema.json` describes it. Numbers are unrounded, times in milliseconds since 1970. */
export function monitorDocument(result: MonitorResult): { readonly [key: string]: Json } {
  const { last } = result;
  return {
    format: 1,
    action: 'monitor-endpoint',
    mode: result.mode,
    verdict: result.verdict,
    headline: result.headline,
    endpoint: result.endpoint,
    provider: result.provider,
    status: last.state.status,
    'run-url': result.runUrl ?? null,
    begun: result.begunAt,
    ended: result.endedAt,
    window: { from: last.from, to: last.to },
    'rolled-back-to': result.rolledBackTo ?? null,
    'rollback-failure': result.rollbackFailure ?? null,
    deployments: last.deployments.map(({ name, model, traffic, readyReplicas, desiredReplicas, maxReplicas }) => ({
      name,
      model,
      traffic,
      'ready-replicas': readyReplicas,
      'desired-replicas': desiredReplicas,
      'max-replicas': maxReplicas,
    })),
    checks: last.checks.map(checkDocument),
    looks: result.looks.map(({ at, verdict, failing }) => ({ at, verdict, failing: failing.map(({ name }) => name) })),
    measurements: Object.fromEntries(
      Object.entries(result.windows).map(([name, windows]) => [name, windows.map(windowDocument)]),
    ),
  };
}

function checkDocument(check: MonitorCheck): Json {
  const { name, deployment, verdict, advisory, reason, value, baseline, threshold, n, p, interval } = check;
  return {
    name,
    deployment: deployment ?? null,
    verdict,
    advisory,
    reason,
    value: value ?? null,
    baseline: baseline ?? null,
    threshold: threshold ?? null,
    n: n ?? null,
    p: p ?? null,
    interval: interval === undefined ? null : { ...interval },
  };
}

function windowDocument({ latency, ...window }: Measurement): Json {
  return { ...window, ...(latency === undefined ? {} : { latency: { ...latency } }) };
}

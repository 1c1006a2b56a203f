import type { Json } from '@mlops-actions/core';
import { checkDocument, windowDocument } from '../measured-document.ts';
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
    alarms: last.alarms.map(({ name, state, reason }) => ({ name, state, reason })),
    'dashboard-url': result.dashboardUrl ?? null,
    checks: last.checks.map((check) => ({ deployment: check.deployment ?? null, ...checkDocument(check) })),
    looks: result.looks.map(({ at, verdict, failing }) => ({ at, verdict, failing: failing.map(({ name }) => name) })),
    measurements: Object.fromEntries(
      Object.entries(result.windows).map(([name, windows]) => [name, windows.map(windowDocument)]),
    ),
  };
}

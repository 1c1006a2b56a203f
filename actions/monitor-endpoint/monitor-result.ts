import type { Measurement, MonitorCheck, Verdict } from '@mlops-actions/core';
import type { MonitorLook } from './look.ts';

/** A look in short: what is kept of all looks of a long watch. */
export interface LookSummary {
  readonly at: number;
  readonly verdict: Verdict;
  /** The checks that count and do not pass, worst first. */
  readonly failing: readonly MonitorCheck[];
}

/** Everything that the report tells. */
export interface MonitorResult {
  readonly mode: 'check' | 'watch';
  readonly endpoint: string;
  readonly provider: string;
  readonly verdict: Verdict;
  /** The cause first, one sentence. */
  readonly headline: string;
  /** The look that decided: the breach, or the last one. */
  readonly last: MonitorLook;
  /** Oldest first; the newest of them, when there were very many. */
  readonly looks: readonly LookSummary[];
  /** Windows by deployment over all the time that was looked at, for the pictures. */
  readonly windows: Readonly<Record<string, readonly Measurement[]>>;
  /** The deployment that the traffic went back to. */
  readonly rolledBackTo?: string;
  /** Why it could not go back. */
  readonly rollbackFailure?: string;
  /** Where the provider's dashboard of the endpoint is. */
  readonly dashboardUrl?: string;
  /** Why alarms or dashboard could not be set up. */
  readonly watchFailure?: string;
  readonly runUrl?: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly endedAt: number;
}

/** `Breach: green: server errors 4.1 % (41/1000), where 1 % is the limit.` */
export function headlineOf(
  { verdict, checks, deployments }: Pick<MonitorLook, 'verdict' | 'checks' | 'deployments'>,
  endpoint: string,
): string {
  const [worst] = checks.filter(({ advisory }) => !advisory);
  if (verdict === 'pass' || worst === undefined) {
    const requests = deployments.reduce(
      (sum, { window }) => sum + window.windows.reduce((all, each) => all + (each.requests ?? 0), 0),
      0,
    );
    return `${endpoint} is well: ${checks.length} checks pass, ${requests} requests were looked at.`;
  }
  const kinds = { fail: 'Breach', error: 'Not known', inconclusive: 'Not enough to tell' } as const;
  const where = worst.deployment === undefined ? '' : `${worst.deployment}: `;
  return `${kinds[verdict]}: ${where}${worst.reason}.`;
}

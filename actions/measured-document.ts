import type { Json, Measurement, RolloutCheck } from '@mlops-actions/core';

type JsonObject = { readonly [key: string]: Json };

/** A check on what was measured, for a report that machines read. */
export function checkDocument(check: RolloutCheck): JsonObject {
  const { name, verdict, advisory, reason, value, baseline, threshold, n, p, interval } = check;
  return {
    name,
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

/** A window as it was measured: figures that the provider does not have are absent. */
export function windowDocument({ latency, ...window }: Measurement): JsonObject {
  return { ...window, ...(latency === undefined ? {} : { latency: { ...latency } }) };
}

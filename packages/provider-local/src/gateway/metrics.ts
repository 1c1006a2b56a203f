/** What happened to one deployment's requests over a window. Percentiles are absent when there were none. */
export interface MetricsSummary {
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

export interface MetricsRing {
  /** Counts one request that ended now; `milliseconds` from its arrival to the last byte of its answer. */
  record(milliseconds: number, isError: boolean): void;
  /** The last `windowSeconds` (at most an hour), the second that is running included. */
  summary(windowSeconds: number): MetricsSummary;
}

/** One second. `second` tells whether the slot is of this hour or an old one. */
interface Bucket {
  second: number;
  requests: number;
  errors: number;
  readonly latencies: Uint32Array;
}

const slots = 3600;
/** Latencies of a histogram cell differ by 10 %, so the value reported, its geometric middle, is at most 4.9 % off. */
const growth = 1.1;
const smallestMs = 0.05;
/** The last cell starts above one hour. */
const cells = Math.ceil(Math.log((3600 * 1000) / smallestMs) / Math.log(growth)) + 2;

/**
 * An hour of one-second buckets with latency histograms. A bucket is made when its second has a request: at most 2.8 MB per
 * deployment, nothing for an idle one.
 */
export function metricsRing(now: () => number = Date.now): MetricsRing {
  const ring: (Bucket | undefined)[] = [];
  const bucketOf = (second: number): Bucket => {
    const index = second % slots;
    const bucket = ring[index] ?? { second, requests: 0, errors: 0, latencies: new Uint32Array(cells) };
    ring[index] = bucket;
    if (bucket.second === second) return bucket;
    bucket.latencies.fill(0);
    return Object.assign(bucket, { second, requests: 0, errors: 0 });
  };
  return {
    record: (milliseconds, isError) => {
      const bucket = bucketOf(Math.floor(now() / 1000));
      const cell = cellOf(milliseconds);
      bucket.requests += 1;
      bucket.errors += isError ? 1 : 0;
      bucket.latencies[cell] = (bucket.latencies[cell] ?? 0) + 1;
    },
    summary: (windowSeconds) => {
      const last = Math.floor(now() / 1000);
      const first = last - Math.min(windowSeconds, slots) + 1;
      return summarise(
        ring.filter((bucket) => bucket !== undefined && bucket.second >= first && bucket.second <= last),
      );
    },
  };
}

function summarise(buckets: readonly (Bucket | undefined)[]): MetricsSummary {
  const latencies = new Float64Array(cells);
  let requests = 0;
  let errors = 0;
  for (const bucket of buckets) {
    if (bucket === undefined) continue;
    requests += bucket.requests;
    errors += bucket.errors;
    for (let cell = 0; cell < cells; cell++) latencies[cell] = (latencies[cell] ?? 0) + (bucket.latencies[cell] ?? 0);
  }
  if (requests === 0) return { requests, errors };
  const percentile = (percent: number): number => percentileOf(latencies, requests, percent);
  return { requests, errors, p50Ms: percentile(50), p95Ms: percentile(95), p99Ms: percentile(99) };
}

/** Nearest rank: the smallest value that at least `percent` of the values do not exceed. */
function percentileOf(latencies: Float64Array, total: number, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * total));
  let seen = 0;
  for (let cell = 0; cell < cells; cell++) {
    seen += latencies[cell] ?? 0;
    if (seen >= rank) return cell === 0 ? smallestMs : smallestMs * growth ** (cell - 0.5);
  }
  return smallestMs * growth ** (cells - 0.5);
}

/** Cell 0 holds what is faster than `smallestMs`; cell k from `smallestMs` · growth^(k-1) up. */
function cellOf(milliseconds: number): number {
  if (milliseconds < smallestMs) return 0;
  return Math.min(cells - 1, 1 + Math.floor(Math.log(milliseconds / smallestMs) / Math.log(growth)));
}

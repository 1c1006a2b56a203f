/** Statistics of latency, in the order in which they are preferred for judging: the tail first, then what hides it more and more. */
export const latencyStatistics = ['p95', 'p90', 'p99', 'mean', 'p50', 'max'] as const;
export type LatencyStatistic = (typeof latencyStatistics)[number];

/**
 * What one deployment did from `from` up to but not including `to`: one bucket of a provider's metrics, usually a minute. A figure that the
 * provider does not have is absent, never 0; a 0 was measured.
 */
export interface Measurement {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly requests?: number;
  /** Answers of 500 and above, and requests without an answer, whoever was at fault. */
  readonly serverErrors?: number;
  /** Answers from 400 to 499. */
  readonly clientErrors?: number;
  /** Of the server errors those that the model's container gave, where the provider tells them apart. */
  readonly modelErrors?: number;
  /** Of the server errors those of the platform around it. */
  readonly platformErrors?: number;
  /** Milliseconds. */
  readonly latency?: Readonly<Partial<Record<LatencyStatistic, number>>>;
  /** How the statistics of latency were made: `of every request`, `mean of the instances' p95`. */
  readonly latencySource?: string;
  readonly readyReplicas?: number;
  readonly desiredReplicas?: number;
  /** Restarts of replicas within the window. */
  readonly restarts?: number;
  /** Of the resource that is nearest to its end: 1 is all there is, and more where requests can ask for more than that. */
  readonly saturation?: number;
  readonly inFlight?: number;
}

/** One deployment's windows in ascending order; they do not overlap. Windows without any data are left out. */
export interface Series {
  readonly windows: readonly Measurement[];
  /** Latency over all the windows at once, from a provider that can compute it; else it is the mean of the windows'. */
  readonly latency?: Readonly<Partial<Record<LatencyStatistic, number>>>;
}

export type CountName = 'serverErrors' | 'clientErrors' | 'modelErrors' | 'platformErrors';

/** So many of the requests. */
export interface Share {
  readonly count: number;
  readonly requests: number;
}

/** The sum of a count over the windows that know both it and the requests; undefined when there are none. */
export function shareOf(windows: readonly Measurement[], name: CountName): Share | undefined {
  const known = windows.filter((window) => window[name] !== undefined && window.requests !== undefined);
  if (known.length === 0) return undefined;
  return {
    count: sumOf(known, (window) => window[name]),
    requests: sumOf(known, (window) => window.requests),
  };
}

/** The requests of all windows that know them; undefined when none does. */
export function requestsOf(windows: readonly Measurement[]): number | undefined {
  return windows.some(({ requests }) => requests !== undefined)
    ? sumOf(windows, ({ requests }) => requests)
    : undefined;
}

/** A window of one deployment and the other's of the same time. */
export type Pair = readonly [candidate: Measurement, stable: Measurement];

/** The windows that both have: the candidate is compared with stable over the same minutes. */
export function pairsOf(candidate: readonly Measurement[], stable: readonly Measurement[]): Pair[] {
  const byTime = new Map(stable.map((window) => [timeOf(window), window]));
  return candidate.flatMap((window) => {
    const other = byTime.get(timeOf(window));
    return other === undefined ? [] : [[window, other] as const];
  });
}

function timeOf({ from, to }: Measurement): string {
  return `${from}-${to}`;
}

function sumOf(windows: readonly Measurement[], figure: (window: Measurement) => number | undefined): number {
  return windows.reduce((sum, window) => sum + (figure(window) ?? 0), 0);
}

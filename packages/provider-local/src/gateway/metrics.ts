import type { Series } from '@mlops-actions/core';
import type { MeasureRequest } from '@mlops-actions/provider';
import {
  type AnsweredRequest,
  addGauges,
  addRequest,
  type Bucket,
  emptyBucket,
  type Gauges,
  latencyOf,
  measurementOf,
  merged,
} from './metrics-bucket.ts';
import { type TimeRing, timeRing } from './metrics-ring.ts';
import { addToTotals, emptyTotals, type MetricsTotals } from './metrics-totals.ts';

/** What one deployment did, by time. All counts in the second in which it is told, by the machine's clock. */
export interface DeploymentMetrics {
  record(request: AnsweredRequest): void;
  /** A replica ended and is started again. */
  recordRestart(): void;
  /** How it is now. A window without a sample has no gauges. */
  sample(gauges: Gauges): void;
  /**
   * The windows that are over and that were watched from beginning to end. They are `windowSeconds` long and begin at `from`, both rounded
   * up to whole seconds; up to whole minutes when `from` is more than an hour ago, and without percentiles when it is more than a day ago.
   */
  measure(request: MeasureRequest): Series;
  /** Everything since the beginning. */
  readonly totals: Readonly<MetricsTotals>;
}

interface Tier {
  readonly ring: TimeRing<Bucket>;
  readonly withPercentiles: boolean;
}

const hour = 3600;
const day = 24 * hour;

/**
 * Keeps seconds for an hour and minutes for a day, both with percentiles, and minutes without them for eight days: the same hour of last
 * week, and a day to spare. Nothing outlives the process. At most 10 MB: so much does a deployment with requests in every second of eight
 * days take, an idle one 4 MB.
 */
export function deploymentMetrics(now: () => number = Date.now): DeploymentMetrics {
  const beganAt = now();
  const tiers: readonly Tier[] = [
    { ring: timeRing(1, hour, emptyBucket), withPercentiles: true },
    { ring: timeRing(60, day, emptyBucket), withPercentiles: true },
    { ring: timeRing(60, 8 * day, emptyBucket), withPercentiles: false },
  ];
  const totals = emptyTotals();
  const secondNow = (): number => Math.floor(now() / 1000);

  /** The finest that reaches back to `from`, else the one that reaches farthest. */
  const ringFor = (from: number): TimeRing<Bucket> => {
    const second = secondNow();
    const { ring } = tiers.find((tier) => tier.ring.oldest(second) * 1000 <= from) ?? (tiers.at(-1) as Tier);
    return ring;
  };

  return {
    totals,
    record: (request) => {
      const second = secondNow();
      for (const { ring, withPercentiles } of tiers) addRequest(ring.at(second), request, withPercentiles);
      addToTotals(totals, request);
    },
    recordRestart: () => {
      const second = secondNow();
      for (const { ring } of tiers) ring.at(second).restarts += 1;
      totals.restarts += 1;
    },
    sample: (gauges) => {
      const second = secondNow();
      for (const { ring } of tiers) addGauges(ring.at(second), gauges);
    },
    measure: (request) => seriesOf(ringFor(request.from), request, beganAt, now()),
  };
}

/** The windows of `ring` that lie between `beganAt` and `now`, and within what was asked for. */
function seriesOf(
  ring: TimeRing<Bucket>,
  { from, to, windowSeconds }: MeasureRequest,
  beganAt: number,
  now: number,
): Series {
  const { bucketSeconds } = ring;
  const wholeBuckets = (seconds: number): number => Math.ceil(seconds / bucketSeconds) * bucketSeconds;
  const length = wholeBuckets(windowSeconds);
  const first = wholeBuckets(from / 1000);
  const watchedFrom = Math.max(beganAt / 1000, ring.oldest(Math.floor(now / 1000)));
  const unwatched = Math.max(0, Math.ceil((watchedFrom - first) / length));
  const end = Math.min(to, now) / 1000;
  const buckets: Bucket[] = [];
  const windows = [];
  for (let start = first + unwatched * length; start + length <= end; start += length) {
    const bucket = merged(ring.between(start, start + length));
    buckets.push(bucket);
    windows.push(measurementOf(start * 1000, (start + length) * 1000, bucket));
  }
  const latency = latencyOf(merged(buckets));
  return { windows, ...(latency === undefined ? {} : { latency }) };
}

import type { LatencyStatistic, Measurement } from '@mlops-actions/core';
import { cellCount, cellOf, type LatencyCells, percentileOf } from './metrics-histogram.ts';

/** Who is to blame for an answer: the model, which gave it, broke off or was too slow, or the gateway, which had no replica to ask. */
export type AnswerOrigin = 'model' | 'gateway';

/** A request that was answered, or given up. */
export interface AnsweredRequest {
  /** From its arrival to the last byte of its answer. */
  readonly milliseconds: number;
  /** What the caller was told; of an answer that broke off, what it should have been told. */
  readonly status: number;
  readonly origin: AnswerOrigin;
}

/** A deployment at one moment. */
export interface Gauges {
  readonly readyReplicas: number;
  readonly desiredReplicas: number;
  readonly inFlight: number;
  /**
   * Requests in flight over what autoscaling aims at (ready replicas × target concurrency). At 1 every replica is as busy as it should be; it
   * goes above 1 when more is asked than that. Absent while no replica is ready: there is nothing to be busy.
   */
  readonly saturation?: number;
}

/** What happened in some stretch of time. */
export interface Bucket {
  requests: number;
  clientErrors: number;
  modelErrors: number;
  platformErrors: number;
  restarts: number;
  latencySum: number;
  latencyMax: number;
  /** Undefined when percentiles are not kept, or there was no request yet. */
  cells: LatencyCells | undefined;
  /** The newest; undefined when there was no sample. */
  gauges: Gauges | undefined;
  /** The highest. */
  saturation: number | undefined;
}

export type Latency = Readonly<Partial<Record<LatencyStatistic, number>>>;

/** Takes over the cells of a bucket that nobody needs any more: they are large. */
export function emptyBucket(old?: Bucket): Bucket {
  return {
    requests: 0,
    clientErrors: 0,
    modelErrors: 0,
    platformErrors: 0,
    restarts: 0,
    latencySum: 0,
    latencyMax: 0,
    cells: old?.cells?.fill(0),
    gauges: undefined,
    saturation: undefined,
  };
}

export function addRequest(bucket: Bucket, request: AnsweredRequest, withPercentiles: boolean): void {
  const { milliseconds, status, origin } = request;
  bucket.requests += 1;
  if (status >= 400 && status < 500) bucket.clientErrors += 1;
  if (status >= 500 && origin === 'model') bucket.modelErrors += 1;
  if (status >= 500 && origin === 'gateway') bucket.platformErrors += 1;
  bucket.latencySum += milliseconds;
  bucket.latencyMax = Math.max(bucket.latencyMax, milliseconds);
  if (!withPercentiles) return;
  bucket.cells ??= new Uint32Array(cellCount);
  const cell = cellOf(milliseconds);
  bucket.cells[cell] = (bucket.cells[cell] ?? 0) + 1;
}

export function addGauges(bucket: Bucket, gauges: Gauges): void {
  bucket.gauges = gauges;
  addSaturation(bucket, gauges.saturation);
}

/** All that happened in the buckets, which come oldest first. */
export function merged(buckets: Iterable<Bucket>): Bucket {
  const whole = emptyBucket();
  for (const bucket of buckets) {
    whole.requests += bucket.requests;
    whole.clientErrors += bucket.clientErrors;
    whole.modelErrors += bucket.modelErrors;
    whole.platformErrors += bucket.platformErrors;
    whole.restarts += bucket.restarts;
    whole.latencySum += bucket.latencySum;
    whole.latencyMax = Math.max(whole.latencyMax, bucket.latencyMax);
    addCells(whole, bucket.cells);
    if (bucket.gauges !== undefined) whole.gauges = bucket.gauges;
    addSaturation(whole, bucket.saturation);
  }
  return whole;
}

/** The bucket as the figures of the window from `from` to `to`, in milliseconds since 1970. */
export function measurementOf(from: number, to: number, bucket: Bucket): Measurement {
  const { requests, clientErrors, modelErrors, platformErrors, restarts, gauges, saturation } = bucket;
  const latency = latencyOf(bucket);
  return {
    from,
    to,
    requests,
    serverErrors: modelErrors + platformErrors,
    clientErrors,
    modelErrors,
    platformErrors,
    restarts,
    ...(latency === undefined ? {} : { latency, latencySource: sourceOf(bucket) }),
    ...(gauges === undefined
      ? {}
      : {
          readyReplicas: gauges.readyReplicas,
          desiredReplicas: gauges.desiredReplicas,
          inFlight: gauges.inFlight,
        }),
    ...(saturation === undefined ? {} : { saturation }),
  };
}

/** Undefined when there was no request; without percentiles where they are not kept. */
export function latencyOf({ requests, latencySum, latencyMax, cells }: Bucket): Latency | undefined {
  if (requests === 0) return undefined;
  const exact = { mean: latencySum / requests, max: latencyMax };
  if (cells === undefined) return exact;
  const percentile = (percent: number): number => percentileOf(cells, requests, percent, latencyMax);
  return { ...exact, p50: percentile(50), p90: percentile(90), p95: percentile(95), p99: percentile(99) };
}

function sourceOf({ cells }: Bucket): string {
  return cells === undefined ? 'of every request; percentiles are kept for a day' : 'of every request, to within 5 %';
}

function addCells(bucket: Bucket, cells: LatencyCells | undefined): void {
  if (cells === undefined) return;
  bucket.cells ??= new Float64Array(cellCount);
  for (let cell = 0; cell < cellCount; cell++) bucket.cells[cell] = (bucket.cells[cell] ?? 0) + (cells[cell] ?? 0);
}

function addSaturation(bucket: Bucket, saturation: number | undefined): void {
  if (saturation !== undefined) bucket.saturation = Math.max(bucket.saturation ?? 0, saturation);
}

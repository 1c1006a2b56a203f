import { describe, expect, test } from '@jest/globals';
import { metricsText } from './metrics-text.ts';
import { addToTotals, emptyTotals } from './metrics-totals.ts';

/** The lines of one family, its samples without the labels that all have. */
function family(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => new RegExp(`^(# (HELP|TYPE) )?${name}(_bucket|_sum|_count)?[ {]`).test(line))
    .map((line) => line.replace('endpoint="shop",deployment="blue"', ''));
}

const idle = { name: 'blue', traffic: 0, readyReplicas: 0, desiredReplicas: 0, inFlight: 0, totals: emptyTotals() };

describe('the metrics page', () => {
  test('has every family with its help and type, also without deployments', () => {
    const lines = metricsText('shop', []).split('\n');
    expect(lines.at(-1)).toBe('');
    const types = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.slice('# TYPE '.length));
    expect(types).toEqual([
      'mlops_requests_total counter',
      'mlops_request_duration_seconds histogram',
      'mlops_requests_in_flight gauge',
      'mlops_replicas_ready gauge',
      'mlops_replicas_desired gauge',
      'mlops_replica_restarts_total counter',
      'mlops_traffic_ratio gauge',
    ]);
    expect(lines).toHaveLength(2 * types.length + 1);
  });

  test('counts the usual answers from 0, others from their first', () => {
    const before = family(metricsText('shop', [idle]), 'mlops_requests_total').slice(2);
    expect(before).toEqual([
      'mlops_requests_total{,code="2xx",origin="model"} 0',
      'mlops_requests_total{,code="4xx",origin="model"} 0',
      'mlops_requests_total{,code="5xx",origin="model"} 0',
      'mlops_requests_total{,code="5xx",origin="gateway"} 0',
    ]);
    const totals = emptyTotals();
    for (const [status, origin] of [
      [204, 'model'],
      [302, 'model'],
      [404, 'model'],
      [404, 'model'],
      [500, 'model'],
      [504, 'gateway'],
    ] as const)
      addToTotals(totals, { milliseconds: 1, status, origin });
    expect(family(metricsText('shop', [{ ...idle, totals }]), 'mlops_requests_total').slice(2)).toEqual([
      'mlops_requests_total{,code="2xx",origin="model"} 1',
      'mlops_requests_total{,code="3xx",origin="model"} 1',
      'mlops_requests_total{,code="4xx",origin="model"} 2',
      'mlops_requests_total{,code="5xx",origin="model"} 1',
      'mlops_requests_total{,code="5xx",origin="gateway"} 1',
    ]);
  });

  test('has the durations in buckets that hold the smaller ones; a bound is within its bucket', () => {
    const totals = emptyTotals();
    for (const milliseconds of [1, 1.5, 2.5, 60_000, 60_001])
      addToTotals(totals, { milliseconds, status: 200, origin: 'model' });
    const lines = family(metricsText('shop', [{ ...idle, totals }]), 'mlops_request_duration_seconds').slice(2);
    expect(lines).toHaveLength(18);
    expect(lines.slice(0, 3)).toEqual([
      'mlops_request_duration_seconds_bucket{,le="0.001"} 1',
      'mlops_request_duration_seconds_bucket{,le="0.0025"} 3',
      'mlops_request_duration_seconds_bucket{,le="0.005"} 3',
    ]);
    expect(lines.slice(-5)).toEqual([
      'mlops_request_duration_seconds_bucket{,le="30"} 3',
      'mlops_request_duration_seconds_bucket{,le="60"} 4',
      'mlops_request_duration_seconds_bucket{,le="+Inf"} 5',
      'mlops_request_duration_seconds_sum{} 120.006',
      'mlops_request_duration_seconds_count{} 5',
    ]);
  });

  test('tells the state of each deployment', () => {
    const green = { ...idle, name: 'green', traffic: 25, readyReplicas: 1, desiredReplicas: 2, inFlight: 7 };
    const lines = metricsText('shop', [idle, green]).split('\n');
    expect(lines.filter((line) => line.includes('green') && !/duration|requests_total/.test(line))).toEqual([
      'mlops_requests_in_flight{endpoint="shop",deployment="green"} 7',
      'mlops_replicas_ready{endpoint="shop",deployment="green"} 1',
      'mlops_replicas_desired{endpoint="shop",deployment="green"} 2',
      'mlops_replica_restarts_total{endpoint="shop",deployment="green"} 0',
      'mlops_traffic_ratio{endpoint="shop",deployment="green"} 0.25',
    ]);
  });

  test('escapes what ends a label', () => {
    const [, , line] = family(metricsText('a"b\\n\n', [idle]), 'mlops_replicas_ready');
    expect(line).toBe('mlops_replicas_ready{endpoint="a\\"b\\\\n\\n",deployment="blue"} 0');
  });
});

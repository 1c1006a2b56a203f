import { describe, expect, test } from '@jest/globals';
import type { TrafficShift } from '@mlops-actions/provider';
import fc from 'fast-check';
import type { LocalDeploymentState, LocalEndpointState } from '../gateway/endpoint-state.ts';
import { type Counts, replicaCounts } from './replica-counts.ts';

const deployment = (name: string, traffic: number, replicas: number, before?: number): LocalDeploymentState => ({
  name,
  model: 'churn@1',
  traffic,
  status: 'InService',
  readyReplicas: replicas,
  desiredReplicas: replicas,
  maxReplicas: replicas,
  startupTimeoutSeconds: 10,
  ...(before === undefined ? {} : { override: { count: replicas, before } }),
});

const endpoint = (...deployments: LocalDeploymentState[]): LocalEndpointState => ({
  name: 'shop',
  url: 'http://127.0.0.1:1/endpoints/shop/invocations',
  status: 'InService',
  deployments,
  tags: {},
  promoted: [],
  capture: { percent: 0 },
});

const shift = (share: number, byReplicas = true): TrafficShift => ({
  stable: 'blue',
  candidate: 'green',
  share,
  mirror: 0,
  byReplicas,
  expected: [],
});

describe('replicas around a shift', () => {
  test('by weights nobody is told anything', () => {
    const state = endpoint(deployment('blue', 100, 3), deployment('green', 0, 3));
    expect(replicaCounts(shift(10, false), state)).toEqual({ told: {}, before: {}, after: {}, gaining: 'green' });
  });

  test.each<[string, number, LocalEndpointState, Counts, Counts]>([
    [
      'the first third',
      33,
      endpoint(deployment('blue', 100, 3), deployment('green', 0, 1, 3)),
      { green: 1 },
      { green: 1, blue: 2 },
    ],
    [
      'the second third: the candidate has its two before stable gives one up',
      67,
      endpoint(deployment('blue', 67, 2, 3), deployment('green', 33, 1, 3)),
      { blue: 2, green: 2 },
      { blue: 1, green: 2 },
    ],
    [
      'all: the candidate ends as it was made for, stable keeps one for the way back',
      100,
      endpoint(deployment('blue', 33, 1, 3), deployment('green', 67, 2, 3)),
      { blue: 1, green: 3 },
      { blue: 1 },
    ],
    [
      'back: stable has its own number before the traffic comes',
      0,
      endpoint(deployment('blue', 33, 1, 3), deployment('green', 67, 2, 3)),
      { green: 2 },
      { green: 1 },
    ],
  ])('%s', (_what, share, state, before, after) => {
    expect(replicaCounts(shift(share), state)).toMatchObject({ before, after });
  });

  test('whoever has traffic after a shift runs at least one, and both together no more than one beyond the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        (total, share, from) => {
          const state = endpoint(deployment('blue', 100 - from, total), deployment('green', from, total));
          const { after, before, gaining } = replicaCounts(shift(share), state);
          const [blue = 0, green = 0] = [after.blue, after.green];
          expect(blue).toBeGreaterThanOrEqual(1);
          expect(green).toBeGreaterThanOrEqual(1);
          expect(blue + green).toBeLessThanOrEqual(Math.max(2, total));
          expect(before[gaining]).toBe(after[gaining]);
        },
      ),
    );
  });
});

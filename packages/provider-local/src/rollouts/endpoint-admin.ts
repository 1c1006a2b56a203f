import { type Shares, type Traffic, unknownEndpoint } from '@mlops-actions/provider';
import type { GatewayClient } from '../endpoints/gateway-client.ts';
import { pathOf } from '../endpoints/local-endpoints.ts';
import { hasDocument } from '../gateway/endpoint.ts';
import type { LocalEndpointState } from '../gateway/endpoint-state.ts';
import type { TagChange, Tags } from '../gateway/tags.ts';
import type { Store } from '../store/store.ts';

/**
 * The admin routes of one endpoint that a rollout needs. All but `find` are a `UserError` when there is no endpoint; changes of traffic and
 * replicas are `TrafficChanged`, and not made, when the shares are not the expected ones.
 */
export interface EndpointAdmin {
  /** Undefined when there is no such endpoint. */
  find(signal?: AbortSignal): Promise<LocalEndpointState | undefined>;
  state(signal?: AbortSignal): Promise<LocalEndpointState>;
  /** Sets no tag, and tells which there are, when those of the change are not as expected. */
  setTags(change: TagChange, signal?: AbortSignal): Promise<{ readonly isSet: boolean; readonly tags: Tags }>;
  setTraffic(traffic: Traffic, expected: Shares, signal?: AbortSignal): Promise<void>;
  setReplicas(replicas: Readonly<Record<string, number>>, expected: Shares, signal?: AbortSignal): Promise<void>;
}

export function endpointAdmin(store: Store, gateway: GatewayClient, endpoint: string): EndpointAdmin {
  const find = async (signal?: AbortSignal): Promise<LocalEndpointState | undefined> =>
    hasDocument(store, endpoint) ? gateway.call('GET', pathOf(endpoint), undefined, signal) : undefined;
  const call = async <T>(method: string, part: string, body: unknown, signal?: AbortSignal): Promise<T> => {
    const answer = hasDocument(store, endpoint)
      ? await gateway.call<T>(method, `${pathOf(endpoint)}/${part}`, body, signal)
      : undefined;
    if (answer === undefined) throw unknownEndpoint(endpoint);
    return answer;
  };
  return {
    find,
    state: async (signal) => {
      const state = await find(signal);
      if (state === undefined) throw unknownEndpoint(endpoint);
      return state;
    },
    setTags: (change, signal) => call('PUT', 'tags', change, signal),
    setTraffic: async (traffic, expected, signal) => {
      const isNothing = Object.keys(traffic.shares).length === 0 && traffic.mirror === undefined;
      await call(isNothing ? 'DELETE' : 'PUT', 'traffic', { ...traffic, expected }, signal);
    },
    setReplicas: async (replicas, expected, signal) => {
      await call('PUT', 'replicas', { replicas, expected }, signal);
    },
  };
}

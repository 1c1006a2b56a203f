import type { ModelRegistry, RolloutService, RolloutTarget } from '@mlops-actions/provider';
import { type GatewayClient, type GatewayClientOptions, gatewayClient } from '../endpoints/gateway-client.ts';
import type { LocalEndpoints } from '../endpoints/local-endpoints.ts';
import type { Store } from '../store/store.ts';
import { endpointAdmin } from './endpoint-admin.ts';
import { readJournal, writeJournal } from './journal.ts';
import { granularityOf, observationOf } from './observation.ts';
import { faultsOf } from './preflight.ts';
import { judgeQuery, requireFigure } from './query.ts';
import { shiftTraffic } from './shift.ts';

export interface LocalRolloutsOptions extends GatewayClientOptions {
  readonly models: ModelRegistry;
  readonly endpoints: LocalEndpoints;
}

/** Endpoints of this machine as targets of rollouts: we shift the traffic, share by share, and the gateway keeps the journal. */
export function localRollouts(store: Store, options: LocalRolloutsOptions): RolloutService {
  const gateway = gatewayClient(store, options);
  return { target: (endpoint) => localTarget(endpoint, store, { ...options, gateway }) };
}

function localTarget(
  endpoint: string,
  store: Store,
  { endpoints, models, effects, gateway }: LocalRolloutsOptions & { readonly gateway: GatewayClient },
): RolloutTarget {
  const admin = endpointAdmin(store, gateway, endpoint);
  return {
    preflight: async (request, options = {}) =>
      faultsOf(request, await admin.find(options.signal), store, models, options),
    granularity: async () => granularityOf(await admin.find()),
    observe: async ({ signal } = {}) => observationOf(await admin.find(signal)),
    readJournal: ({ signal } = {}) => readJournal(admin, signal),
    writeJournal: (journal, replaces, { signal } = {}) => writeJournal(admin, journal, replaces, signal),
    provision: async (request, options) => {
      await endpoints.deploy(request, options);
    },
    probe: (deployment, invocation, options) => endpoints.invoke(endpoint, { ...invocation, deployment }, options),
    measure: async ({ stable, candidate, ...request }, options) => {
      const series = await endpoints.measure(endpoint, request, options);
      const own = series[candidate] ?? { windows: [] };
      const other = stable === '' ? undefined : series[stable];
      return { candidate: own, ...(other === undefined ? {} : { stable: other }) };
    },
    query: async (query, options) => {
      requireFigure(query);
      const request = { from: query.from, to: query.to, windowSeconds: 1 };
      const series = await endpoints.measure(endpoint, request, options);
      return judgeQuery(query, series[query.deployment] ?? { windows: [] });
    },
    retire: (deployment, options) => endpoints.removeDeployment(endpoint, deployment, options),
    engine: {
      kind: 'shares',
      shift: (traffic, { signal } = {}) => shiftTraffic(traffic, admin, effects.clock, signal),
    },
  };
}

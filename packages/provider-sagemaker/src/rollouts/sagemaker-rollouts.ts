import { type RolloutObservation, UserError } from '@mlops-actions/core';
import {
  areSameShares,
  type CallOptions,
  type EndpointState,
  type RolloutService,
  type RolloutTarget,
  requireExpectedShares,
  sharesOf,
  shiftedTraffic,
  type TrafficShift,
  unknownEndpoint,
} from '@mlops-actions/provider';
import type { SageMakerEndpoints } from '../endpoints/sagemaker-endpoints.ts';
import type { S3Store } from '../store/s3-store.ts';
import { type GuardedTargetOptions, guardedTarget } from './guarded-target.ts';
import { readJournal, writeJournal } from './journal-document.ts';
import { candidateFaults, noMirror, weightFaults } from './preflight.ts';
import { countsAt } from './replica-counts.ts';

/** Endpoints of SageMaker as targets of rollouts, by the weights of their variants or by SageMaker's own deployment guardrails. */
export function sagemakerRollouts(options: GuardedTargetOptions): RolloutService {
  const { store, endpoints } = options;
  return {
    target: (endpoint, engine = 'shares') => {
      const target = weightsTarget(endpoint, store, endpoints);
      return engine === 'shares' ? target : guardedTarget(endpoint, target, options);
    },
  };
}

function weightsTarget(endpoint: string, store: S3Store, endpoints: SageMakerEndpoints): RolloutTarget {
  const requireState = async (): Promise<EndpointState> => {
    const state = await endpoints.settle(endpoint);
    if (state !== undefined) return state;
    throw unknownEndpoint(endpoint);
  };
  return {
    preflight: async (request, options) => [
      ...(await weightFaults(request, endpoints)),
      ...(await candidateFaults(request.candidate, store, endpoints, options)),
    ],
    granularity: async () => {
      const deployments = (await endpoints.describe(endpoint))?.deployments ?? [];
      const [most] = [...deployments].sort((a, b) => b.traffic - a.traffic);
      if (most === undefined || most.traffic === 0) return { kind: 'weights' };
      return { kind: 'weights', replicas: (await endpoints.ownReplicas(endpoint, most.name)) ?? most.desiredReplicas };
    },
    observe: async () => {
      const state = await endpoints.describe(endpoint);
      return observationOf(state, await endpoints.isMixed(endpoint));
    },
    readJournal: () => readJournal(store, endpoint),
    writeJournal: (journal, replaces) => writeJournal(store, endpoint, journal, replaces),
    provision: async (request, options) => {
      await endpoints.deploy(request, options);
    },
    probe: (deployment, invocation, options) => endpoints.invoke(endpoint, { ...invocation, deployment }, options),
    measure: async ({ stable, candidate, ...request }, options) => {
      const series = await endpoints.measure(endpoint, request, options);
      const other = stable === '' ? undefined : series[stable];
      return { candidate: series[candidate] ?? { windows: [] }, ...(other === undefined ? {} : { stable: other }) };
    },
    retire: (deployment, options) => endpoints.removeDeployment(endpoint, deployment, options),
    engine: {
      kind: 'shares',
      shift: async (shift, options) => shiftTraffic(shift, await requireState(), endpoints, options),
    },
  };
}

/**
 * Gives the candidate its share. Who gains has its instances before it gets the traffic, so that a shift by replicas is up to three updates.
 *
 * @throws UserError when the endpoint cannot be divided like that, or somebody else has changed its traffic.
 */
async function shiftTraffic(
  shift: TrafficShift,
  state: EndpointState,
  endpoints: SageMakerEndpoints,
  options: CallOptions = {},
): Promise<void> {
  refuseMirror(shift);
  const { shares } = shiftedTraffic(shift);
  const seen = sharesOf(state);
  requireExpectedShares(shift, state.name, seen);
  const absent = Object.keys(shares).find((name) => !state.deployments.some((deployment) => deployment.name === name));
  if (absent !== undefined) {
    throw new UserError(`Endpoint "${state.name}" has no deployment "${absent}", so it cannot have traffic.`);
  }
  const counts = countsAt(shift, await ownCounts(shift, state, endpoints));
  const isCounted = state.deployments.every(
    ({ name, desiredReplicas }) => (counts[name] ?? desiredReplicas) === desiredReplicas,
  );
  if (isCounted && areSameShares(shares, seen)) return;
  await endpoints.rescale(state.name, shares, counts, options);
}

async function ownCounts(
  { stable, candidate }: TrafficShift,
  { name, deployments }: EndpointState,
  endpoints: SageMakerEndpoints,
): Promise<Readonly<Record<string, number>>> {
  const both = deployments.filter((deployment) => deployment.name === stable || deployment.name === candidate);
  const counts = both.map(async ({ name: deployment, desiredReplicas }) => [
    deployment,
    (await endpoints.ownReplicas(name, deployment)) ?? desiredReplicas,
  ]);
  return Object.fromEntries(await Promise.all(counts));
}

function refuseMirror({ mirror }: TrafficShift): void {
  if (mirror === 0) return;
  throw new UserError(noMirror);
}

function observationOf(
  state: EndpointState | undefined,
  isMixed: boolean,
): RolloutObservation & { readonly promoted?: readonly string[] } {
  if (state === undefined) return { status: 'missing', shares: {}, healthy: {} };
  const settled = state.status === 'InService' ? 'in-service' : state.status === 'Failed' ? 'failed' : 'updating';
  const serving = state.deployments.filter(({ status }) => status === 'InService');
  return {
    status: isMixed ? 'rollback-failed' : settled,
    shares: sharesOf(state),
    healthy: Object.fromEntries(serving.map(({ name, readyReplicas }) => [name, readyReplicas > 0])),
    promoted: state.promoted,
  };
}

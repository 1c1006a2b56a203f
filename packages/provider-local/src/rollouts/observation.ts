import type { Granularity, RolloutObservation } from '@mlops-actions/core';
import { sharesOf } from '@mlops-actions/provider';
import type { LocalDeploymentState, LocalEndpointState } from '../gateway/endpoint-state.ts';

/** A replica that ended is back within moments: so long nothing is said of a deployment that has no other. */
const restartMs = 10_000;

/**
 * What a rollout is told of an endpoint.
 *
 * The gateway serves new shares as soon as it has accepted them, so the endpoint is `in-service` whatever its replicas do, and `updating`
 * only while it is being removed. The gateway's own `Failed` (no replica of a deployment with traffic is ready just now), `Creating` (nobody
 * has traffic) and `Updating` (a replica is starting somewhere) say nothing of the traffic; how a deployment is, `healthy` tells: whether it
 * has a ready replica. It is left out for a deployment that may be restarting.
 */
export function observationOf(
  state: LocalEndpointState | undefined,
): RolloutObservation & { readonly promoted?: readonly string[] } {
  if (state === undefined) return { status: 'missing', shares: {}, healthy: {} };
  const { deployments, mirror, promoted } = state;
  const isLeaving = deployments.some(({ traffic, status }) => traffic > 0 && status === 'Draining');
  return {
    status: isLeaving ? 'updating' : 'in-service',
    shares: sharesOf(state),
    ...(mirror === undefined ? {} : { mirror: mirror.percent }),
    healthy: Object.fromEntries(
      deployments.flatMap((deployment) => {
        const isHealthy = healthOf(deployment);
        return isHealthy === undefined ? [] : [[deployment.name, isHealthy]];
      }),
    ),
    promoted,
  };
}

/** The gateway divides by whole percents; of the replicas it tells how many the deployment with most of the traffic has. */
export function granularityOf(state: LocalEndpointState | undefined): Granularity {
  const [stable] = [...(state?.deployments ?? [])].sort((a, b) => b.traffic - a.traffic);
  return stable === undefined || stable.traffic === 0
    ? { kind: 'weights' }
    : { kind: 'weights', replicas: ownReplicas(stable) };
}

/** How many replicas it runs, or ran before it was told another number. */
export function ownReplicas({ override, desiredReplicas }: LocalDeploymentState): number {
  return override?.before ?? desiredReplicas;
}

function healthOf({ status, readyReplicas, unreadyMs }: LocalDeploymentState): boolean | undefined {
  if (status === 'Creating') return undefined;
  if (status !== 'InService') return false;
  if (readyReplicas > 0) return true;
  return (unreadyMs ?? 0) > restartMs ? false : undefined;
}

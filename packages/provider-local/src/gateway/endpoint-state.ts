import type { DeploymentState, EndpointState, Shares } from '@mlops-actions/provider';
import type { Deployment } from './deployment.ts';
import type { ReplicaOverride } from './endpoint-document.ts';

/** A deployment with what its gateway alone can tell. */
export interface LocalDeploymentState extends DeploymentState {
  readonly startupTimeoutSeconds: number;
  readonly override?: ReplicaOverride;
  /** For so long none of its replicas has been ready; absent while one is. */
  readonly unreadyMs?: number;
}

export interface LocalEndpointState extends EndpointState {
  readonly deployments: readonly LocalDeploymentState[];
}

export function stateOf(deployment: Deployment, traffic: Shares): LocalDeploymentState {
  const { spec, status, reason, readyReplicas, desiredReplicas, override, unreadyMs } = deployment;
  return {
    name: spec.deployment,
    model: spec.model,
    traffic: traffic[spec.deployment] ?? 0,
    status,
    ...(reason === undefined ? {} : { reason }),
    readyReplicas,
    desiredReplicas,
    maxReplicas: override?.count ?? spec.autoscaling.maxReplicas,
    startupTimeoutSeconds: spec.startupTimeoutSeconds,
    ...(override === undefined ? {} : { override }),
    ...(unreadyMs === undefined ? {} : { unreadyMs }),
  };
}

export function statusOf(serving: readonly Deployment[], all: readonly Deployment[]): EndpointState['status'] {
  if (serving.length === 0) return 'Creating';
  if (serving.some(({ readyReplicas, settled }) => readyReplicas === 0 && settled)) return 'Failed';
  const isSettled = all.every(({ status, settled }) => status === 'Failed' || (status === 'InService' && settled));
  return isSettled ? 'InService' : 'Updating';
}

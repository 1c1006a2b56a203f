import { UserError } from '@mlops-actions/core';
import type { Deployment } from './deployment.ts';
import type { ReplicaOverride } from './endpoint-document.ts';

/** By deployment. */
export type Overrides = Readonly<Record<string, ReplicaOverride>>;

export function currentOverrides(deployments: readonly Deployment[]): Overrides {
  return Object.fromEntries(
    deployments.flatMap(({ spec, override }) => (override === undefined ? [] : [[spec.deployment, override]])),
  );
}

/** @throws UserError when these are not counts of replicas of `deployments`, those in service. */
export function overridesFor(
  endpoint: string,
  counts: Readonly<Record<string, number>>,
  deployments: readonly Deployment[],
): Overrides {
  const known = new Map(deployments.map((deployment) => [deployment.spec.deployment, deployment]));
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => {
      const deployment = known.get(name);
      if (deployment === undefined || !Number.isSafeInteger(count) || count < 1) {
        throw new UserError(
          `Deployment "${name}" of endpoint "${endpoint}" cannot run ${count} replicas. Give a whole number from 1 on for a deployment in service (${[...known.keys()].join(', ') || 'none'}).`,
        );
      }
      return [name, { count, before: deployment.override?.before ?? deployment.desiredReplicas }];
    }),
  );
}

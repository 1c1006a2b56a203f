import { UserError } from '@mlops-actions/core';
import { areSameShares, type GuardedEngine, sharesOf } from '@mlops-actions/provider';
import type { GuardedUpdates } from '../endpoints/guarded-updates.ts';
import type { SageMakerEndpoints } from '../endpoints/sagemaker-endpoints.ts';
import type { S3Store } from '../store/s3-store.ts';
import { deploymentConfig } from './deployment-config.ts';
import { readJournal } from './journal-document.ts';
import type { RolloutAlarms } from './rollout-alarms.ts';

/**
 * SageMaker moves the traffic of an endpoint by itself and takes it back when an alarm fires. The first deployment has nobody to take it
 * from: it gets all the traffic at once.
 */
export function guardedEngine(
  endpoint: string,
  store: S3Store,
  endpoints: SageMakerEndpoints,
  updates: GuardedUpdates,
  alarms: RolloutAlarms,
): GuardedEngine {
  return {
    kind: 'guarded',
    start: async ({ candidate, revision, guardrail, alarms: theirs, limits }, options) => {
      const journal = await readJournal(store, endpoint);
      if (journal?.revision !== revision) {
        throw new UserError(
          `The journal of endpoint "${endpoint}" is at revision ${journal?.revision ?? 0}, not ${revision}: another run has taken over.`,
        );
      }
      const stands = await updates.standing(endpoint);
      if (stands?.live.deployment === candidate.deployment && stands.pending === undefined) {
        const all = { [candidate.deployment]: 100 };
        const state = await endpoints.describe(endpoint);
        if (state !== undefined && !areSameShares(all, sharesOf(state))) {
          await endpoints.rescale(endpoint, all, {}, options);
        }
        return;
      }
      await updates.begin(candidate, async (held) =>
        deploymentConfig(guardrail, [...(await alarms.make({ endpoint, ...held }, limits)), ...theirs]),
      );
    },
    abort: async (stable, options) => {
      const stands = await updates.standing(endpoint);
      if (stands === undefined) return;
      if (stands.pending !== undefined) {
        if (stands.pending.deployment !== stable) await alarms.trip(endpoint);
        return;
      }
      if (stable === '') await endpoints.rescale(endpoint, {}, {}, options);
      else await updates.restore(endpoint, stable);
    },
  };
}

import { decodeJournal, isOpen, UserError } from '@mlops-actions/core';
import {
  type CallOptions,
  type DeploymentRequest,
  fractionFault,
  type ModelRegistry,
  partOfTraffic,
  type RolloutPreflight,
  takenName,
} from '@mlops-actions/provider';
import { specOf } from '../endpoints/local-endpoints.ts';
import { contentOf } from '../endpoints/stage.ts';
import { endpointFile, identityOf, isEndpointDocument } from '../gateway/endpoint-document.ts';
import type { LocalEndpointState } from '../gateway/endpoint-state.ts';
import type { Store } from '../store/store.ts';

/** What stands against a rollout on this endpoint, a sentence each with the fix. */
export async function faultsOf(
  { candidate, plan, engine }: RolloutPreflight,
  state: LocalEndpointState | undefined,
  store: Store,
  models: ModelRegistry,
  options: CallOptions,
): Promise<readonly string[]> {
  const percents = plan.steps.flatMap(({ achieved, mirror = 0 }) => [achieved, mirror]);
  const faults = [
    engine === 'shares' ? undefined : 'Nothing on this machine shifts traffic by itself. Leave `engine` out.',
    fractionFault(percents),
    trafficFault(candidate, state),
    await nameFault(candidate, store, models, options),
  ];
  return faults.filter((fault) => fault !== undefined);
}

/** While a rollout is open, its candidate may have any share. */
function trafficFault(candidate: DeploymentRequest, state: LocalEndpointState | undefined): string | undefined {
  const journal = decodeJournal(state?.tags ?? {});
  if (journal !== undefined && isOpen(journal)) return undefined;
  return partOfTraffic(candidate, state?.deployments.find(({ name }) => name === candidate.deployment)?.traffic ?? 0);
}

/** A deployment of that name must be the same to the last file. */
async function nameFault(
  request: DeploymentRequest,
  store: Store,
  models: ModelRegistry,
  options: CallOptions,
): Promise<string | undefined> {
  const document = await store.read(endpointFile(request.endpoint), isEndpointDocument);
  const existing = document?.deployments.find(({ deployment }) => deployment === request.deployment);
  if (existing === undefined) return undefined;
  try {
    const content = await contentOf(store, models, request, options);
    if (identityOf(specOf(request, content, {})) === identityOf(existing)) return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return takenName(request);
}

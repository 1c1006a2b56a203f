import { isOpen, UserError } from '@mlops-actions/core';
import {
  type CallOptions,
  type DeploymentRequest,
  fractionFault,
  partOfTraffic,
  type RolloutPreflight,
  takenName,
} from '@mlops-actions/provider';
import type { SageMakerEndpoints } from '../endpoints/sagemaker-endpoints.ts';
import type { S3Store } from '../store/s3-store.ts';
import { readJournal } from './journal-document.ts';

/** What SageMaker allows an endpoint. */
const mostVariants = 10;

export const noMirror =
  'A shadow variant of SageMaker cannot be asked directly, so this provider makes no copies of requests. Choose another strategy than shadow.';

/** What stands against a rollout by the weights of variants. */
export async function weightFaults(
  { candidate, plan }: RolloutPreflight,
  endpoints: SageMakerEndpoints,
): Promise<readonly string[]> {
  const { endpoint, deployment } = candidate;
  const state = await endpoints.describe(endpoint);
  const others = (state?.deployments ?? []).filter(({ name }) => name !== deployment);
  const faults = [
    plan.steps.some(({ mirror = 0 }) => mirror > 0) ? noMirror : undefined,
    fractionFault(plan.steps.map(({ achieved }) => achieved)),
    others.length >= mostVariants
      ? `Endpoint "${endpoint}" has ${others.length} deployments, which is all that SageMaker allows. Remove one.`
      : undefined,
  ];
  return faults.filter((fault) => fault !== undefined);
}

/** What stands against a candidate, whoever moves the traffic. */
export async function candidateFaults(
  candidate: DeploymentRequest,
  store: S3Store,
  endpoints: SageMakerEndpoints,
  options?: CallOptions,
): Promise<readonly string[]> {
  const { endpoint, deployment } = candidate;
  const state = await endpoints.describe(endpoint);
  const share = state?.deployments.find(({ name }) => name === deployment)?.traffic ?? 0;
  const journal = await readJournal(store, endpoint);
  const isOpenRollout = journal !== undefined && isOpen(journal);
  const faults = [
    isOpenRollout ? undefined : partOfTraffic(candidate, share),
    await nameFault(candidate, endpoints, options),
  ];
  return faults.filter((fault) => fault !== undefined);
}

async function nameFault(
  candidate: DeploymentRequest,
  endpoints: SageMakerEndpoints,
  options?: CallOptions,
): Promise<string | undefined> {
  try {
    if (!(await endpoints.isOther(candidate, options))) return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return takenName(candidate);
}

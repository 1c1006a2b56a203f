import { isResourceName } from '@mlops-actions/core';
import type { DeploymentRequest } from '@mlops-actions/provider';
import { isObject, type Store } from '../store/store.ts';

/** A deployment as it was asked for, with what its replicas need from the machine of who asked (search paths, locale). */
export type DeploymentSpec = Omit<DeploymentRequest, 'endpoint' | 'sourceDir'> & {
  /** Whether it has serving code of its own, in `code/`. */
  readonly hasCode: boolean;
  /** Digest of its code and model, so that the same name with other content is noticed. */
  readonly contentDigest: string;
  readonly machine: Readonly<Record<string, string>>;
};

/** Who may call. The token itself is never stored. */
export type StoredAuth = { readonly kind: 'none' } | { readonly kind: 'token'; readonly sha256: string };

export interface StoredSettings {
  readonly auth: StoredAuth;
  readonly capturePercent: number;
  readonly captureLimitBytes: number;
}

/** `endpoints/<name>.json`: what shall serve. A gateway that starts makes it so. Only the gateway writes it. */
export interface EndpointDocument {
  readonly format: 1;
  readonly name: string;
  readonly settings: StoredSettings;
  /** Whole percents that sum to 100, or empty before the first deployment takes traffic. */
  readonly traffic: Readonly<Record<string, number>>;
  /** Those that were healthy once. */
  readonly deployments: readonly DeploymentSpec[];
  readonly tags: Readonly<Record<string, string>>;
}

export function endpointFile(endpoint: string): readonly [string, string] {
  return ['endpoints', `${endpoint}.json`];
}

/** Where a deployment's model, code and log are. */
export function deploymentFolder(store: Store, endpoint: string, deployment: string): string {
  return store.path('gateway', 'deployments', endpoint, deployment);
}

export function isEndpointDocument(value: unknown): value is EndpointDocument {
  return (
    isObject(value) &&
    value.format === 1 &&
    typeof value.name === 'string' &&
    isResourceName(value.name) &&
    isStoredSettings(value.settings) &&
    Array.isArray(value.deployments) &&
    value.deployments.every(isDeploymentSpec) &&
    isTraffic(
      value.traffic,
      value.deployments.map(({ deployment }) => deployment),
    ) &&
    isTextRecord(value.tags)
  );
}

export function isStoredSettings(value: unknown): value is StoredSettings {
  return (
    isObject(value) &&
    isStoredAuth(value.auth) &&
    isNumber(value.capturePercent, 0, 100) &&
    isNumber(value.captureLimitBytes, 0)
  );
}

export function isDeploymentSpec(value: unknown): value is DeploymentSpec {
  return (
    isObject(value) &&
    typeof value.deployment === 'string' &&
    isResourceName(value.deployment) &&
    typeof value.model === 'string' &&
    Array.isArray(value.command) &&
    value.command.length > 0 &&
    value.command.every((word) => typeof word === 'string') &&
    typeof value.hasCode === 'boolean' &&
    typeof value.contentDigest === 'string' &&
    isTextRecord(value.environment) &&
    isTextRecord(value.machine) &&
    isObject(value.autoscaling) &&
    isNumber(value.autoscaling.minReplicas, 1) &&
    isNumber(value.autoscaling.maxReplicas, value.autoscaling.minReplicas) &&
    isNumber(value.autoscaling.targetConcurrency, Number.MIN_VALUE) &&
    isNumber(value.startupTimeoutSeconds, 0) &&
    isNumber(value.requestTimeoutSeconds, 0)
  );
}

/** Whether these are whole percents of known deployments that sum to 100 (or none at all). */
export function isTraffic(value: unknown, deployments: readonly string[]): value is Readonly<Record<string, number>> {
  if (!isObject(value)) return false;
  const shares = Object.entries(value);
  const isShare = ([name, share]: [string, unknown]): boolean =>
    deployments.includes(name) && Number.isSafeInteger(share) && isNumber(share, 0, 100);
  const sum = shares.reduce((total, [, share]) => total + Number(share), 0);
  return shares.every(isShare) && (shares.length === 0 || sum === 100);
}

function isStoredAuth(value: unknown): value is StoredAuth {
  if (!isObject(value)) return false;
  return value.kind === 'none' || (value.kind === 'token' && /^[0-9a-f]{64}$/.test(String(value.sha256)));
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

function isNumber(value: unknown, min: number, max = Number.MAX_VALUE): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

import { canonicalJson, isResourceName, type Json } from '@mlops-actions/core';
import {
  type DeploymentRequest,
  holderOf,
  isMirror,
  isObject,
  isTraffic,
  type MirrorShare,
  type Shares,
} from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';

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

/** So many replicas a deployment was told to run, in the place of its own limits. */
export interface ReplicaOverride {
  readonly count: number;
  /** How many it ran when it was first told; it has them again when the override ends. */
  readonly before: number;
}

/** `endpoints/<name>.json`: what shall serve. A gateway that starts makes it so. Only the gateway writes it. */
export interface EndpointDocument {
  readonly format: 1;
  readonly name: string;
  readonly settings: StoredSettings;
  /** Whole percents that sum to 100, or empty while no deployment takes traffic. */
  readonly traffic: Shares;
  /** Those that were healthy once. */
  readonly deployments: readonly DeploymentSpec[];
  readonly tags: Readonly<Record<string, string>>;
  /** Who gets copies of the requests. */
  readonly mirror?: MirrorShare | undefined;
  /** By deployment; those that are not named run as many as they were made for. */
  readonly replicas?: Readonly<Record<string, ReplicaOverride>>;
  /** Deployments that had all the traffic, newest first, the one that has it now included. Documents of older versions lack it. */
  readonly promoted?: readonly string[];
}

/** The part of the document that is no deployment's. */
export interface Kept extends Pick<EndpointDocument, 'settings' | 'traffic' | 'tags' | 'mirror'> {
  readonly promoted: readonly string[];
}

export function keptOf({ settings, traffic, tags, mirror, promoted }: EndpointDocument): Kept {
  const holder = holderOf(traffic);
  return { settings, traffic, tags, mirror, promoted: promoted ?? (holder === undefined ? [] : [holder]) };
}

export function endpointFile(endpoint: string): readonly [string, string] {
  return ['endpoints', `${endpoint}.json`];
}

/** Where a deployment's model, code and log are. */
export function deploymentFolder(store: Store, endpoint: string, deployment: string): string {
  return store.path('gateway', 'deployments', endpoint, deployment);
}

export function isEndpointDocument(value: unknown): value is EndpointDocument {
  if (!isObject(value) || !Array.isArray(value.deployments) || !value.deployments.every(isDeploymentSpec)) return false;
  const names = value.deployments.map(({ deployment }) => deployment);
  return (
    value.format === 1 &&
    typeof value.name === 'string' &&
    isResourceName(value.name) &&
    isStoredSettings(value.settings) &&
    isTraffic(value.traffic, names) &&
    isTextRecord(value.tags) &&
    (value.mirror === undefined || isMirror(value.mirror, names, value.traffic)) &&
    (value.replicas === undefined || isReplicaOverrides(value.replicas, names)) &&
    (value.promoted === undefined || (Array.isArray(value.promoted) && value.promoted.every(isText)))
  );
}

/** All that makes a deployment what it is; search paths and locale may differ between the runs that ask for it. */
export function identityOf({ machine: _, ...spec }: DeploymentSpec): string {
  return canonicalJson(spec as unknown as Json);
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

function isStoredAuth(value: unknown): value is StoredAuth {
  if (!isObject(value)) return false;
  return value.kind === 'none' || (value.kind === 'token' && /^[0-9a-f]{64}$/.test(String(value.sha256)));
}

function isReplicaOverrides(
  value: unknown,
  names: readonly string[],
): value is Readonly<Record<string, ReplicaOverride>> {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([name, told]) => names.includes(name) && isObject(told) && isCount(told.count) && isCount(told.before),
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && isNumber(value, 1);
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown, min: number, max = Number.MAX_VALUE): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

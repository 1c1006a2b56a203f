import { isObject } from '@mlops-actions/provider';
import type { ScalingSettings } from '../settings.ts';
import type { ConfigRecord } from './variant-names.ts';

/**
 * `endpoints/<name>/endpoint.json`: what the store keeps of an endpoint. SageMaker has none without a model, so an endpoint that is only
 * configured, or has lost its last deployment, is this document alone.
 */
export interface EndpointRecord {
  readonly capturePercent: number;
  /** Deployments that had all the traffic, newest first, the one that has it now included. */
  readonly promoted: readonly string[];
}

/** `endpoints/<name>/deployments/<deployment>.json` */
export interface DeploymentRecord {
  /** `name@version` */
  readonly model: string;
  /** What tells this deployment from another of its name. */
  readonly identity: string;
  /** The name of the SageMaker model. */
  readonly hostedModel: string;
  /** Absent in what earlier releases wrote. */
  readonly instanceType?: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** How it scales between them; absent in what earlier releases wrote. */
  readonly targetConcurrency?: number;
  readonly scaling?: ScalingSettings;
  readonly startupTimeoutSeconds: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export function endpointPath(endpoint: string): string {
  return `endpoints/${endpoint}/endpoint`;
}

export function journalPath(endpoint: string): string {
  return `endpoints/${endpoint}/journal`;
}

export function deploymentPath(endpoint: string, deployment: string): string {
  return `endpoints/${endpoint}/deployments/${deployment}`;
}

export function configPath(endpoint: string, config: string): string {
  return `endpoints/${endpoint}/configs/${config}`;
}

export function isEndpointRecord(value: unknown): value is EndpointRecord {
  return isObject(value) && typeof value.capturePercent === 'number' && Array.isArray(value.promoted);
}

export function isConfigRecord(value: unknown): value is ConfigRecord {
  return isObject(value) && (value.variants === undefined || isObject(value.variants));
}

export function isDeploymentRecord(value: unknown): value is DeploymentRecord {
  return (
    isObject(value) &&
    typeof value.model === 'string' &&
    typeof value.identity === 'string' &&
    typeof value.hostedModel === 'string' &&
    typeof value.minReplicas === 'number' &&
    typeof value.maxReplicas === 'number' &&
    typeof value.startupTimeoutSeconds === 'number' &&
    typeof value.created === 'number'
  );
}

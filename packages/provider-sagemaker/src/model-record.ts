import {
  type Artifact,
  approvalStatuses,
  isObject,
  isStoredArtifact,
  type ModelRegistration,
} from '@mlops-actions/provider';

/** What the store keeps of a model version, under the digest of its files. */
export interface ModelRecord extends Omit<ModelRegistration, 'name' | 'source'> {
  readonly artifact: Artifact;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Absent until the package is made. */
  readonly version?: number;
}

export function isModelRecord(value: unknown): value is ModelRecord {
  return (
    isObject(value) &&
    isStoredArtifact(value.artifact) &&
    typeof value.created === 'string' &&
    approvalStatuses.some((status) => status === value.approvalStatus) &&
    isObject(value.metrics) &&
    isObject(value.lineage) &&
    (value.version === undefined || Number.isSafeInteger(value.version))
  );
}

/** `models/<name>/aliases/<alias>.json` */
export function isAlias(value: unknown): value is { readonly version: number } {
  return isObject(value) && Number.isSafeInteger(value.version);
}

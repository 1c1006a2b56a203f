import type { ModelReference } from '@mlops-actions/core';
import type { Artifact } from './artifacts.ts';
import type { CallOptions } from './provider.ts';

/** SageMaker Model Registry's words. */
export const approvalStatuses = ['PendingManualApproval', 'Approved', 'Rejected'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

export interface ModelVersion {
  readonly name: string;
  /** Counts from 1. */
  readonly version: number;
  readonly artifact: Artifact;
  readonly metrics: Readonly<Record<string, number>>;
  readonly approvalStatus: ApprovalStatus;
  readonly aliases: readonly string[];
  /** Markdown. */
  readonly card?: string;
  readonly description?: string;
  /** Commit, run URL, dataset digest, job …: flat text, fit for tags. */
  readonly lineage: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly created: string;
}

export interface ModelRegistration {
  readonly name: string;
  /** A local folder or file, or the URI of an artifact that this provider holds. */
  readonly source: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly approvalStatus: ApprovalStatus;
  readonly card?: string;
  readonly description?: string;
  readonly lineage: Readonly<Record<string, string>>;
}

export interface ModelRegistry {
  /** Registers a new version, or finds the version of that name with the same artifact digest: then `created: false` and nothing is changed. Safe when many do it at once. */
  register(
    registration: ModelRegistration,
    options?: CallOptions,
  ): Promise<{ readonly model: ModelVersion; readonly created: boolean }>;
  /** A bare name means the newest version. Undefined when there is none. */
  get(reference: ModelReference): Promise<ModelVersion | undefined>;
  /** Oldest first. */
  list(name: string): Promise<readonly ModelVersion[]>;
  setApprovalStatus(name: string, version: number, status: ApprovalStatus): Promise<ModelVersion>;
  /** Points `alias` at `version`, taking it from any other version of that name. */
  setAlias(name: string, alias: string, version: number): Promise<ModelVersion>;
  /** Copies the artifact into the empty or new folder `into`; fails when the content does not match its digest. */
  fetch(model: ModelVersion, into: string, options?: CallOptions): Promise<void>;
}

import { isResourceName } from '@mlops-actions/core';
import type { TreeFile } from '@mlops-actions/files';
import type { DatasetVersion } from './datasets.ts';
import { approvalStatuses, type ModelVersion } from './models.ts';

/** An artifact as documents keep it: without its address, which changes when the store is moved. */
export interface StoredArtifact {
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

/** A dataset version as a store keeps it. */
export type DatasetDocument = Omit<DatasetVersion, 'artifact'> & { readonly artifact: StoredArtifact };

/** A model version as a store keeps it. */
export type ModelDocument = Omit<ModelVersion, 'artifact' | 'aliases'> & { readonly artifact: StoredArtifact };

/** `models/<name>/aliases.json`: alias → version. */
export type AliasDocument = Readonly<Record<string, number>>;

export function isDatasetDocument(value: unknown): value is DatasetDocument {
  return (
    isVersionDocument(value) &&
    isCount(value.rows) &&
    isListOf(value.columns, (column) => isText(column.name) && isText(column.type)) &&
    isListOf(value.splits, (split) => isText(split.name) && isCount(split.rows)) &&
    isRecordOf(value.tags, isText)
  );
}

export function isModelDocument(value: unknown): value is ModelDocument {
  return (
    isVersionDocument(value) &&
    isRecordOf(value.metrics, (metric) => typeof metric === 'number') &&
    approvalStatuses.some((status) => status === value.approvalStatus) &&
    isRecordOf(value.lineage, isText) &&
    (value.card === undefined || isText(value.card)) &&
    (value.description === undefined || isText(value.description))
  );
}

export function isAliasDocument(value: unknown): value is AliasDocument {
  return isRecordOf(value, (version) => isCount(version) && version > 0);
}

/** What a JSON object may hold before it is looked at. */
type Loose = Readonly<Record<string, unknown>>;

function isVersionDocument(value: unknown): value is Loose {
  return (
    isObject(value) &&
    isText(value.name) &&
    isResourceName(value.name) &&
    isCount(value.version) &&
    value.version > 0 &&
    isText(value.created) &&
    !Number.isNaN(Date.parse(value.created)) &&
    isStoredArtifact(value.artifact)
  );
}

export function isStoredArtifact(value: unknown): value is StoredArtifact {
  return isObject(value) && isDigest(value.digest) && isCount(value.files) && isCount(value.bytes);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The index of an artifact's files. */
export function isTree(value: unknown): value is { readonly files: readonly TreeFile[] } {
  return isObject(value) && isListOf(value.files, isTreeFile);
}

function isTreeFile(value: Loose): boolean {
  return (
    isText(value.path) &&
    !value.path.split('/').some((part) => part === '' || part === '.' || part === '..') &&
    typeof value.bytes === 'number' &&
    isText(value.sha256)
  );
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf(value: unknown, check: (item: Loose) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && check(item));
}

function isRecordOf(value: unknown, check: (item: unknown) => boolean): boolean {
  return isObject(value) && Object.values(value).every(check);
}

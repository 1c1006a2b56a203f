import { cp, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { sha256 } from '@mlops-actions/core';
import { readTree } from '@mlops-actions/files';
import {
  type CallOptions,
  type DeploymentRequest,
  type ModelRegistry,
  type ModelVersion,
  requireModel,
  requireServingCode,
} from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';

/** What a deployment serves. */
export interface Content {
  readonly hasCode: boolean;
  /** Of the model's and the code's content. */
  readonly contentDigest: string;
}

/** A deployment's files, ready to be handed over. */
export interface Staged extends Content {
  readonly folder: string;
}

/** Never part of serving code, and costly to copy. */
const leftOut = new Set(['.git', '.mlops', '__pycache__', '.venv', '.ipynb_checkpoints']);

/** Brings the model (verified) and a copy of the serving code into a new folder of the store: `model/` and `code/`. */
export async function stageDeployment(
  store: Store,
  models: ModelRegistry,
  request: DeploymentRequest,
  options: CallOptions = {},
): Promise<Staged> {
  const model = await requireModel(models, request);
  const folder = await store.temporary();
  await models.fetch(model, join(folder, 'model'), options);
  return { folder, ...(await stageCode(store, model, request, folder, options)) };
}

/** What `stageDeployment` would bring, found without the copy of the model. */
export async function contentOf(
  store: Store,
  models: ModelRegistry,
  request: DeploymentRequest,
  options: CallOptions = {},
): Promise<Content> {
  const model = await requireModel(models, request);
  const folder = await store.temporary();
  try {
    return await stageCode(store, model, request, folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stageCode(
  store: Store,
  { artifact }: ModelVersion,
  { sourceDir }: DeploymentRequest,
  folder: string,
  { signal }: CallOptions,
): Promise<Content> {
  if (sourceDir === undefined) return { hasCode: false, contentDigest: artifact.digest };
  const code = join(folder, 'code');
  await copyCode(store, sourceDir, code);
  signal?.throwIfAborted();
  const { digest } = await readTree(code, signal);
  return { hasCode: true, contentDigest: `sha256:${sha256(`${artifact.digest} ${digest}`)}` };
}

async function copyCode(store: Store, sourceDir: string, code: string): Promise<void> {
  await requireServingCode(sourceDir);
  const root = resolve(store.root);
  await cp(sourceDir, code, {
    recursive: true,
    dereference: true,
    filter: (path) => path === sourceDir || (resolve(path) !== root && !leftOut.has(basename(path))),
  });
}

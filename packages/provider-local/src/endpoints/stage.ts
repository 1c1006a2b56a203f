import { cp, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseModelReference, sha256, UserError } from '@mlops-actions/core';
import { readTree } from '@mlops-actions/files';
import type { CallOptions, DeploymentRequest, ModelRegistry } from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';

/** A deployment's files, ready to be handed over. */
export interface Staged {
  readonly folder: string;
  readonly hasCode: boolean;
  /** Of the model's and the code's content. */
  readonly contentDigest: string;
}

/** Never part of serving code, and costly to copy. */
const leftOut = new Set(['.git', '.mlops', '__pycache__', '.venv', '.ipynb_checkpoints']);

/** Brings the model (verified) and a copy of the serving code into a new folder of the store: `model/` and `code/`. */
export async function stageDeployment(
  store: Store,
  models: ModelRegistry,
  request: DeploymentRequest,
  { signal }: CallOptions = {},
): Promise<Staged> {
  const model = await models.get(parseModelReference(request.model));
  if (model === undefined) {
    throw new UserError(`There is no model ${request.model} in the registry. Register it first (register-model).`);
  }
  const folder = await store.temporary();
  await models.fetch(model, join(folder, 'model'), signal === undefined ? {} : { signal });
  if (request.sourceDir === undefined) return { folder, hasCode: false, contentDigest: model.artifact.digest };
  const code = join(folder, 'code');
  await copyCode(store, request.sourceDir, code);
  signal?.throwIfAborted();
  const { digest } = await readTree(code, signal);
  return { folder, hasCode: true, contentDigest: `sha256:${sha256(`${model.artifact.digest} ${digest}`)}` };
}

async function copyCode(store: Store, sourceDir: string, code: string): Promise<void> {
  const isFolder = await stat(sourceDir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError(`The serving code ${sourceDir} is not a folder. Give the folder that holds it.`);
  const root = resolve(store.root);
  await cp(sourceDir, code, {
    recursive: true,
    dereference: true,
    filter: (path) => path === sourceDir || (resolve(path) !== root && !leftOut.has(basename(path))),
  });
}

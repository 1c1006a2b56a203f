import { stat } from 'node:fs/promises';
import { parseModelReference, UserError } from '@mlops-actions/core';
import type { DeploymentRequest } from './endpoints.ts';
import type { ModelRegistry, ModelVersion } from './models.ts';

export function unknownEndpoint(endpoint: string): UserError {
  return new UserError(`There is no endpoint "${endpoint}". Deploy to it first (deploy-endpoint).`);
}

/** What stands against a deployment whose name another one has. */
export function takenName({ deployment }: Pick<DeploymentRequest, 'deployment'>): string {
  return `There is a deployment "${deployment}" with another configuration already. Deployments do not change: choose another name in \`deployment\`.`;
}

/** What stands against a rollout whose candidate has a part of the traffic before it begins; undefined: nothing. */
export function partOfTraffic(
  { deployment, endpoint }: Pick<DeploymentRequest, 'deployment' | 'endpoint'>,
  share: number,
): string | undefined {
  if (share === 0 || share === 100) return undefined;
  return `Deployment "${deployment}" has ${share} % of the traffic of endpoint "${endpoint}" already. Give one deployment all of it (deploy-endpoint with \`traffic: 100\`), and run the step again.`;
}

/** The model that a deployment serves. A `UserError` when the registry has none. */
export async function requireModel(
  models: ModelRegistry,
  { model: reference }: Pick<DeploymentRequest, 'model'>,
): Promise<ModelVersion> {
  const model = await models.get(parseModelReference(reference));
  if (model !== undefined) return model;
  throw new UserError(`There is no model ${reference} in the registry. Register it first (register-model).`);
}

/** Throws a `UserError` unless `sourceDir` is a folder. */
export async function requireServingCode(sourceDir: string): Promise<void> {
  const isFolder = await stat(sourceDir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UserError(`The serving code ${sourceDir} is not a folder. Give the folder that holds it.`);
}

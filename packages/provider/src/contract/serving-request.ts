import type { DeploymentRequest } from '../endpoints.ts';
import type { ModelRegistry } from '../models.ts';
import type { Folders } from './fixtures.ts';
import { servingScript } from './serving-script.ts';

/** A request for a deployment of endpoint `shop` that runs the serving script with a model of its own, registered unless another is named. */
export async function servingRequest(
  models: ModelRegistry,
  folders: Folders,
  deployment: string,
  change: Partial<DeploymentRequest> = {},
): Promise<DeploymentRequest> {
  return {
    endpoint: 'shop',
    deployment,
    model: change.model ?? (await registered(models, folders, deployment)),
    command: [process.execPath, 'serve.cjs'],
    environment: { TAG: deployment },
    autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 1 },
    startupTimeoutSeconds: 600,
    requestTimeoutSeconds: 10,
    ...change,
  };
}

async function registered(models: ModelRegistry, folders: Folders, content: string): Promise<string> {
  const source = await folders.with({ 'model.txt': content, 'code/serve.cjs': servingScript });
  const registration = { name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
  const { model } = await models.register(registration);
  return `${model.name}@${model.version}`;
}

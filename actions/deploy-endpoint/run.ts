import { formatModelReference } from '@mlops-actions/core';
import type { Action, Context, Result } from '../action.ts';
import { type DeployInputs, makePlan, type Plan } from './plan.ts';
import { type Outcome, type Pending, rollOut, takeBack } from './rollout.ts';
import { spec } from './spec.ts';
import { deploymentSummary } from './summary.ts';

type DeployResult = Result<typeof spec>;

export const action: Action<typeof spec> = {
  spec,
  run: async (inputs, context) => {
    if (inputs.delete) return removeEndpoint(inputs, context);
    const { models, endpoints } = await context.provider();
    const plan = await makePlan(inputs, context, models);
    if (inputs.dryRun) {
      printPlan(plan, context);
      return { outputs: {}, lineage: {} };
    }
    const { endpoint, deployment } = plan.request;
    const outcome = await context.log.group(`Deployment ${deployment} of endpoint ${endpoint}`, () =>
      rollOut(plan, endpoints, context),
    );
    context.summary(deploymentSummary(plan, outcome));
    return resultOf(plan, outcome);
  },
  post: async (_inputs, context) => {
    const kept = context.kept('pending') ?? '';
    if (kept === '') return;
    const { endpoints } = await context.provider();
    await takeBack(JSON.parse(kept) as Pending, endpoints);
  },
};

async function removeEndpoint({ endpoint, dryRun }: DeployInputs, context: Context): Promise<DeployResult> {
  if (dryRun) {
    context.log.log('info', `Would remove endpoint ${endpoint} with all its deployments.`);
    return { outputs: {}, lineage: {} };
  }
  const { endpoints } = await context.provider();
  await endpoints.remove(endpoint, { signal: context.signal });
  context.log.log('info', `Endpoint ${endpoint} is removed.`);
  return { outputs: { endpoint }, lineage: {} };
}

function printPlan({ model, request, smoke, traffic }: Plan, { log }: Context): void {
  const { minReplicas, maxReplicas } = request.autoscaling;
  const replicas = minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`;
  log.log(
    'info',
    `Would deploy ${formatModelReference(model)} as ${request.deployment} to endpoint ${request.endpoint}:`,
  );
  log.log('info', `  program: ${request.command.join(' ')} in ${request.sourceDir ?? "the model's own code"}`);
  log.log(
    'info',
    `  replicas: ${replicas}; smoke request: ${smoke === undefined ? 'none' : 'yes'}; traffic: ${traffic} %`,
  );
}

function resultOf({ model, request }: Plan, { state, previous, smoke }: Outcome): DeployResult {
  const { endpoint, deployment } = request;
  const traffic = state.deployments.find(({ name }) => name === deployment)?.traffic ?? 0;
  return {
    outputs: {
      endpoint,
      url: state.url,
      deployment,
      'previous-deployment': previous,
      'smoke-status': smoke?.status,
      'smoke-ms': smoke === undefined ? undefined : Math.round(smoke.milliseconds),
    },
    lineage: {
      deployment: { endpoint, deployment, model: request.model, traffic },
      'model-digest': model.artifact.digest,
    },
  };
}

import type { DeploymentRequest, EndpointSettings, ModelRegistry, ModelVersion } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Context } from '../action.ts';
import { endpointSettings, makeCandidate } from '../deployment-request.ts';
import { readSmokeTest, type SmokeTest } from '../smoke-test.ts';
import type { spec } from './spec.ts';

export type DeployInputs = Inputs<typeof spec>;

/** What a run of this step will do. */
export interface Plan {
  readonly model: ModelVersion;
  readonly request: DeploymentRequest;
  readonly settings: EndpointSettings;
  readonly smoke?: SmokeTest;
  readonly traffic: number;
  readonly keepOld: boolean;
}

/** Checks the inputs against each other, the files and the registry. Nothing is changed. */
export async function makePlan(inputs: DeployInputs, context: Context, models: ModelRegistry): Promise<Plan> {
  const settings = endpointSettings(inputs);
  const smoke = await readSmokeTest(inputs, context.workingDirectory);
  const candidate = await makeCandidate(inputs, context, models);
  return {
    ...candidate,
    settings,
    ...(smoke === undefined ? {} : { smoke }),
    traffic: inputs.traffic,
    keepOld: inputs.keepOld,
  };
}

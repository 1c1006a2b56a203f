import { defineAction, flag, number } from '@mlops-actions/spec';
import { commonInputs, dryRunInput, resourceName } from '../common-inputs.ts';
import { hostingInputs } from '../sagemaker-inputs.ts';
import {
  accessInputs,
  candidateInputs,
  captureInputs,
  scalingInputs,
  servingInputs,
  smokeInputs,
} from '../serving-inputs.ts';

export const spec = defineAction({
  name: 'deploy-endpoint',
  title: 'Deploy a model to an endpoint',
  summary:
    'Serves a model version at a URL. The new deployment gets traffic only once it is healthy and answers a smoke request as expected; until ' +
    'then, and whenever something fails, the old one goes on serving.',
  branding: { icon: 'upload-cloud', color: 'purple' },
  post: true,
  inputs: {
    endpoint: resourceName({ help: 'Name of the endpoint.', required: true, group: 'Endpoint' }),
    ...candidateInputs,
    delete: flag({
      help: 'Remove the endpoint with all its deployments instead. Needs `endpoint` only.',
      group: 'Endpoint',
    }),
    ...servingInputs,
    ...scalingInputs,
    ...smokeInputs,
    traffic: number({
      help: 'Percent of the traffic for the new deployment. The others share the rest as they did before.',
      default: 100,
      min: 0,
      max: 100,
      integer: true,
      group: 'Traffic',
    }),
    'keep-old': flag({
      help: 'Keep deployments that have lost all traffic running. Otherwise they end after their last answer.',
      group: 'Traffic',
    }),
    ...accessInputs,
    ...captureInputs,
    ...commonInputs,
    ...hostingInputs,
    ...dryRunInput,
  },
  outputs: {
    endpoint: { help: 'Name of the endpoint.' },
    url: { help: 'URL that takes requests by POST.' },
    deployment: { help: 'Name of the deployment.' },
    'previous-deployment': { help: 'The deployment that had most of the traffic before. Absent at the first.' },
    'smoke-status': { help: 'HTTP status of the answer to the smoke request.' },
    'smoke-ms': { help: 'Milliseconds until that answer.' },
  },
});

import { choice, duration, flag, mapping, number, text } from '@mlops-actions/spec';
import { resourceName } from './common-inputs.ts';

// Inputs of the steps that bring a model version to an endpoint.

export const candidateInputs = {
  model: text({
    help: 'Model version to serve, `name@version` or `name:alias`. Default: the one that register-model recorded in this run.',
    group: 'Endpoint',
  }),
  deployment: resourceName({
    help: 'Name of the deployment. Default: made from the model and a hash of all that is served, so that the same again is found and a change is a new deployment.',
    group: 'Endpoint',
  }),
  'require-approved': flag({
    help: 'Refuse a model whose approval is pending. A rejected one is always refused.',
    group: 'Endpoint',
  }),
} as const;

export const servingInputs = {
  'entry-point': text({
    help: 'The serving program: a .py, .sh or .js file, or an executable. It listens on $PORT, answers GET /ping and POST /invocations, and finds the model in $SM_MODEL_DIR.',
    default: 'serve.py',
    group: 'Serving',
  }),
  'source-dir': text({
    help: "Folder of the serving code; the deployment gets its own copy. Default: the model's own `code` folder.",
    group: 'Serving',
  }),
  python: text({ help: 'The Python that runs a .py entry point.', default: 'python3', group: 'Serving' }),
  environment: mapping({
    help: 'Variables for the serving program, one `NAME: value` a line. They are stored with the endpoint: no secrets.',
    group: 'Serving',
  }),
  'startup-timeout': duration({
    help: 'How long a replica may take until GET /ping answers 200.',
    default: '2m',
    min: '1s',
    max: '1h',
    group: 'Serving',
  }),
  'request-timeout': duration({
    help: "How long a request may take before its caller gets 504. SageMaker's own limit is 60 seconds, whatever is given here.",
    default: '60s',
    min: '1s',
    max: '1h',
    group: 'Serving',
  }),
} as const;

export const scalingInputs = {
  'min-replicas': number({
    help: 'Replicas that always run.',
    default: 1,
    min: 1,
    max: 100,
    integer: true,
    group: 'Scaling',
  }),
  'max-replicas': number({
    help: 'Replicas that run at most. Default: `min-replicas`, no autoscaling.',
    min: 1,
    max: 100,
    integer: true,
    group: 'Scaling',
  }),
  'target-concurrency': number({
    help: 'Requests in flight per replica that the autoscaler aims at.',
    default: 4,
    min: 1,
    max: 1000,
    integer: true,
    group: 'Scaling',
  }),
} as const;

export const smokeInputs = {
  'smoke-request': text({
    help: 'Body of a request that the new deployment must answer before it gets traffic, or `@file` with the body.',
    multiline: true,
    group: 'Smoke test',
  }),
  'smoke-content-type': text({
    help: 'Content type of the smoke request.',
    default: 'application/json',
    group: 'Smoke test',
  }),
  'smoke-expect': text({
    help: 'What the answer must be: JSON that it must contain, `/a regular expression/`, or else the exact text; or `@file` with one of these. Default: any answer with a status of 2xx.',
    multiline: true,
    group: 'Smoke test',
  }),
} as const;

export const accessInputs = {
  auth: choice(['none', 'token'], {
    help: '`none`: anyone who reaches the URL may call (on SageMaker, who may by IAM). `token`: callers send `Authorization: Bearer <token>`; `provider: local` alone, because SageMaker lets callers in by IAM.',
    default: 'none',
    group: 'Access',
  }),
  token: text({ help: 'The token for `auth: token`. Only its hash is stored.', secret: true, group: 'Access' }),
} as const;

export const captureInputs = {
  'capture-percent': number({
    help: "Percent of requests to keep with their answers, in SageMaker's data capture format.",
    default: 0,
    min: 0,
    max: 100,
    group: 'Data capture',
  }),
  'capture-limit': number({
    help: 'Megabytes of captured data to keep on `provider: local`; the oldest files go first. In S3 a lifecycle rule of the bucket does that.',
    default: 100,
    min: 1,
    max: 1_000_000,
    group: 'Data capture',
  }),
} as const;

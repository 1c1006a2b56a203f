import { defaultJudgeRules, rolloutStrategies } from '@mlops-actions/core';
import { choice, defineAction, duration, flag, list, mapping, number, text, yaml } from '@mlops-actions/spec';
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
import { engineNames } from './guardrail.ts';
import { rolloutModes } from './rollout-result.ts';

const share = { min: 0, max: 1 } as const;

export const spec = defineAction({
  name: 'rolling-update',
  title: 'Roll out a model step by step',
  summary:
    'Gives a new model version a growing share of the traffic, judges it at each step against the version that serves, and goes back by itself when it is worse. ' +
    'A run that is cancelled or killed leaves nothing half-way: its journal says what was under way, and the next run finishes it.',
  branding: { icon: 'trending-up', color: 'purple' },
  post: true,
  inputs: {
    endpoint: resourceName({ help: 'Name of the endpoint.', required: true, group: 'Endpoint' }),
    mode: choice(rolloutModes, {
      help: '`run`: roll out. `plan`: say what would happen. `observe`: judge what serves and change nothing. `reconcile`: finish what a run that died has left. `abort`: everything back to stable. `promote`: go on with a paused rollout.',
      default: 'run',
      group: 'Endpoint',
    }),
    ...candidateInputs,
    strategy: choice(rolloutStrategies, {
      help: '`canary`: small steps first. `linear`: equal steps. `all-at-once`: one step, with the old one ready to come back. `rolling`: replica by replica. `shadow-then-canary`: copies of requests first, of which nobody sees the answers.',
      default: 'canary',
      group: 'Plan',
    }),
    engine: choice(engineNames, {
      help: 'Who moves the traffic. `weights`: this step, share by share. `guardrail`: SageMaker, which goes on and takes the rollout back by its alarms also when the runner is dead; for an endpoint with one deployment.',
      default: 'weights',
      group: 'Plan',
    }),
    alarms: list({
      help: 'Of `engine: guardrail`: CloudWatch alarms of your own that take the rollout back, ten at most with those of this step.',
      group: 'Plan',
    }),
    'create-alarms': flag({
      help: 'Of `engine: guardrail`: make alarms on `max-error-rate` and `max-latency-ms` of the new instances, and remove them afterwards.',
      default: true,
      group: 'Plan',
    }),
    steps: list({
      help: 'Percents of the traffic for the new deployment, ascending, the last 100. Default: 10,25,50,100 (canary), 25,50,75,100 (linear); of `engine: guardrail` one canary of 10 or of one replica, and 100.',
      group: 'Plan',
    }),
    bake: duration({
      help: 'How long each step is judged at least.',
      default: '5m',
      min: '1s',
      max: '1d',
      group: 'Plan',
    }),
    'final-bake': duration({
      help: 'How long the step at 100 % is judged, with the old deployment ready to come back.',
      default: '10m',
      min: '1s',
      max: '1d',
      group: 'Plan',
    }),
    settle: duration({
      help: 'After each shift, latency is excused for so long, and the step cannot pass. Default: 10s on `provider: local`.',
      min: '0s',
      max: '1h',
      group: 'Plan',
    }),
    interval: duration({
      help: 'Time between two looks at a step.',
      default: '60s',
      min: '1s',
      max: '1h',
      group: 'Plan',
    }),
    batch: number({
      help: 'Of `strategy: rolling`: how many replicas are replaced at a time.',
      default: 1,
      min: 1,
      max: 100,
      integer: true,
      group: 'Plan',
    }),
    'shadow-percent': number({
      help: 'Of `strategy: shadow-then-canary`: percent of the requests that are copied. Only for models without side effects.',
      min: 1,
      max: 100,
      integer: true,
      group: 'Plan',
    }),
    'shadow-duration': duration({
      help: 'Of `strategy: shadow-then-canary`: how long copies are sent.',
      min: '1s',
      max: '1d',
      group: 'Plan',
    }),
    'allow-coarse': flag({
      help: 'Accept steps of which the share that is achieved is more than twice the one asked for.',
      group: 'Plan',
    }),
    timeout: duration({
      help: 'The whole rollout, after which it goes back. It must be longer than all the steps.',
      default: '60m',
      min: '1s',
      max: '1d',
      group: 'Plan',
    }),
    'min-requests': number({
      help: 'Requests of the new deployment that it takes to pass a step.',
      default: defaultJudgeRules.minRequests,
      min: 1,
      integer: true,
      group: 'Judging',
    }),
    'error-margin': number({
      help: "Its share of server errors may exceed the old one's by less than this (0.005: half a percentage point).",
      default: defaultJudgeRules.errorMargin,
      ...share,
      group: 'Judging',
    }),
    'max-error-rate': number({
      help: 'Its share of server errors must not be above this for certain.',
      default: defaultJudgeRules.maxErrorRate,
      ...share,
      group: 'Judging',
    }),
    'max-latency-ratio': number({
      help: "Its latency may be so many times the old one's.",
      default: defaultJudgeRules.latencyRatio,
      min: 1,
      max: 100,
      group: 'Judging',
    }),
    'max-latency-ms': number({
      help: 'Its latency in milliseconds must not be above this. Default: no limit but the ratio.',
      min: 0,
      group: 'Judging',
    }),
    'latency-statistic': choice(['p50', 'p90', 'p95', 'p99', 'mean', 'max'], {
      help: 'The statistic of latency that is judged. Default: p95, or the best that both deployments have.',
      group: 'Judging',
    }),
    'mann-whitney': flag({
      help: "Also compare the windows' latencies by ranks, from 50 windows on.",
      group: 'Judging',
    }),
    'max-restarts': number({
      help: 'Restarts of its replicas within a step that are no reason to go back.',
      default: defaultJudgeRules.maxRestarts,
      min: 0,
      integer: true,
      group: 'Judging',
    }),
    checks: yaml({
      help: 'Checks of your own, a list with a `name` and one of `http` (an address), `command` (a shell command) or `metric` (a figure of the provider) each. See the README.',
      group: 'Judging',
    }),
    advisory: list({ help: 'Names of checks that are shown and never decide.', group: 'Judging' }),
    'failure-limit': mapping({
      help: 'How often a check may fail in the whole rollout before it counts, by its name: `conversion: 1`. Default: 0.',
      group: 'Judging',
    }),
    'error-limit': number({
      help: 'How often in a row a check may err (no figures, a program that does not start).',
      default: 4,
      min: 0,
      integer: true,
      group: 'Judging',
    }),
    'max-hold': duration({
      help: 'How much longer than its bake a step may take when there is not enough evidence.',
      default: '15m',
      min: '0s',
      max: '1d',
      group: 'Judging',
    }),
    'on-inconclusive': choice(['rollback', 'pause', 'advance'], {
      help: 'What to do when there is not enough evidence after `max-hold`.',
      default: 'rollback',
      group: 'Judging',
    }),
    'on-error': choice(['rollback', 'pause'], {
      help: 'What to do when a check erred more often than `error-limit`.',
      default: 'rollback',
      group: 'Judging',
    }),
    'on-no-traffic': choice(['probe', 'inconclusive', 'advance', 'rollback'], {
      help: 'What to do when the new deployment gets no requests. `probe`: send `probe-payload` until there are `min-requests`, also when there are too few.',
      default: 'probe',
      group: 'Judging',
    }),
    'probe-payload': text({
      help: 'Body of a probe, or `@file` with the body; sent with `smoke-content-type`. Default: the smoke request.',
      multiline: true,
      group: 'Judging',
    }),
    'on-cancel': choice(['rollback', 'leave'], {
      help: 'What to do when the workflow is cancelled. `leave` pauses the rollout.',
      default: 'rollback',
      group: 'Ending',
    }),
    'pause-timeout': duration({
      help: 'How long a paused rollout waits for a person; then the next `reconcile` goes back.',
      default: '1d',
      min: '1m',
      max: '30d',
      group: 'Ending',
    }),
    'keep-old': flag({
      help: 'Keep the old deployment running without traffic. Otherwise it ends after its last answer.',
      group: 'Ending',
    }),
    'rollback-window': number({
      help: 'A deployment that is among so many of those that served before gets all the traffic in one step: who goes back is in a hurry.',
      default: 1,
      min: 0,
      max: 10,
      integer: true,
      group: 'Ending',
    }),
    ...servingInputs,
    ...scalingInputs,
    ...smokeInputs,
    ...accessInputs,
    ...captureInputs,
    report: text({
      help: 'Folder for report.json, report.md and report.html.',
      default: 'rollout-report',
      group: 'Report',
    }),
    ...commonInputs,
    ...hostingInputs,
    ...dryRunInput,
  },
  outputs: {
    outcome: {
      help: 'promoted, no-op, rolled-back, rollback-failed, paused, superseded, refused, observed or planned.',
    },
    headline: { help: 'Why, in one sentence.' },
    'rollout-id': { help: 'Name of the rollout, as its journal has it.' },
    stable: { help: 'The deployment that served before. Absent at the first.' },
    candidate: { help: 'The new deployment.' },
    'final-traffic': { help: 'Percent of the traffic that the new deployment has now.' },
    'failed-check': { help: 'Name of the check that decided against it.' },
    'step-reached': { help: 'Percent of the highest step that it reached.' },
    'requests-candidate': { help: 'Requests that it answered while it was judged.' },
    'duration-s': { help: 'Seconds from beginning to end.' },
    'rolled-back': { help: 'true when the traffic is back at the old one.' },
    url: { help: 'URL of the endpoint.' },
    report: { help: 'Path of report.json.' },
    'report-html': { help: 'Path of report.html.' },
  },
});

import { defaultMonitorRules } from '@mlops-actions/core';
import { choice, defineAction, duration, flag, list, number, text } from '@mlops-actions/spec';
import { commonInputs, resourceName } from '../common-inputs.ts';

const share = { min: 0, max: 1 } as const;

export const spec = defineAction({
  name: 'monitor-endpoint',
  title: 'Check how an endpoint does',
  summary:
    'Looks at errors, latency, traffic, saturation and replicas of an endpoint, once or for a while, and says whether something is wrong and who is to blame. ' +
    'It can go back to the deployment that served before, and on SageMaker leave alarms and a dashboard behind.',
  branding: { icon: 'heart', color: 'red' },
  inputs: {
    endpoint: resourceName({ help: 'Name of the endpoint.', required: true, group: 'Endpoint' }),
    mode: choice(['check', 'watch'], {
      help: '`check`: look once, at the last `window`. `watch`: look every `interval` for `duration`, such as after a deployment.',
      default: 'check',
      group: 'Endpoint',
    }),
    deployment: resourceName({
      help: 'Look at this deployment alone. Default: all that have traffic.',
      group: 'Endpoint',
    }),
    expected: text({
      help: 'The deployment, or the model as `name@version`, that is to have all the traffic.',
      group: 'Endpoint',
    }),
    window: duration({
      help: 'The time that is looked at, up to now. At least 3m with `provider: sagemaker`.',
      default: '15m',
      min: '5s',
      max: '7d',
      group: 'Time',
    }),
    baseline: duration({
      help: 'Also compare with the same minutes so long ago: `7d` is the same hour of last week. Default: no comparison.',
      min: '5s',
      max: '30d',
      group: 'Time',
    }),
    duration: duration({ help: 'Of `mode: watch`: how long.', default: '10m', min: '1s', max: '1d', group: 'Time' }),
    interval: duration({
      help: 'Of `mode: watch`: time between two looks.',
      default: '60s',
      min: '1s',
      max: '1h',
      group: 'Time',
    }),
    'min-requests': number({
      help: 'Fewer requests say nothing of rates and percentiles.',
      default: defaultMonitorRules.minRequests,
      min: 1,
      integer: true,
      group: 'Limits',
    }),
    'max-error-rate': number({
      help: 'The share of requests that may fail (status 500 and above, or no answer). It must be exceeded for certain to be a breach.',
      default: defaultMonitorRules.maxErrorRate,
      ...share,
      group: 'Limits',
    }),
    'max-model-error-rate': number({
      help: 'The same of the errors that the model is to blame for.',
      ...share,
      group: 'Limits',
    }),
    'max-platform-error-rate': number({
      help: 'The same of the errors that the platform around it is to blame for.',
      ...share,
      group: 'Limits',
    }),
    'max-p50-ms': number({ help: 'Median latency in milliseconds.', min: 0, group: 'Limits' }),
    'max-p95-ms': number({ help: '95th percentile of latency in milliseconds.', min: 0, group: 'Limits' }),
    'max-p99-ms': number({ help: '99th percentile of latency in milliseconds.', min: 0, group: 'Limits' }),
    'max-mean-ms': number({ help: 'Mean latency in milliseconds.', min: 0, group: 'Limits' }),
    'min-requests-per-minute': number({
      help: 'Less traffic is a breach: callers may not reach the endpoint.',
      min: 0,
      group: 'Limits',
    }),
    'max-requests-per-minute': number({ help: 'More traffic is a breach.', min: 0, group: 'Limits' }),
    'max-saturation': number({
      help: 'How busy it may be, 1 being all there is. A breach when no replica may be added.',
      default: defaultMonitorRules.maxSaturation,
      min: 0,
      max: 100,
      group: 'Limits',
    }),
    'max-restarts': number({
      help: 'Restarts of replicas in the window.',
      default: defaultMonitorRules.maxRestarts,
      min: 0,
      integer: true,
      group: 'Limits',
    }),
    'max-capture-age': duration({
      help: 'The newest captured sample may be so old while there are requests. Default: captures are not looked at.',
      min: '1s',
      group: 'Limits',
    }),
    objective: number({
      help: 'Service level objective: the share of requests to be answered, such as 0.999. A breach when the error budget is spent 14.4 times too fast over 1 hour and still over 5 minutes, or 6 times over 6 hours and 30 minutes.',
      min: 0.5,
      max: 0.999_999,
      group: 'Limits',
    }),
    'error-margin': number({
      help: "The share of server errors may exceed the baseline's by less than this.",
      default: defaultMonitorRules.errorMargin,
      ...share,
      group: 'Limits',
    }),
    'max-latency-ratio': number({
      help: "Latency may be so many times the baseline's.",
      default: defaultMonitorRules.latencyRatio,
      min: 1,
      max: 100,
      group: 'Limits',
    }),
    advisory: list({ help: 'Names of checks that are shown and never decide.', group: 'Limits' }),
    'failure-limit': number({
      help: 'Of `mode: watch`: so many looks in a row may fail before it is a breach.',
      default: 0,
      min: 0,
      integer: true,
      group: 'Ending',
    }),
    'on-breach': choice(['fail', 'none', 'rollback'], {
      help: '`fail`: the step ends with a verdict (exit code 2). `none`: it says so and goes on. `rollback`: everything back to the deployment that served before, or a rollout that is under way is aborted; then as `fail`.',
      default: 'fail',
      group: 'Ending',
    }),
    'on-inconclusive': choice(['warn', 'fail', 'none'], {
      help: 'What to do when it cannot be told, such as without requests.',
      default: 'warn',
      group: 'Ending',
    }),
    alarms: list({
      help: 'Of `provider: sagemaker`: CloudWatch alarms of your own. One that rings is a breach.',
      group: 'Alarms',
    }),
    'create-alarms': flag({
      help: 'Of `provider: sagemaker`: make alarms in CloudWatch of `max-error-rate`, `max-mean-ms` and the limits of requests a minute, or bring them up to date. They watch while no step runs; one that rings is a breach of the next check.',
      group: 'Alarms',
    }),
    'alarm-actions': list({
      help: 'Of `create-alarms`: ARNs of who is told when one rings, such as an SNS topic.',
      group: 'Alarms',
    }),
    'create-dashboard': flag({
      help: 'Of `provider: sagemaker`: make a dashboard of the endpoint in CloudWatch, or bring it up to date.',
      group: 'Alarms',
    }),
    report: text({
      help: 'Folder for report.json, report.md and report.html.',
      default: 'monitor-report',
      group: 'Report',
    }),
    ...commonInputs,
  },
  outputs: {
    verdict: { help: 'pass, inconclusive, error or fail.' },
    headline: { help: 'Why, in one sentence.' },
    'failing-checks': { help: 'Names of the checks that failed, one a line.' },
    requests: { help: 'Requests in the window.' },
    'error-rate': { help: 'Share of server errors, 0 to 1.' },
    'p95-ms': { help: '95th percentile of latency of the deployment with most of the traffic.' },
    'rolled-back-to': { help: 'The deployment that has the traffic again, after `on-breach: rollback`.' },
    'ringing-alarms': { help: 'Names of the alarms that ring, one a line; empty where none was looked at.' },
    'dashboard-url': { help: 'Address of the dashboard, with `create-dashboard`.' },
    report: { help: 'Path of report.json.' },
    'report-html': { help: 'Path of report.html.' },
  },
});

import { choice, defineAction, duration, flag, list, mapping, number, text, yaml } from '../src/define.ts';

/** An action with every type of input, a secret and a post step. */
export const sample = defineAction({
  name: 'sample-step',
  title: 'Do a sample of work',
  summary: 'Does one thing of each kind. It exists for tests only.',
  branding: { icon: 'activity', color: 'blue' },
  post: true,
  inputs: {
    name: text({
      help: 'Name of the thing.',
      required: true,
      pattern: /^[a-z][a-z0-9-]*$/,
      rule: 'lower-case letters, digits and hyphens, starting with a letter',
    }),
    provider: choice(['local', 'sagemaker'], { help: 'Where the work runs.', default: 'local', group: 'Common' }),
    'instance-count': number({
      help: 'How many machines.',
      default: 1,
      min: 1,
      max: 100,
      integer: true,
      group: 'Resources',
    }),
    ratio: number({ help: 'A share of the traffic.', min: 0, group: 'Resources' }),
    'dry-run': flag({ help: 'Print the plan | change nothing.', group: 'Common' }),
    'use-cache': flag({ help: 'Use what is there.', default: true, group: 'Common' }),
    'max-runtime': duration({ help: 'When to give up.', default: '1h', min: '1m', max: '5d', group: 'Resources' }),
    columns: list({ help: 'Columns to use.' }),
    hyperparameters: mapping({ help: 'Passed to the script.' }),
    checks: yaml({ help: 'What must hold.' }),
    notes: text({ help: 'Shown in the report.', multiline: true }),
    'api-token': text({ help: 'Opens the endpoint.', secret: true, group: 'Common' }),
  },
  outputs: { 'model-uri': { help: 'Where the model is.' }, 'p95-ms': { help: 'The 95th percentile.' } },
});

/** The least that an action can be. */
export const small = defineAction({
  name: 'small',
  title: 'Do little',
  summary: 'Does little.',
  branding: { icon: 'x', color: 'gray-dark' },
  inputs: {},
  outputs: {},
});

import { expect, test } from '@jest/globals';
import { sample, small } from '../test/samples.ts';
import { helpText, overviewHelp } from './help.ts';

test('the help of a step', () => {
  expect(helpText(sample)).toBe(`Do a sample of work

Does one thing of each kind. It exists for tests only.

Usage:
  mlops-actions sample-step --name <text> [options]

Options:
  --name <text>               Name of the thing. Must be lower-case letters, digits and hyphens,
                              starting with a letter. Required.
  --columns <list>            Columns to use. One a line, or separated by commas on one line.
  --hyperparameters <yaml>    Passed to the script. One \`name: value\` a line.
  --checks <yaml>             What must hold. YAML or JSON.
  --notes <text>              Shown in the report.

Common:
  --provider <choice>         Where the work runs. One of: local, sagemaker. Default: \`local\`.
  --dry-run                   Print the plan | change nothing.
  --use-cache                 Use what is there. On unless --use-cache=false.
  --api-token <text>          Opens the endpoint. Secret: set MLOPS_API_TOKEN rather than write it
                              here.

Resources:
  --instance-count <number>   How many machines. Must be a whole number from 1 to 100. Default: \`1\`.
  --ratio <number>            A share of the traffic. Must be a number of at least 0.
  --max-runtime <time>        When to give up. Must be a length of time such as 90s, 45m, 2h, 1h30m
                              or 1d, from 1m to 5d. Default: \`1h\`.

Outputs, as name=value lines:
  model-uri                   Where the model is.
  p95-ms                      The 95th percentile.
`);
});

test('no line is longer than 100 columns, and a long option has a line of its own', () => {
  const long = { type: 'text', help: 'Word '.repeat(60).trim() } as const;
  const text = helpText({ ...small, inputs: { 'a-name-that-is-really-long': long } });
  expect(text).toContain('  --a-name-that-is-really-long <text>\n                              Word Word');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

test('the overview lists the steps', () => {
  expect(overviewHelp([sample, small])).toBe(`CI/CD steps for machine learning.

Usage:
  mlops-actions <step> [options]

Steps:
  sample-step                 Do a sample of work.
  small                       Do little.

Run \`mlops-actions <step> --help\` for the options of a step.
`);
});

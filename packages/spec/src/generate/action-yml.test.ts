import { describe, expect, test } from '@jest/globals';
import { githubFaults } from '../../test/parse-action.ts';
import { sample, small } from '../../test/samples.ts';
import { actionFaults } from './action-faults.ts';
import { actionYml } from './action-yml.ts';
import { brandingColors, brandingIcons } from './branding.ts';

const secretHelp = 'Opens the endpoint. Secret: pass it from the secrets of your CI system.';

test('the action.yml of a spec', () => {
  expect(
    actionYml(sample),
  ).toBe(`# Generated from actions/sample-step/spec.ts by \`npm run generate\`. Do not edit: change spec.ts.
name: Do a sample of work
description: Does one thing of each kind. It exists for tests only.
author: The mlops-actions authors
branding:
  icon: activity
  color: blue
inputs:
  name:
    description: Name of the thing. Must be lower-case letters, digits and hyphens, starting with a letter.
    required: true
  provider:
    description: "Where the work runs. One of: local, sagemaker."
    required: false
    default: local
  instance-count:
    description: How many machines. Must be a whole number from 1 to 100.
    required: false
    default: "1"
  ratio:
    description: A share of the traffic. Must be a number of at least 0.
    required: false
  dry-run:
    description: Print the plan | change nothing.
    required: false
    default: "false"
  use-cache:
    description: Use what is there.
    required: false
    default: "true"
  max-runtime:
    description: When to give up. Must be a length of time such as 90s, 45m, 2h, 1h30m or 1d, from 1m to 5d.
    required: false
    default: 1h
  columns:
    description: Columns to use. One a line, or separated by commas on one line.
    required: false
  hyperparameters:
    description: "Passed to the script. One \`name: value\` a line."
    required: false
  checks:
    description: What must hold. YAML or JSON.
    required: false
  notes:
    description: Shown in the report.
    required: false
  api-token:
    description: "${secretHelp}"
    required: false
outputs:
  model-uri:
    description: Where the model is.
  p95-ms:
    description: The 95th percentile.
runs:
  using: node24
  main: ../../dist/sample-step.js
  post: ../../dist/sample-step.post.js
  post-if: always()
`);
});

describe("GitHub's own parser", () => {
  test.each([sample, small])('takes the action.yml of $name', async (spec) => {
    expect(await githubFaults(actionYml(spec))).toEqual([]);
    expect(actionFaults(actionYml(spec))).toEqual([]);
  });

  test('knows the same icons and colours', async () => {
    const badge = (icon: string, color: string) => actionYml({ ...small, branding: { icon, color } });
    for (const icon of brandingIcons) expect([icon, await githubFaults(badge(icon, 'red'))]).toEqual([icon, []]);
    for (const color of brandingColors) expect([color, await githubFaults(badge('x', color))]).toEqual([color, []]);
    expect(brandingIcons).toHaveLength(256);
    expect(await githubFaults(badge('key', 'red'))).not.toEqual([]);
    expect(await githubFaults(badge('x', 'grey'))).not.toEqual([]);
  });

  test.each([
    ['an unknown runtime', 'using: node24', 'using: node99'],
    ['an unknown key', 'author:', 'autor:'],
    ['no description', /^description:.*\n/m, ''],
    ['no main', /^ {2}main:.*\n/m, ''],
    ['broken YAML', 'name: Do', 'name: "Do'],
  ])('refuses %s', async (_, from, to) => {
    expect(await githubFaults(actionYml(sample).replace(from, to))).not.toEqual([]);
  });
});

test.each([
  ['required: true', 'requird: true', 'input name has the unknown key requird'],
  ['required: true', 'required: "true"', 'input name has a `required` that is neither true nor false'],
  ['default: "1"', 'default: 1', 'input instance-count has a default that is no text'],
  ['description: Shown in the report.', 'deprecationMessage: gone', 'input notes has no description'],
  ['description: Where the model is.', 'value: x', 'output model-uri has the unknown key value'],
])('what it misses is found: %s', (from, to, fault) => {
  expect(actionFaults(actionYml(sample).replace(from, to))).toContain(fault);
});

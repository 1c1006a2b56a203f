import { describe, expect, test } from '@jest/globals';
import { sample, small } from '../../test/samples.ts';
import { checkExamples } from './examples.ts';

const specs = [sample, small];
/** An expression of GitHub, written so that it is not taken for a template here. */
const value = (expression: string) => `$\{{ ${expression} }}`;

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    outputs:
      uri: ${value('steps.work.outputs.model-uri')}
    steps:
      - uses: actions/checkout@v4
      - id: work
        uses: OWNER/mlops-actions/actions/sample-step@v1
        with:
          name: churn
          instance-count: 2
          dry-run: true
          hyperparameters: |
            lr: 1e-4
          api-token: ${value('secrets.TOKEN')}
      - run: echo "$URI"
        env:
          URI: ${value("steps.work.outputs['model-uri']")}
  two:
    runs-on: ubuntu-latest
    steps:
      - id: work
        uses: ./actions/small
`;

const pipeline = `steps:
  - task: MlopsSampleStep@1
    name: work
    inputs:
      name: churn
      instanceCount: $(count)
      maxRuntime: 2h
  - script: echo $(work.modelUri) $(Build.SourceVersion)
`;

async function faultsOf(text: string, from: string | RegExp, to: string, path = 'x.yml'): Promise<string[]> {
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  return checkExamples(path, changed, specs);
}

describe('examples that work', () => {
  test('a GitHub workflow and an Azure pipeline', async () => {
    expect(await checkExamples('x.yml', workflow, specs)).toEqual([]);
    expect(await checkExamples('x.yml', pipeline, specs)).toEqual([]);
  });

  test('a page of Markdown: only its YAML is read', async () => {
    const page = `Text with \`uses: OWNER/mlops-actions/actions/none@v1\`.\n\n\`\`\`sh\nuses: OWNER/mlops-actions/actions/none@v1\n\`\`\`\n\n\`\`\`yaml\n${workflow}\`\`\`\n`;
    expect(await checkExamples('x.md', page, specs)).toEqual([]);
  });

  test('other actions and tasks are not ours', async () => {
    const text =
      '- uses: other/thing/actions/sample-step@v1\n- task: PublishBuildArtifacts@1\n- uses: docker://alpine\n- uses: OWNER/mlops-actions/.github/workflows/a.yml@v1\n';
    expect(await checkExamples('x.yml', text, specs)).toEqual([]);
  });
});

describe('GitHub examples that do not', () => {
  test.each<readonly [string, string | RegExp, string, readonly string[]]>([
    [
      'an action',
      'actions/sample-step@',
      'actions/sample-stp@',
      ['x.yml:9: the step sample-stp does not exist. Did you mean sample-step?'],
    ],
    [
      'a path',
      '/actions/sample-step@v1',
      '@v1',
      ['x.yml:9: OWNER/mlops-actions@v1 is no step. Write OWNER/mlops-actions/actions/<step>@v1.'],
    ],
    [
      'a version',
      '@v1',
      '@main',
      ['x.yml:9: OWNER/mlops-actions/actions/sample-step@main does not name version 1. Write @v1.'],
    ],
    ['no version', '@v1', '', ['x.yml:9: OWNER/mlops-actions/actions/sample-step does not name version 1. Write @v1.']],
    [
      'an input',
      'instance-count:',
      'instanceCount:',
      ['x.yml:13: sample-step has no input instanceCount. Did you mean instance-count?'],
    ],
    ['a required input', /name: churn/, 'ratio: 1', ['x.yml:9: sample-step needs the input name.']],
    [
      'a number',
      'count: 2',
      'count: two',
      ['x.yml:13: the input instance-count is "two". It must be a whole number from 1 to 100.'],
    ],
    ['a flag', 'dry-run: true', 'dry-run: yes', ['x.yml:14: the input dry-run is "yes". It must be true or false.']],
    [
      'a mapping',
      'lr: 1e-4',
      '- lr',
      ['x.yml:15: the input hyperparameters must be a mapping with one `name: value` a line.'],
    ],
    [
      'text',
      'hyperparameters: |',
      'hyperparameters:',
      ['x.yml:15: the input hyperparameters must be text. Write `hyperparameters: |` before several lines.'],
    ],
    [
      'an output',
      "outputs['model-uri']",
      "outputs['model-url']",
      ["x.yml:20: steps.work.outputs['model-url']: sample-step has no output model-url. Did you mean model-uri?"],
    ],
    [
      'an output of the job',
      'outputs.model-uri',
      'outputs.uri',
      ['x.yml:6: steps.work.outputs.uri: sample-step has no output uri. There are: model-uri, p95-ms.'],
    ],
    [
      'an id',
      "steps.work.outputs['model-uri']",
      'steps.wrk.outputs.model-uri',
      ['x.yml:20: no step of this job has the id wrk. Did you mean work?'],
    ],
    ['YAML', 'on: push', 'on: "push', ['x.yml:1: is not valid YAML: Missing closing "quote.']],
  ])('%s', async (_, from, to, faults) => {
    const found = await faultsOf(workflow, from, to);
    expect(found).toEqual(faults);
  });

  test('an id of another job does not count', async () => {
    const found = await faultsOf(
      workflow,
      'uses: ./actions/small',
      `uses: ./actions/small\n      - run: echo ${value('steps.work.outputs.model-uri')}`,
    );
    expect(found).toEqual(['x.yml:26: steps.work.outputs.model-uri: small has no output model-uri.']);
  });
});

describe('Azure examples that do not', () => {
  test.each<readonly [string, string, string, readonly string[]]>([
    [
      'a task',
      'MlopsSampleStep',
      'MlopsSampleSteps',
      ['x.yml:2: the step MlopsSampleSteps does not exist. Did you mean MlopsSampleStep?'],
    ],
    ['a version', 'Step@1', 'Step@0', ['x.yml:2: MlopsSampleStep@0 does not name version 1. Write @1.']],
    [
      'an input',
      'instanceCount',
      'instance-count',
      ['x.yml:6: sample-step has no input instance-count. Did you mean instanceCount?'],
    ],
    ['a required input', 'name: churn', 'ratio: 1', ['x.yml:2: sample-step needs the input name.']],
    [
      'a duration',
      '2h',
      '2 hours',
      ['x.yml:7: the input maxRuntime is "2 hours". It must be a length of time such as 90s, 45m, 2h, 1h30m or 1d.'],
    ],
    [
      'an output',
      'work.modelUri',
      'work.model-uri',
      ['x.yml:8: $(work.model-uri): sample-step has no output model-uri. Did you mean modelUri?'],
    ],
    [
      'an output in an expression',
      '$(work.modelUri)',
      "$[ outputs['work.uri'] ]",
      ["x.yml:8: outputs['work.uri']: sample-step has no output uri. There are: modelUri, p95Ms."],
    ],
  ])('%s', async (_, from, to, faults) => expect(await faultsOf(pipeline, from, to)).toEqual(faults));
});

describe('pages of Markdown', () => {
  const indent = (text: string) => text.replace(/^(?=.)/gm, '   ');
  const snippet = `1. First:\n\n${indent('```yaml\n- id: work\n  uses: OWNER/mlops-actions/actions/small@v1\n  with:\n    nme: x\n```')}\n`;

  test('a snippet in a list keeps its line, and needs no whole workflow', async () => {
    expect(await checkExamples('docs/a.md', snippet, specs)).toEqual(['docs/a.md:7: small has no input nme.']);
  });

  test('a later snippet may name a step of an earlier one', async () => {
    const later = `${snippet.replace(/\n.*with:\n.*nme: x/, '')}\n~~~yml\n- run: echo ${value('steps.work.outputs.uri')} ${value('steps.other.outputs.uri')}\n~~~\n`;
    expect(await checkExamples('a.md', later, specs)).toEqual([
      'a.md:9: steps.work.outputs.uri: small has no output uri.',
    ]);
  });

  test('broken YAML in a page has its place', async () => {
    expect(await checkExamples('a.md', 'Text\n\n```yaml\na: 1\nb: c: d\n```\n', specs)).toEqual([
      expect.stringMatching(/^a\.md:5: is not valid YAML/),
    ]);
  });
});

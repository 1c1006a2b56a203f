import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { registry } from '@mlops-actions/actions';
import { parse } from 'yaml';

const { readWorkflow } = (await import(new URL('../../demo/read-workflow.mjs', import.meta.url).href)) as {
  readWorkflow(text: string): unknown;
};
const template = new URL('../../action-templates/github/train-gate-deploy.yml', import.meta.url);

/** The oracle: the yaml package with every scalar as text (its failsafe schema). */
function oracle(text: string): unknown {
  return parse(text, { schema: 'failsafe' });
}

interface Workflow {
  readonly jobs: { readonly model: { readonly steps: readonly { uses?: string; with?: Record<string, string> }[] } };
}

test('the starter workflow reads as YAML reads it', async () => {
  const text = await readFile(template, 'utf8');
  expect(readWorkflow(text)).toEqual(oracle(text));
});

test.each([
  "a: 1\nb:\n  c: \"x # y\" # comment\n  d: 'it''s'\n",
  'list:\n  - a\n  - name: x\n    run: |\n      one\n        two\n\n      three\n\n\n  - name: y\nend: z\n',
  'list:\n- a\n- -b\nkey: $'.concat('{{ steps.a.outputs.b }}\n'),
  'url: http://x/#y\nempty:\nrun: |\n  # no comment\n  x: y\n',
])('the same for %j', (text) => {
  expect(readWorkflow(text)).toEqual(oracle(text));
});

test.each([
  'a: [b]',
  'a: { b: c }',
  'a: >\n  b',
  'a: &b c',
  'a: *b',
  'a: b: c',
  'a: "b\\n"',
  'a: 1\na: 2',
  'a\n',
  'a: 1\n   b: 2\n',
])('what it cannot read is an error: %j', (text) => {
  expect(() => readWorkflow(text)).toThrow(/^Line \d+ of the workflow/);
});

test('the starter workflow gives each step inputs that it has', async () => {
  const { jobs } = oracle(await readFile(template, 'utf8')) as Workflow;
  const ours = jobs.model.steps.filter((step) => step.uses?.startsWith('OWNER/mlops-actions/'));
  expect(ours.length).toBeGreaterThanOrEqual(6);
  for (const step of ours) {
    const name = /\/actions\/([^@]+)@v1$/.exec(step.uses ?? '')?.[1] as keyof typeof registry;
    const { spec } = await registry[name]();
    expect(Object.keys(spec.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  }
});

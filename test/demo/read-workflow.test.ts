import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { registry } from '@mlops-actions/actions';
import { parse } from 'yaml';

const { readWorkflow } = (await import(new URL('../../demo/read-workflow.mjs', import.meta.url).href)) as {
  readWorkflow(text: string): unknown;
};
const folder = new URL('../../action-templates/github/', import.meta.url);
const templates = [
  'train-gate-deploy.yml',
  'drift-check.yml',
  'rollout.yml',
  'reconcile.yml',
  'monitor.yml',
  'sagemaker-train-on-label.yml',
  'sagemaker-release.yml',
  'sagemaker-drift.yml',
];

/** The oracle: the yaml package with every scalar as text (its failsafe schema). */
function oracle(text: string): unknown {
  return parse(text, { schema: 'failsafe' });
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

test.each(templates)('the starter workflow %s reads as YAML reads it', async (name) => {
  const text = await readFile(new URL(name, folder), 'utf8');
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

test('every template is read', async () => {
  expect((await readdir(folder)).sort()).toEqual([...templates].sort());
});

test.each([
  ['train-gate-deploy.yml', 6],
  ['drift-check.yml', 1],
  ['rollout.yml', 2],
  ['reconcile.yml', 1],
  ['monitor.yml', 1],
  ['sagemaker-train-on-label.yml', 3],
  ['sagemaker-release.yml', 6],
  ['sagemaker-drift.yml', 1],
])('the starter workflow %s gives each step inputs that it has', async (name, count) => {
  const { jobs } = oracle(await readFile(new URL(name, folder), 'utf8')) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const ours = steps.filter((step) => step.uses?.startsWith('OWNER/mlops-actions/'));
  expect(ours.length).toBeGreaterThanOrEqual(count);
  for (const step of ours) {
    const action = /\/actions\/([^@]+)@v1$/.exec(step.uses ?? '')?.[1] as keyof typeof registry;
    const { spec } = await registry[action]();
    expect(Object.keys(spec.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  }
});

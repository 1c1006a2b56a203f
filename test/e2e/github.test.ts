import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GitHubJob, githubJob } from './github-job.ts';
import { nodes } from './nodes.ts';
import { lifecycle, processesIn, untilNothingRunsIn, writeProject } from './project.ts';
import { copySuite, temporaryFolder } from './suite.ts';

let folder: string;
let suite: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  suite = await copySuite(join(folder, 'work', '_actions', 'OWNER', 'mlops-actions', 'v1'));
});
afterEach(async () => {
  for (const line of await processesIn(folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function jobWithProject(node?: string): Promise<GitHubJob> {
  const job = await githubJob(suite, folder, node);
  await writeProject(job.workspace);
  return job;
}

describe.each(nodes)('on %s', (_, node) => {
  test('a model goes from data to an endpoint and away again, and nothing is left running', async () => {
    const job = await jobWithProject(node);
    const outcomes = [];
    for (const [name, inputs] of lifecycle) {
      const outcome = await job.step(name, inputs);
      expect([name, outcome.code, outcome.stdout]).toEqual([name, 0, expect.any(String)]);
      outcomes.push(outcome);
    }
    const [data, train, gate, register, deploy] = outcomes;
    expect(data?.outputs).toMatchObject({ dataset: 'toys@1', rows: '100', changed: 'true' });
    expect(train?.outputs).toMatchObject({ status: 'Completed', attached: 'false' });
    expect(gate?.outputs).toMatchObject({ passed: 'true', verdict: 'pass' });
    expect(register?.outputs).toMatchObject({ model: 'toys@1', created: 'true' });
    for (const outcome of [train, gate, register, deploy]) expect(outcome?.summary).not.toBe('');

    const answer = await fetch(deploy?.outputs.url ?? '', { method: 'POST', body: '{}' });
    expect(await answer.text()).toBe('weights of 81 rows at 5');

    const record = JSON.parse(await readFile(join(job.workspace, 'mlops-run.json'), 'utf8'));
    expect(record.run).toMatchObject({ system: 'github', repository: 'octo-org/churn', runId: '1658821493' });
    expect(record.steps.map((step: { action: string; ending: string }) => [step.action, step.ending])).toEqual(
      lifecycle.map(([name]) => [name, 'ok']),
    );

    expect((await job.step('deploy-endpoint', { endpoint: 'toys', delete: 'true' }, 'away')).code).toBe(0);
    for (const post of await job.end()) expect([post.code, post.stderr]).toEqual([0, '']);
    await untilNothingRunsIn(folder);
  });

  test('doing it again finds all of it', async () => {
    const job = await jobWithProject(node);
    for (const [name, inputs] of lifecycle.slice(0, 4)) await job.step(name, inputs);
    const again = [];
    for (const [name, inputs] of lifecycle.slice(0, 4)) again.push(await job.step(name, inputs));
    expect(again.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(again[0]?.outputs).toMatchObject({ dataset: 'toys@1', changed: 'false' });
    expect(again[1]?.outputs).toMatchObject({ attached: 'true' });
    expect(again[3]?.outputs).toMatchObject({ model: 'toys@1', created: 'false' });
  });
});

test('an output goes into a later step through an expression', async () => {
  const job = await jobWithProject();
  for (const [name, inputs] of lifecycle.slice(0, 2)) await job.step(name, inputs);
  const uri = `$\{{ steps.train.outputs.model-uri }}`;
  const registered = await job.step('register-model', { model: 'toys', 'model-uri': uri });
  expect(registered.outputs).toMatchObject({ model: 'toys@1' });
});

test('a verdict of no ends with 2, one annotation and no stack', async () => {
  const job = await jobWithProject();
  for (const [name, inputs] of lifecycle.slice(0, 2)) await job.step(name, inputs);
  const gate = await job.step('evaluate-gate', { rules: 'accuracy >= 0.99' });
  expect(gate.code).toBe(2);
  expect(gate.outputs).toMatchObject({ passed: 'false', verdict: 'fail' });
  expect(gate.commands.filter(({ name }) => name === 'error')).toHaveLength(1);
  expect(gate.log).not.toMatch(/^\s+at /m);
});

describe('bad input ends with one clear error, exit code 1 and nothing written', () => {
  test.each([
    ['a misspelt input', 'train', { 'entry-point': 'src/train.sh', hyperparameter: 'lr: 1' }, 'hyperparameters'],
    ['a missing one', 'train', {}, 'entry-point'],
    ['a malformed one', 'train', { 'entry-point': 'src/train.sh', 'max-runtime': 'soon' }, 'max-runtime'],
    ['a script that is not there', 'train', { 'entry-point': 'nowhere.sh', 'max-runtime': '1m' }, 'nowhere.sh'],
    ['a name out of the folder', 'prepare-data', { dataset: '../../etc', data: 'data.csv' }, 'dataset'],
    ['a name of 300 letters', 'register-model', { model: 'm'.repeat(300), 'model-uri': 'src' }, 'model'],
    ['a name with spaces and umlauts', 'register-model', { model: 'mödel eins', 'model-uri': 'src' }, 'model'],
    ['another provider', 'train', { provider: 'locl', 'entry-point': 'src/train.sh' }, 'local'],
    [
      'a folder that is not there',
      'prepare-data',
      { dataset: 'toys', data: 'data.csv', 'working-directory': 'nowhere' },
      'nowhere',
    ],
  ])('%s', async (_, name, inputs, word) => {
    const job = await jobWithProject();
    const before = await readdir(job.workspace);
    const outcome = await job.step(name, inputs as Record<string, string>);
    expect([outcome.code, outcome.outputs]).toEqual([1, {}]);
    const errors = outcome.commands.filter((command) => command.name === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.data).toContain(word);
    expect(errors[0]?.data).not.toMatch(/^\s+at /m);
    for (const post of await job.end()) expect([post.code, post.commands]).toEqual([0, []]);
    const after = (await readdir(job.workspace)).filter((file) => !/^mlops-run\.json|^\.mlops$/.test(file));
    expect(after).toEqual(before);
    expect(await processesIn(folder)).toEqual([]);
  });
});

test('a hostile script: none of its commands is obeyed, no secret is shown with debug on', async () => {
  const job = await jobWithProject();
  const secret = 'hunter2-correct-horse';
  const outcome = await job.step('train', {
    'entry-point': 'hostile.sh',
    'source-dir': 'src',
    'max-runtime': '1m',
    'secret-environment': `API_KEY: ${secret}`,
  });
  expect(outcome.code).toBe(1);
  expect(outcome.outputs.job).not.toBe('stolen');
  expect(outcome.commands.filter(({ name }) => name === 'set-output')).toEqual([]);
  const errors = outcome.commands.filter(({ name }) => name === 'error');
  expect(errors.map(({ data }) => data.split('\n')[0])).toEqual(['hostile.sh ended with exit code 3.']);
  expect(outcome.log).toContain('not ours');
  const printed = (outcome.stdout + outcome.stderr).split('\n').filter((line) => !line.startsWith('::add-mask::'));
  expect(printed.join('\n')).not.toContain(secret);
  // What the script itself printed is kept as it came, in the log of its job and there only.
  const files = await filesWith(job.workspace, secret);
  expect(files.filter((file) => !/jobs[/][^/]+[/]log[.]txt$/.test(file))).toEqual([]);
});

describe('cancelling', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s while a script runs: the step ends and nothing runs on',
    async (signal) => {
      const job = await jobWithProject();
      const step = await job.start('train', { 'entry-point': 'endless.sh', 'source-dir': 'src', 'max-runtime': '10m' });
      await step.program.printed('the script runs as');
      expect((await processesIn(folder)).length).toBeGreaterThan(1);
      step.program.child.kill(signal);
      const outcome = await step.outcome;
      expect(outcome.code).toBe(1);
      expect(outcome.log).toContain(`Cancelled by ${signal}`);
      for (const post of await job.end()) expect(post.code).toBe(0);
      expect(await processesIn(folder)).toEqual([]);
    },
  );

  test('a step that is killed outright leaves its job to the post step', async () => {
    const job = await jobWithProject();
    const step = await job.start('train', { 'entry-point': 'endless.sh', 'source-dir': 'src', 'max-runtime': '10m' });
    await step.program.printed('the script runs as');
    step.program.child.kill('SIGKILL');
    await step.outcome;
    expect((await processesIn(folder)).length).toBeGreaterThan(0);
    for (const post of await job.end()) expect(post.code).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
  });
});

/** The files below `root` that hold `text`. */
async function filesWith(root: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).size < 1 << 24 && (await readFile(path, 'utf8')).includes(text))
      found.push(path);
  }
  return found;
}

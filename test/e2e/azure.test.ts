import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { camelCase, pascalCase } from '@mlops-actions/spec';
import { azureJob } from './azure-job.ts';
import { nodes } from './nodes.ts';
import { bareEnvironment, run } from './program.ts';
import { lifecycle, processesIn, untilNothingRunsIn, writeProject } from './project.ts';
import { repository, temporaryFolder } from './suite.ts';

let folder: string;
let tasks: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  tasks = join(folder, '_tasks');
  const script = join(repository, 'scripts', 'package-azure.mjs');
  const packed = await run([process.execPath, script, tasks], { cwd: folder, env: bareEnvironment(folder) });
  expect([packed.code, packed.stderr]).toEqual([0, '']);
});
afterEach(async () => {
  for (const line of await processesIn(folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function inAzureSpelling(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [camelCase(name), value]));
}

describe.each(nodes)('on %s', (_, node) => {
  test('a model goes from data to an endpoint and away again, from task folders with nothing beside them', async () => {
    const job = await azureJob(tasks, folder, node);
    await writeProject(job.workspace);
    for (const [name, inputs] of lifecycle) {
      const outcome = await job.task(`Mlops${pascalCase(name)}`, inAzureSpelling(inputs), name.replaceAll('-', '_'));
      expect([name, outcome.code, outcome.result, outcome.stderr]).toEqual([name, 0, 'Succeeded', '']);
    }
    const asked = await job.task('MlopsDeployEndpoint', {
      ...inAzureSpelling(lifecycle[4]?.[1] ?? {}),
      model: '$(register_model.model)',
    });
    expect(asked.outputs).toMatchObject({ endpoint: 'toys' });
    const answer = await fetch(asked.outputs.url ?? '', { method: 'POST', body: '{}' });
    expect(await answer.text()).toBe('weights of 81 rows at 5');

    const record = JSON.parse(await readFile(join(job.workspace, 'mlops-run.json'), 'utf8'));
    expect(record.run).toMatchObject({ system: 'azure-pipelines', runId: '211' });
    const removed = await job.task('MlopsDeployEndpoint', { endpoint: 'toys', delete: 'true' });
    expect(removed.result).toBe('Succeeded');
    for (const post of await job.end()) expect([post.code, post.result]).toEqual([0, 'Succeeded']);
    await untilNothingRunsIn(folder);
  });
});

test('bad input fails the task with one issue that spells the inputs as the pipeline does', async () => {
  const job = await azureJob(tasks, folder);
  const outcome = await job.task('MlopsTrain', { maxRuntime: 'soon' });
  expect(outcome.result).toBe('Failed');
  const issues = outcome.commands.filter(({ name }) => name === 'task.logissue');
  expect(issues.map(({ properties }) => properties.type)).toEqual(['error']);
  expect(issues[0]?.data).toContain('`maxRuntime`');
  expect(issues[0]?.data).toContain('`entryPoint`');
});

test('a verdict of no fails the task and sets its outputs', async () => {
  const job = await azureJob(tasks, folder);
  await writeProject(job.workspace);
  for (const [name, inputs] of lifecycle.slice(0, 2))
    await job.task(`Mlops${pascalCase(name)}`, inAzureSpelling(inputs));
  const gate = await job.task('MlopsEvaluateGate', { rules: 'accuracy >= 0.99' });
  expect([gate.result, gate.outputs]).toMatchObject(['Failed', { passed: 'false', verdict: 'fail' }]);
});

test('a hostile script: none of its commands is obeyed, no secret is shown with debug on', async () => {
  const job = await azureJob(tasks, folder);
  await writeProject(job.workspace);
  const secret = 'hunter2-correct-horse';
  const outcome = await job.task('MlopsTrain', {
    entryPoint: 'hostile.sh',
    sourceDir: 'src',
    maxRuntime: '1m',
    secretEnvironment: `API_KEY: ${secret}`,
  });
  expect(outcome.result).toBe('Failed');
  expect(outcome.outputs.job).not.toBe('stolen');
  const results = outcome.commands.filter(({ name }) => name === 'task.complete');
  expect(results.map(({ properties }) => properties.result)).not.toContain('Succeeded');
  expect(outcome.log).not.toContain(secret);
});

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nodes } from './nodes.ts';
import { bareEnvironment, type Ended, outputsIn, run, start } from './program.ts';
import { lifecycle, processesIn, untilNothingRunsIn, writeProject } from './project.ts';
import { copySuite, temporaryFolder } from './suite.ts';

let folder: string;
let cli: string;
let workspace: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  cli = join(await copySuite(join(folder, 'suite')), 'dist', 'cli.js');
  workspace = join(folder, 'project');
  await writeProject(workspace);
});
afterEach(async () => {
  for (const line of await processesIn(folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function mlops(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  node = process.execPath,
): Promise<Ended> {
  return run([node, cli, ...words], { cwd: workspace, env: { ...bareEnvironment(folder), ...env } });
}

function options(inputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
}

describe.each(nodes)('on %s', (_, node) => {
  test('a model goes from data to an endpoint and away again', async () => {
    let outputs: Record<string, string> = {};
    for (const [name, inputs] of lifecycle) {
      const ended = await mlops([name, ...options(inputs)], {}, node);
      expect([name, ended.code, ended.stderr]).toEqual([name, 0, expect.any(String)]);
      outputs = outputsIn(ended.stdout);
    }
    const answer = await fetch(outputs.url ?? '', { method: 'POST', body: '{}' });
    expect(await answer.text()).toBe('weights of 81 rows at 5');
    const check = await mlops(['store', 'check'], {}, node);
    expect([check.code, check.stdout]).toEqual([0, 'The store .mlops is sound.\n']);
    expect((await mlops(['deploy-endpoint', '--endpoint', 'toys', '--delete'], {}, node)).code).toBe(0);
    await untilNothingRunsIn(folder);
  });

  test('help, version and mistakes', async () => {
    const overview = await mlops(['--help'], {}, node);
    expect([overview.code, overview.stderr]).toEqual([0, '']);
    for (const [name] of lifecycle) expect(overview.stdout).toContain(name);

    const help = await mlops(['train', '--help'], {}, node);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('--entry-point');

    expect(await mlops(['--version'], {}, node)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect(await mlops([], {}, node)).toMatchObject({ code: 1, stdout: overview.stdout });
    expect(await mlops(['trian'], {}, node)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('train'),
    });
    expect(await mlops(['stroe', 'check'], {}, node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('store check'),
    });
    expect(await mlops(['store', 'chekc'], {}, node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('store check'),
    });
    expect(await mlops(['constructor'], {}, node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('constructor'),
    });
    expect(await mlops(['train', '--entry-piont', 'a.sh'], {}, node)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--entry-point'),
    });
  });
});

test('a dry run shows the plan, starts nothing and records nothing', async () => {
  const words = ['--entry-point', 'train.sh', '--source-dir', 'src', '--max-runtime', '5m', '--dry-run'];
  const ended = await mlops(['train', ...words]);
  expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('train.sh')]);
  expect(await readdir(workspace)).not.toContain('mlops-run.json');
  expect(await readdir(join(workspace, '.mlops', 'jobs')).catch(() => [])).toEqual([]);
  expect(await processesIn(folder)).toEqual([]);
});

test('a damaged store is found and named', async () => {
  for (const [name, inputs] of lifecycle.slice(0, 1)) await mlops([name, ...options(inputs)]);
  const [artifact] = await readdir(join(workspace, '.mlops', 'artifacts'));
  await rm(join(workspace, '.mlops', 'artifacts', artifact ?? '', 'tree.json'));
  const check = await mlops(['store', 'check', '--store', '.mlops']);
  expect([check.code, check.stdout]).toEqual([1, expect.stringContaining(artifact ?? 'an artifact')]);
  expect((await mlops(['store', 'check', '--store', 'nowhere'])).code).toBe(1);
});

test('a step in a pipe gives all of its output, and survives a reader that goes away', async () => {
  const ended = await run(['sh', '-c', `"$NODE" "$CLI" train --help | head -1`], {
    cwd: workspace,
    env: { ...bareEnvironment(folder), NODE: process.execPath, CLI: cli },
  });
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, 'Train a model\n', '']);
});

test('Ctrl-C, as a terminal and npm both send it, is one wish: the job is stopped and nothing runs on', async () => {
  const step = start(
    [process.execPath, cli, 'train', '--entry-point', 'endless.sh', '--source-dir', 'src', '--max-runtime', '10m'],
    {
      cwd: workspace,
      env: bareEnvironment(folder),
    },
  );
  await step.printed('the script runs as');
  step.child.kill('SIGINT');
  step.child.kill('SIGINT');
  const ended = await step.ended;
  expect([ended.code, ended.signal]).toEqual([1, null]);
  expect(ended.stderr).toContain('Cancelled by SIGINT');
  expect(await processesIn(folder)).toEqual([]);
});

test('an input from its variable; a secret one is hidden', async () => {
  const secret = 'hunter2-correct-horse';
  const ended = await mlops(['train', '--source-dir', 'src', '--max-runtime', '1m'], {
    MLOPS_ENTRY_POINT: 'hostile.sh',
    MLOPS_SECRET_ENVIRONMENT: `API_KEY: ${secret}`,
    MLOPS_DEBUG: '1',
  });
  expect(ended.code).toBe(1);
  expect(ended.stdout + ended.stderr).not.toContain(secret);
  expect(ended.stderr).toContain('hostile.sh ended with exit code 3');
});

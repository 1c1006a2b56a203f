import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { nodes } from './nodes.ts';
import { bareEnvironment, run } from './program.ts';

// nektos/act runs a workflow as GitHub would, on this machine without Docker. It comes with the Python packages of the tests.

/** Makes a repository of a folder, with everything that is in it committed. */
export async function commitAll(folder: string): Promise<void> {
  const env = bareEnvironment(folder);
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '-m', 'all'],
  ]) {
    expect(await run(['git', ...words], { cwd: folder, env })).toMatchObject({ code: 0, stderr: '' });
  }
}

/** How the machine says where packages come from; the workflow's own `pip install` needs it. */
function packageSettings(): Record<string, string> {
  const settings = Object.entries(process.env).filter(([name]) => /^pip_|_proxy$/i.test(name));
  return Object.fromEntries(settings.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Looks whether a run of train-gate-deploy.yml went through all its steps. */
export function expectAllSteps({ code, text }: { readonly code: number | null; readonly text: string }): void {
  expect([code, text]).toEqual([0, expect.stringContaining('Job succeeded')]);
  for (const step of [
    'Prepare data',
    'Train',
    'Gate',
    'Register model',
    'Deploy',
    'Ask the endpoint',
    'Delete the endpoint',
  ]) {
    expect(text).toContain(`Success - Main ${step}`);
  }
  expect(text).toContain('::set-output:: model=breast-cancer@1');
  expect(text).not.toContain('❌');
}

/** Puts a workflow into a repository and commits it all. */
export async function commitWorkflow(project: string, name: string, text: string): Promise<void> {
  const workflows = join(project, '.github', 'workflows');
  await mkdir(workflows, { recursive: true });
  await writeFile(join(workflows, name), text);
  await commitAll(project);
}

interface ActOptions {
  /** A folder for what act keeps. act itself does not quote the paths of the scripts that it runs: no space in it. */
  readonly home: string;
  /** Folders to take in place of repositories, by `owner/name@ref`. */
  readonly actions: Readonly<Record<string, string>>;
  /** Variables of every step. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs act in a project, on Node 24. */
export async function act(
  project: string,
  words: readonly string[],
  { home, actions, env = {} }: ActOptions,
): Promise<{ readonly code: number | null; readonly text: string }> {
  await mkdir(home, { recursive: true });
  const node24 = nodes.find(([name]) => /^Node 24/.test(name))?.[1];
  const environment = bareEnvironment(home);
  const program = join(dirname(process.env.MLOPS_TEST_PYTHON ?? ''), 'act');
  const places = Object.entries(actions).flatMap(([name, place]) => ['--local-repository', `${name}=${place}`]);
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const ended = await run([program, ...words, '-P', 'ubuntu-latest=-self-hosted', ...places, ...variables], {
    cwd: project,
    env: {
      ...environment,
      ...packageSettings(),
      XDG_CACHE_HOME: join(home, '.cache'),
      PATH: `${dirname(node24 ?? process.execPath)}:${environment.PATH}`,
    },
  });
  return { code: ended.code, text: ended.stdout + ended.stderr };
}

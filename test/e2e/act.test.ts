import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { nodes } from './nodes.ts';
import { bareEnvironment, run } from './program.ts';
import { processesIn, untilNothingRunsIn } from './project.ts';
import { copySuite, repository, temporaryFolder } from './suite.ts';

// nektos/act runs the starter workflow as GitHub would, on this machine without Docker. It comes with the Python packages of the tests,
// and the workflow itself makes a virtual environment, so without Python there is nothing to run.

const python = process.env.MLOPS_TEST_PYTHON;

let folder: string;
beforeEach(async () => {
  // act itself does not quote the paths of the scripts that it runs.
  folder = await temporaryFolder('mlops-act-');
});
afterEach(async () => {
  for (const line of await processesIn(folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function commitAll(repositoryFolder: string): Promise<void> {
  const env = bareEnvironment(folder);
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '-m', 'all'],
  ]) {
    expect(await run(['git', ...words], { cwd: repositoryFolder, env })).toMatchObject({ code: 0, stderr: '' });
  }
}

/** How the machine says where packages come from; the workflow's own `pip install` needs it. */
function packageSettings(): Record<string, string> {
  const settings = Object.entries(process.env).filter(([name]) => /^pip_|_proxy$/i.test(name));
  return Object.fromEntries(settings.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

(python === undefined ? test.skip : test)(
  'the starter workflow is green from a clean checkout, on Node 24',
  async () => {
    const suite = await copySuite(join(folder, 'suite'));
    await commitAll(suite);
    const project = join(folder, 'project');
    const demo = join(repository, 'demo');
    for (const name of (await readdir(demo)).filter((each) => !each.endsWith('.mjs'))) {
      await cp(join(demo, name), join(project, name), { recursive: true });
    }
    await mkdir(join(project, '.github', 'workflows'), { recursive: true });
    const workflow = 'train-gate-deploy.yml';
    await cp(join(repository, 'action-templates', 'github', workflow), join(project, '.github', 'workflows', workflow));
    await commitAll(project);

    const home = join(folder, 'home');
    await mkdir(home);
    const node24 = nodes.find(([name]) => /^Node 24/.test(name))?.[1];
    const environment = bareEnvironment(home);
    const act = join(dirname(python ?? ''), 'act');
    const ended = await run(
      [act, 'push', '-P', 'ubuntu-latest=-self-hosted', '--local-repository', `OWNER/mlops-actions@v1=${suite}`],
      {
        cwd: project,
        env: {
          ...environment,
          ...packageSettings(),
          XDG_CACHE_HOME: join(home, '.cache'),
          PATH: `${dirname(node24 ?? process.execPath)}:${environment.PATH}`,
        },
      },
    );
    const text = ended.stdout + ended.stderr;
    expect([ended.code, text]).toEqual([0, expect.stringContaining('Job succeeded')]);
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
    await untilNothingRunsIn(folder);
  },
  300_000,
);

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { act, commitAll, commitWorkflow, expectAllSteps } from './act.ts';
import { bareEnvironment, run } from './program.ts';
import { processesIn, untilNothingRunsIn, writeDemo } from './project.ts';
import { copySuite, template, temporaryFolder } from './suite.ts';

// The workflow itself makes a virtual environment, so without Python there is nothing to run.

const python = process.env.MLOPS_TEST_PYTHON;

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder('mlops-act-');
});
afterEach(async () => {
  for (const line of await processesIn(folder)) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Runs act in a project; `actions` are folders to take in place of repositories. */
function actIn(project: string, words: readonly string[], actions: Readonly<Record<string, string>>) {
  return act(project, words, { home: join(folder, 'home'), actions });
}

(python === undefined ? test.skip : test)(
  'the starter workflow is green from a clean checkout, on Node 24',
  async () => {
    const suite = await copySuite(join(folder, 'suite'));
    await commitAll(suite);
    const project = join(folder, 'project');
    await writeDemo(project);
    await commitWorkflow(project, 'train-gate-deploy.yml', await template('train-gate-deploy.yml'));

    expectAllSteps(await actIn(project, ['push'], { 'OWNER/mlops-actions@v1': suite }));
    await untilNothingRunsIn(folder);
  },
  300_000,
);

/** A table of a feature around `mean`, with as many rows as a check needs. */
function tableAround(mean: number, seed: number): string {
  const values = Array.from({ length: 400 }, (_, row) => mean + Math.sin(row * 12.9898 + seed) * 3);
  return `biopsy,mean_radius,malignant\n${values.map((value, row) => `${row},${value},${row % 2}`).join('\n')}\n`;
}

/** In place of actions/upload-artifact: it says whether there is a report to keep. */
const upload = `name: upload
inputs: { name: { required: true }, path: { required: true } }
runs: { using: composite, steps: [{ shell: bash, run: 'test -s "\${{ inputs.path }}/report.html" && echo "kept \${{ inputs.name }}"' }] }
`;

(python === undefined ? test.skip : test)(
  'the weekly drift check is green on data like the reference and red on other data, and keeps the report of both',
  async () => {
    const suite = await copySuite(join(folder, 'suite'));
    await commitAll(suite);
    const uploader = join(folder, 'upload');
    await mkdir(uploader);
    await writeFile(join(uploader, 'action.yml'), upload);
    await commitAll(uploader);
    const project = join(folder, 'project');
    await mkdir(project);
    await writeFile(join(project, 'same.csv'), tableAround(14, 1));
    await writeFile(join(project, 'other.csv'), tableAround(17, 2));
    await writeFile(join(project, 'train.csv'), tableAround(14, 3));
    const profile = ['--reference=train.csv', '--current=train.csv', '--reference-profile-out=reference.profile'];
    const cli = [process.execPath, join(suite, 'dist', 'cli.js'), 'drift-check', ...profile];
    expect(await run(cli, { cwd: project, env: bareEnvironment(folder) })).toMatchObject({ code: 0 });
    await rm(join(project, 'train.csv'));
    await commitWorkflow(project, 'drift-check.yml', await template('drift-check.yml'));

    const actions = { 'OWNER/mlops-actions@v1': suite, 'actions/upload-artifact@v4': uploader };
    const check = (data: string) => actIn(project, ['workflow_dispatch', '--var', `CURRENT_DATA=${data}`], actions);
    const same = await check('same.csv');
    expect([same.code, same.text]).toEqual([0, expect.stringContaining('kept drift-report')]);
    expect(same.text).toContain('::set-output:: verdict=ok');
    const other = await check('other.csv');
    expect([other.code, other.text]).toEqual([1, expect.stringContaining('kept drift-report')]);
    expect(other.text).toContain('::set-output:: verdict=drift');
  },
  300_000,
);

/**
 * `npm run demo`: the starter workflows on this machine, from data to an endpoint, then what happens when another model comes along, a worse
 * one, releases that are rolled out under live load, and data that has drifted. The inputs of every step are those of action-templates/github/*.yml, read from these very files.
 * Needs Node ≥ 20.19 and Python ≥ 3.9, and the network once, for the Python packages. `--keep` keeps the folder, `--verbose` shows every line.
 */
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execute, interruption, processesWith, Stop, stopOnSignals } from './execute.mjs';
import { readWorkflow } from './read-workflow.mjs';
import { rollOuts } from './rollouts.mjs';
import { say, seconds, showDrift, showJudgement, showMetrics, showMonitor, showPredictions } from './show.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const templates = join(root, 'action-templates', 'github');
const cli = join(root, 'dist', 'cli.js');
const project = ['src', 'schema.yml', 'smoke.csv', 'requirements.txt'];

const keep = process.argv.includes('--keep');
process.exitCode = await main();

async function main() {
  stopOnSignals();
  const started = performance.now();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mlops-demo-')));
  let code = 0;
  try {
    await tellStory(folder);
    say(`\nDone in ${seconds(started)}.`);
  } catch (error) {
    say(`\n${error instanceof Stop ? error.message : error.stack}`);
    code = 1;
  }
  return (await cleanUp(folder)) ? code : 1;
}

async function tellStory(folder) {
  const steps = await workflowSteps();
  const python = await findPython();
  for (const name of project) await cp(join(root, 'demo', name), join(folder, name), { recursive: true });
  const env = await makeEnvironment(python, folder);
  const run = stepRunner(steps, folder, env);

  const data = await firstModel(run, folder);
  const url = await secondModel(run, folder, data);
  await worseModel(run);
  await rollOuts(run, folder, url);
  await watchEndpoint(run);
  await newData(run, folder, data, env);
}

async function firstModel(run, folder) {
  const data = await run('data', 'Prepare data: script, schema, seeded split');
  say(`  ${data.dataset}: ${data.rows} rows, splits ${data.splits}`);
  const train = await run('train', 'Train: a small search, each trial a job of its own');
  say(`  best parameters ${train['best-parameters']}`);
  showMetrics(await readJson(train.metrics));
  await judge(run, 'Gate: there is no champion yet, so the rules with a number decide', 'gate-first');
  const model = await run('model', 'Register: a version for this very artifact, alias champion');
  say(`  ${model.model}`);
  const endpoint = await run('endpoint', 'Deploy: healthy and answering the smoke request before any traffic');
  say(`  ${endpoint.url}`);
  await predict(endpoint.url, await testRows(folder, data));

  say('\nThe same training again: nothing changed, so the jobs are found and nothing runs');
  const again = await run('train', 'Train again');
  if (again.attached !== 'true') throw new Stop('The training ran again, and it should have been found.');
  return data;
}

async function secondModel(run, folder, data) {
  say('\nA candidate that is regularized a little more than the search tried');
  await run('train', 'Train the candidate', { tune: undefined, hyperparameters: 'c: 0.3' });
  await judge(run, 'Gate: is it worse than the champion by more than the margins?', 'gate-passed');
  const model = await run('model', 'Register');
  const endpoint = await run('endpoint', 'Deploy: the new version takes over, and no request is lost');
  say(`  ${model.model} at ${endpoint.url}`);
  await predict(endpoint.url, (await testRows(folder, data)).slice(0, 2));
  return endpoint.url;
}

async function worseModel(run) {
  say('\nA worse candidate: ten features of thirty');
  await run('train', 'Train the worse one', { tune: undefined, hyperparameters: 'c: 1\nfeatures: 10' });
  const { passed } = await judge(run, 'Gate: it must refuse', 'gate-refused', 2);
  if (passed !== 'false') throw new Stop(`The gate should have refused, and says passed=${passed}.`);
  say('  Exit code 2: in the workflow nothing after this step runs, and the endpoint goes on serving the champion.');
}

async function watchEndpoint(run) {
  say('\nHow does the endpoint do after all this?');
  // Nothing served a week ago, and an error budget is a matter of hours.
  const changes = { report: join('reports', 'monitor'), window: '30s', baseline: undefined, objective: undefined };
  const monitor = await run('monitor', 'Monitor: errors, latency, traffic, saturation, replicas', changes);
  showMonitor(await readJson(monitor.report));
  say(`  ${monitor['report-html']}`);
}

async function newData(run, folder, data, env) {
  say('\nNew data: has it drifted from what the model was trained on?');
  await cp(splitFile(folder, data, 'train'), join(folder, 'trained-on.csv'));
  await cp(splitFile(folder, data, 'test'), join(folder, 'random-split.csv'));
  const random = await checkDrift(run, 'Drift check: a random split of the biopsies is no drift', 'drift-none', {
    reference: 'trained-on.csv',
    current: 'random-split.csv',
    'reference-profile-out': 'reference.profile',
  });
  if (random.verdict !== 'ok') throw new Stop(`A random split is no drift, and the check says ${random.verdict}.`);
  say('  The reference is kept as a profile, so that its rows are not read again.');

  const shift = ['src/shift.py', 'random-split.csv', 'shifted.csv'];
  const shifted = await execute('python', shift, { cwd: folder, env });
  if (shifted.code !== 0) throw new Stop('src/shift.py failed; its log is above.');
  say(`\nA covariate shift: ${shifted.stdout.trim()}`);
  const current = { current: 'shifted.csv' };
  await checkDrift(run, 'Drift check: it must find the drift', 'drift-found', current, 2);
}

/** Runs the gate and shows its report. */
async function judge(run, title, name, expected = 0) {
  const gate = await run('gate', title, { report: join('reports', name) }, expected);
  showJudgement(await readJson(gate.report));
  say(`  ${gate['report-html']}`);
  return gate;
}

async function checkDrift(run, title, name, changes, expected = 0) {
  const drift = await run('drift', title, { report: join('reports', name), ...changes }, expected);
  showDrift(await readJson(drift.report));
  say(`  ${drift['report-html']}`);
  return drift;
}

/** The steps of the workflows that have an id, by id. */
async function workflowSteps() {
  const texts = await Promise.all(
    ['train-gate-deploy.yml', 'rollout.yml', 'monitor.yml', 'drift-check.yml'].map((name) =>
      readFile(join(templates, name), 'utf8'),
    ),
  );
  const steps = texts.flatMap((text) => Object.values(readWorkflow(text).jobs).flatMap((job) => job.steps));
  return new Map(steps.filter((step) => step.id !== undefined).map((step) => [step.id, step]));
}

/** Runs one step of a workflow as the runner would, and returns its outputs. `changes` replaces inputs, `expected` is the exit code. */
function stepRunner(steps, folder, env) {
  const outputs = new Map();
  return async (id, title, changes = {}, expected = 0) => {
    const step = steps.get(id);
    const name = /\/actions\/([^@]+)@/.exec(step.uses)[1];
    const inputs = Object.entries({ ...step.with, ...changes }).filter(([, value]) => value !== undefined);
    const options = inputs.map(([key, value]) => `--${key}=${expand(value, outputs)}`);
    say(`\n▶ ${title}  (${name})`);
    const started = performance.now();
    const { code, stdout } = await execute(process.execPath, [cli, name, ...options], { cwd: folder, env, expected });
    say(`  ${seconds(started)}`);
    if (code !== expected)
      throw new Stop(`${name} ended with exit code ${code} and not ${expected}; its log is above.`);
    const result = readOutputs(stdout);
    outputs.set(id, result);
    return result;
  };
}

/** Puts the outputs of steps into `${{ steps.<id>.outputs.<name> }}`. */
function expand(text, outputs) {
  return text.replace(
    /\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}/g,
    (_, id, name) => outputs.get(id)?.[name] ?? '',
  );
}

/** `name=value` lines, and `name<<mark` … `mark` for values of several lines. */
function readOutputs(text) {
  const outputs = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const [, name, mark] = /^([\w-]+)<<(.+)$/.exec(lines[at]) ?? [];
    if (name !== undefined) {
      const end = lines.indexOf(mark, at + 1);
      outputs[name] = lines.slice(at + 1, end).join('\n');
      at = end;
      continue;
    }
    const [, key, value] = /^([\w-]+)=(.*)$/.exec(lines[at]) ?? [];
    if (key !== undefined) outputs[key] = value;
  }
  return outputs;
}

async function findPython() {
  for (const candidate of ['python3', 'python']) {
    const probe = 'import sys, venv, ensurepip; print(sys.version_info >= (3, 9))';
    const { code, stdout } = await execute(candidate, ['-c', probe], { quiet: true });
    if (code === 0 && stdout.trim() === 'True') return candidate;
  }
  throw new Stop(
    'The demo needs Python 3.9 or newer with its venv module as `python3`. Install it (on Debian and Ubuntu: apt-get install python3 python3-venv) and run `npm run demo` again.',
  );
}

/** Makes the virtual environment and returns the variables with its programs first in the PATH. */
async function makeEnvironment(python, folder) {
  say('▶ Python packages in a virtual environment of their own');
  const started = performance.now();
  const venv = join(folder, '.venv');
  const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  const made = await execute(python, ['-m', 'venv', venv], { quiet: true });
  if (made.code !== 0) throw new Stop(`${python} -m venv failed:\n${made.stderr}`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  const installed = await execute(join(bin, 'python'), [...pip, '--requirement', join(folder, 'requirements.txt')], {
    quiet: true,
  });
  if (installed.code !== 0) {
    throw new Stop(
      `pip could not install requirements.txt. Is the network, or a package mirror, there?\n${installed.stderr}`,
    );
  }
  say(`  ${seconds(started)}`);
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
}

async function readJson(path) {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** A split of the data, as the store keeps it. */
function splitFile(folder, { digest }, split) {
  return join(folder, '.mlops', 'artifacts', digest.slice('sha256:'.length), 'files', split, 'biopsies.csv');
}

/** Three malignant and three benign rows of the test split. */
async function testRows(folder, data) {
  const [header, ...lines] = (await readFile(splitFile(folder, data, 'test'), 'utf8')).trim().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) =>
    Object.fromEntries(line.split(',').map((value, index) => [names[index], Number(value)])),
  );
  return [1, 0].flatMap((label) => rows.filter((row) => row.malignant === label).slice(0, 3));
}

async function predict(url, rows) {
  const instances = rows.map(({ biopsy: _, malignant: __, ...features }) => features);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
    signal: AbortSignal.any([interruption.signal, AbortSignal.timeout(30_000)]),
  });
  if (!answer.ok) throw new Stop(`The endpoint answered ${answer.status}: ${await answer.text()}`);
  showPredictions(rows, (await answer.json()).predictions);
}

/** Deletes the endpoint, which ends its processes, and the folder. True when nothing is left. */
async function cleanUp(folder) {
  say('\n▶ Clean up');
  const options = ['deploy-endpoint', '--endpoint=breast-cancer', '--delete=true'];
  const removed = await execute(process.execPath, [cli, ...options], {
    cwd: folder,
    quiet: true,
    uninterruptible: true,
  });
  if (removed.code !== 0) say(removed.stderr);
  const left = await processesWith(folder);
  if (left.length > 0) say(`  Still running:\n${left.join('\n')}`);
  if (keep) say(`  Kept: ${folder}, with the reports in ${join(folder, 'reports')}`);
  else await rm(folder, { recursive: true, force: true });
  if (!keep) say('  The reports are deleted too; `npm run demo -- --keep` keeps them to be opened.');
  say(left.length === 0 ? '  The endpoint is deleted and no process is left.' : '  Something was left behind.');
  return removed.code === 0 && left.length === 0;
}

/**
 * `npm run demo`: the starter workflow on this machine, from data to an endpoint, then what happens when a worse model comes along.
 * The inputs of every step are those of action-templates/github/train-gate-deploy.yml, read from that very file.
 * Needs Node ≥ 20 and Python ≥ 3.9, and the network once, for the Python packages. `--keep` keeps the folder, `--verbose` shows every line.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWorkflow } from './read-workflow.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const template = join(root, 'action-templates', 'github', 'train-gate-deploy.yml');
const cli = join(root, 'dist', 'cli.js');
const project = ['src', 'schema.yml', 'smoke.csv', 'requirements.txt'];

const keep = process.argv.includes('--keep');
const verbose = process.argv.includes('--verbose');

/** What the demo says when it cannot go on; anything else thrown is a fault of the demo itself. */
class Stop extends Error {}

const interruption = new AbortController();
process.exitCode = await main();

async function main() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => interruption.abort(new Stop(`${signal}: stopping.`)));
  }
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

  const data = await run('data', 'Prepare data: script, schema, seeded split');
  say(`  ${data.dataset}: ${data.rows} rows, splits ${data.splits}`);
  const train = await run('train', 'Train: a small search, each trial a job of its own');
  say(`  best parameters ${train['best-parameters']}`);
  await showMetrics(folder, train.metrics);
  await run('gate', 'Gate: rules against the metrics; there is no champion yet');
  const model = await run('model', 'Register: a version for this very artifact, alias champion');
  say(`  ${model.model}`);
  const endpoint = await run('endpoint', 'Deploy: healthy and answering the smoke request before any traffic');
  say(`  ${endpoint.url}`);
  await predict(endpoint.url, await testRows(folder, data.digest));

  say('\nThe same training again: nothing changed, so the jobs are found and nothing runs');
  const again = await run('train', 'Train again');
  if (again.attached !== 'true') throw new Stop('The training ran again, and it should have been found.');

  say('\nA worse candidate: two features of thirty');
  await run('train', 'Train the worse one', { tune: undefined, hyperparameters: 'c: 0.1\nfeatures: 2' });
  await run('gate', 'Gate: it must refuse', {}, 2);
  say(
    '  Refused with exit code 2: in the workflow nothing after this step runs. The endpoint still serves the champion:',
  );
  await predict(endpoint.url, (await testRows(folder, data.digest)).slice(0, 2));
}

/** The workflow's steps that have an id, by id. */
async function workflowSteps() {
  const { jobs } = readWorkflow(await readFile(template, 'utf8'));
  return new Map(jobs.model.steps.filter((step) => step.id !== undefined).map((step) => [step.id, step]));
}

/** Runs one step of the workflow as the runner would, and returns its outputs. `changes` replaces inputs, `expected` is the exit code. */
function stepRunner(steps, folder, env) {
  const outputs = new Map();
  return async (id, title, changes = {}, expected = 0) => {
    const step = steps.get(id);
    const name = /\/actions\/([^@]+)@/.exec(step.uses)[1];
    const inputs = Object.entries({ ...step.with, ...changes }).filter(([, value]) => value !== undefined);
    const options = inputs.map(([key, value]) => `--${key}=${expand(value, outputs)}`);
    say(`\n▶ ${title}  (${name})`);
    const started = performance.now();
    const { code, stdout } = await execute(process.execPath, [cli, name, ...options], { cwd: folder, env });
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

async function showMetrics(folder, path) {
  const metrics = JSON.parse(await readFile(join(folder, path ?? ''), 'utf8').catch(() => readFile(path, 'utf8')));
  say(
    `  ${Object.entries(metrics)
      .map(([name, value]) => `${name} ${value.toFixed(4)}`)
      .join('  ')}`,
  );
}

/** Three malignant and three benign rows of the test split, as the store keeps it. */
async function testRows(folder, digest) {
  const path = join(folder, '.mlops', 'artifacts', digest.slice('sha256:'.length), 'files', 'test', 'biopsies.csv');
  const [header, ...lines] = (await readFile(path, 'utf8')).trim().split('\n');
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
  const { predictions } = await answer.json();
  const word = (label) => (label === 1 ? 'malignant' : 'benign');
  say('  biopsy  predicted   probability  truth');
  rows.forEach(({ biopsy, malignant }, index) => {
    const { malignant: predicted, probability } = predictions[index];
    const cells = [
      String(biopsy).padEnd(6),
      word(predicted).padEnd(10),
      probability.toFixed(3).padEnd(11),
      word(malignant),
    ];
    say(`  ${cells.join('  ')}`);
  });
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
  const left = await processesOf(folder);
  if (left.length > 0) say(`  Still running:\n${left.join('\n')}`);
  if (keep) say(`  Kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
  say(left.length === 0 ? '  The endpoint is deleted and no process is left.' : '  Something was left behind.');
  return removed.code === 0 && left.length === 0;
}

/** Processes that have the folder in their command line, once those that are ending have ended. */
async function processesOf(folder) {
  const until = performance.now() + 10_000;
  for (;;) {
    const { stdout } = await execute('ps', ['-eo', 'pid,args'], { quiet: true, uninterruptible: true });
    const left = stdout.split('\n').filter((line) => line.includes(folder));
    if (left.length === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Runs a program. Its standard error is shown as it comes unless `quiet`; an interruption is passed on, and then thrown once it has ended. */
function execute(program, args, { cwd, env = process.env, quiet = false, uninterruptible = false } = {}) {
  const { signal } = interruption;
  if (!uninterruptible) signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // Its own process group: Ctrl-C reaches the demo alone, which passes it on once.
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const pass = () => child.kill('SIGINT');
    if (!uninterruptible) signal.addEventListener('abort', pass, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (!quiet && verbose) process.stdout.write(text.replace(/^(?=.)/gm, '  │ '));
    });
    const settle = (code, shown) => {
      signal.removeEventListener('abort', pass);
      if (signal.aborted && !uninterruptible) return reject(signal.reason);
      if (code !== 0 && !quiet && !verbose) process.stdout.write(shown.replace(/^(?=.)/gm, '  │ '));
      resolve({ code, stdout, stderr });
    };
    child.on('error', (error) => settle(127, `${error.message}\n`));
    child.on('close', (code) => settle(code ?? 1, stderr));
  });
}

function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

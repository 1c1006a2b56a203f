import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { prepareChromium } from './browser.mjs';
import { preparePython } from './python.mjs';

// npm test: everything that must hold, on a fresh clone as the only command typed. The last line is `N passed, N failed, N skipped`.
//
//   npm test -- --also-on <node>   runs the tests a second time on another Node
//
// With CI=true nothing may be skipped, but for what `allowedSkips` names.

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const ci = process.env.CI === 'true';

/** Full names of tests that may be skipped in CI, and why. */
const allowedSkips = {};

/** How long a program may take to end once its work is done, in milliseconds. */
const grace = 20_000;

/**
 * Two processes, each replaced when it has grown: in one process for all, what earlier tests left slowed later ones beyond their limits, and
 * counted in the memory that they measure.
 */
const workers = ['--maxWorkers=2', '--workerIdleMemoryLimit=500MB'];

/** What came out so far. */
const total = { passed: 0, failed: 0, skipped: 0 };

const { values } = parseArgs({ options: { 'also-on': { type: 'string' } } });

if (await installed()) {
  const python = await venv('python', 'venv', ['demo/requirements.txt', 'test/requirements.txt']);
  const oracle = await venv('oracle', 'oracle', ['test/oracle/requirements.txt']);
  const chromium = await prepared('browser', prepareChromium);
  const judge = awsJudge();
  await check('types', ['node_modules/.bin/tsc', '-b']);
  await Promise.all([
    check('kernels', [process.execPath, 'scripts/kernels.mjs', '--check']),
    check('generated files', [process.execPath, 'scripts/generate.mjs', '--check']),
    check('dist', [process.execPath, 'scripts/check-dist.mjs']),
    check('lint', ['node_modules/.bin/biome', 'check', '.']),
    check('lint with types', ['node_modules/.bin/oxlint', '--type-aware']),
  ]);
  for (const node of [machineNode(), values['also-on'] && resolve(values['also-on'])].filter(
    (each) => each !== undefined,
  )) {
    await jest('unit', node, { python, oracle, chromium, judge }, [
      ...workers,
      '--testPathIgnorePatterns',
      '/test/e2e/',
    ]);
    await jest('e2e', node, { python, oracle, chromium, judge }, ['--runInBand', 'test/e2e/']);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

/**
 * Not `npm ci`: it demands the packages of every operating system in package-lock.json, and a lock made on one system need not have
 * them. This installs what the lock says all the same and leaves the lock as it is.
 */
async function installed() {
  const done = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(done) && sameLock(done)) return true;
  return check('npm packages', ['npm', 'install', '--no-save', '--no-audit', '--no-fund']);
}

/** Whether what is installed has every version that package-lock.json asks for, or would have on another system. */
function sameLock(installedLock) {
  const packages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const present = packages(installedLock);
  return Object.entries(packages(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || (optional && !(path in present)) || present[path]?.version === version,
  );
}

/** The Node of the machine. npm puts the packages' programs first in the PATH, and one of the packages is a Node. */
function machineNode() {
  const folders = process.env.PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const found = folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path));
  return found === undefined ? process.execPath : realpathSync(found);
}

/** A virtual environment of Python with what `requirements` name, or undefined and a word why there is none. */
function venv(name, folder, requirements) {
  const files = requirements.map((file) => join(root, file));
  return prepared(name, () => preparePython(join(root, 'build', folder), files));
}

/** The path of a program that `prepare` makes sure of, or undefined and a word why there is none: a skip, and in CI a failure. */
async function prepared(name, prepare) {
  try {
    const path = await prepare();
    report('ok', name, path);
    return path;
  } catch (error) {
    report(ci ? 'FAILED' : 'skipped', name, error.message);
    total[ci ? 'failed' : 'skipped'] += 1;
    return undefined;
  }
}

/** The judge of recorded AWS requests, which lies beside the repository where it is developed; elsewhere its tests have nothing to ask. */
function awsJudge() {
  const judge = join(root, '..', 'shared', 'contracts', 'validate_aws.py');
  const isThere = existsSync(judge);
  report(isThere ? 'ok' : 'absent', 'judge of AWS requests', judge);
  return isThere ? judge : undefined;
}

/** Runs a command that says by its exit code whether something holds. What it printed is shown when it does not. */
async function check(name, command) {
  const start = performance.now();
  const { code, output } = await run(command, process.env);
  const ok = code === 0;
  total[ok ? 'passed' : 'failed'] += 1;
  report(ok ? 'ok' : 'FAILED', name, seconds(start));
  if (!ok) console.log(indented(output));
  return ok;
}

/** Runs a part of the tests on `node`. A file that cannot run at all counts as one failed test. */
async function jest(part, node, { python, oracle, chromium, judge }, words) {
  const start = performance.now();
  const file = join(root, 'build', `tests-${part}-${process.pid}.json`);
  mkdirSync(dirname(file), { recursive: true });
  // What the run before on another Node left must not pass for this one's.
  rmSync(file, { force: true });
  const { code, output } = await run(
    [
      ...[node, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--silent', '--json', '--outputFile', file, ...words],
    ],
    {
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      ...(python === undefined ? {} : { MLOPS_TEST_PYTHON: python }),
      ...(oracle === undefined ? {} : { MLOPS_ORACLE_PYTHON: oracle }),
      ...(chromium === undefined ? {} : { CHROMIUM: chromium }),
      ...(judge === undefined ? {} : { MLOPS_AWS_JUDGE: judge }),
    },
    () => existsSync(file),
  );
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const name = `${part} on Node ${await versionOf(node)}`;
  if (results === undefined) {
    total.failed += 1;
    report('FAILED', name, seconds(start));
    console.log(indented(output));
    return;
  }
  const skips = skippedTests(results);
  const refused = ci ? skips.filter((test) => !(test in allowedSkips)) : [];
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + refused.length;
  total.passed += results.numPassedTests;
  total.failed += failed;
  total.skipped += skips.length - refused.length;
  // Jest can fail without a failed test, by a threshold or an open handle.
  const broken = code !== 0 && failed === 0;
  if (broken) total.failed += 1;
  const counts = `${results.numPassedTests} passed, ${failed} failed, ${skips.length} skipped, ${seconds(start)}`;
  report(failed > 0 || broken ? 'FAILED' : 'ok', name, counts);
  for (const test of skips)
    console.log(`           skipped: ${test}${refused.includes(test) ? ' (CI skips nothing)' : ''}`);
  for (const suite of results.testResults.filter(({ message }) => message !== '')) console.log(indented(suite.message));
  if (broken) console.log(indented(output));
}

function skippedTests(results) {
  const tests = results.testResults.flatMap((suite) => suite.assertionResults);
  return tests.filter(({ status }) => ['pending', 'todo', 'skipped'].includes(status)).map(({ fullName }) => fullName);
}

async function versionOf(node) {
  return (await run([node, '--version'], process.env)).output.trim().replace(/^v/, '');
}

/** Runs a program to its end. When `isDone` says that its work is done and it does not end, it is killed: something it started goes on. */
function run([program, ...words], env, isDone = () => false) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let doneAt;
    const watch = setInterval(() => {
      if (isDone()) doneAt ??= performance.now();
      if (doneAt !== undefined && performance.now() - doneAt > grace) {
        output += '\nIt did its work and did not end: something that it started goes on.';
        child.kill('SIGKILL');
      }
    }, 1000);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', () => clearInterval(watch));
    child.on('close', (code) => resolve({ code, output }));
  });
}

function report(outcome, name, detail) {
  console.log(`${outcome.padEnd(8)} ${name}: ${detail}`);
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function indented(text) {
  return text.trimEnd().replace(/^/gm, '    ');
}

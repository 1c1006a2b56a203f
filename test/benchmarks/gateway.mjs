// The local gateway under load, run by hand: `npx tsc -b && node test/benchmarks/gateway.mjs [seconds]`.
// 1. Overhead: the same requests to a replica directly and through the gateway, in turns.
// 2. Replacement: load for `seconds` (30) while deployments replace one another; failed requests must be 0.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@mlops-actions/core';
import { openLocalProvider } from '@mlops-actions/provider-local';
import autocannon from 'autocannon';

const seconds = Number(process.argv[2] ?? 30);
const connections = 32;
const rounds = 3;
const body = JSON.stringify({ rows: [Array.from({ length: 30 }, (_, index) => index / 7)] });

const server = `
const http = require('node:http');
http.createServer((request, response) => {
  request.resume().on('end', () => response.end('{"predictions":[1]}'));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const folder = await mkdtemp(join(tmpdir(), 'gateway-benchmark-'));
const effects = {
  log: { log: (level, message) => console.log(`${level}: ${message}`), foreign: console.log, group: (_, run) => run() },
  clock: systemClock,
  environment: { PATH: process.env.PATH },
  random: Math.random,
};
const daemonCommand = [
  process.execPath,
  resolve(import.meta.dirname, '../../packages/provider-local/lib/daemon-main.js'),
];
const { models, endpoints } = await openLocalProvider({ root: join(folder, '.mlops'), daemonCommand, effects });

try {
  const source = join(folder, 'model');
  await mkdir(join(source, 'code'), { recursive: true });
  await writeFile(join(source, 'code', 'serve.cjs'), server);
  await models.register({ name: 'bench', source, metrics: {}, approvalStatus: 'Approved', lineage: {} });
  await endpoints.configure('bench', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
  await overhead(1);
  await overhead(connections);
  await replacement();
} finally {
  await endpoints.remove('bench');
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function overhead(connections) {
  const url = await serve('fixed');
  const port = await portOf('fixed');
  const targets = { direct: `http://127.0.0.1:${port}/invocations`, gateway: url };
  const results = { direct: [], gateway: [] };
  for (const target of Object.values(targets)) await load(target, 2, connections);
  for (let round = 0; round < rounds; round++) {
    for (const [name, target] of Object.entries(targets)) results[name].push(await load(target, 5, connections));
  }
  console.log(`\nOverhead, ${connections} connections, median of ${rounds} rounds of 5 s`);
  const median = (name, pick) => results[name].map(pick).sort((a, b) => a - b)[Math.floor(rounds / 2)];
  for (const [what, pick] of [
    ['requests/s', (result) => result.requests.average],
    ['mean ms', (result) => 1000 / (result.requests.average / connections)],
    ['p50 ms', (result) => result.latency.p50],
    ['p99 ms', (result) => result.latency.p99],
  ]) {
    const [direct, gateway] = [median('direct', pick), median('gateway', pick)];
    const ratio = direct > 0 ? (gateway / direct).toFixed(2) : 'below the resolution of 1 ms';
    console.log(`${what.padEnd(12)} direct ${direct.toFixed(2)}  gateway ${gateway.toFixed(2)}  ratio ${ratio}`);
  }
}

async function replacement() {
  const url = await serve('v0');
  const running = load(url, seconds, connections);
  const end = Date.now() + seconds * 1000 - 3000;
  let count = 0;
  while (Date.now() < end) {
    count += 1;
    await serve(`v${count}`);
    await endpoints.removeDeployment('bench', `v${count - 1}`);
    await systemClock.sleep(2000);
  }
  const result = await running;
  const failed = result.errors + result.timeouts + result.non2xx;
  console.log(`\nReplacement: ${count} times in ${seconds} s under ${connections} connections`);
  console.log(
    `${result.requests.total} requests, ${failed} failed, ${result.requests.average} requests/s, p99 ${result.latency.p99} ms`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function serve(deployment) {
  await endpoints.deploy({
    endpoint: 'bench',
    deployment,
    model: 'bench@1',
    command: [process.execPath, 'serve.cjs'],
    environment: {},
    autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 64 },
    startupTimeoutSeconds: 30,
    requestTimeoutSeconds: 30,
  });
  return (await endpoints.setTraffic('bench', { [deployment]: 100 })).url;
}

/** The replica's own port, which the gateway tells nobody: from the process that works in the deployment's folder. */
async function portOf(deployment) {
  const { readFileSync, readdirSync, readlinkSync } = await import('node:fs');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (
        !readlinkSync(`/proc/${pid}/cwd`).startsWith(
          join(folder, '.mlops', 'gateway', 'deployments', 'bench', deployment),
        )
      )
        continue;
      return /(?:^|\0)PORT=(\d+)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1];
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('The replica was not found.');
}

function load(url, duration, connections) {
  return autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration,
    workers: Math.min(2, connections),
  });
}

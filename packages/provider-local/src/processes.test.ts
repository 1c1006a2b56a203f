import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { checkStore } from './check.ts';
import { localModels } from './models.ts';
import { openStore } from './store/store.ts';

/** The compiled package: what real processes run. */
const library = pathToFileURL(`${process.cwd()}/packages/provider-local/lib/index.js`);
beforeAll(() => {
  if (!existsSync(library)) throw new Error('Compile first: npx tsc -b');
});

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  root = join(folder, 'store');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): ChildProcess {
  const prelude = `
    const { openLocalProvider } = await import(process.argv[1]);
    const { systemClock: clock } = await import('@mlops-actions/core');
    const [, , root, ...args] = process.argv;
    const provider = await openLocalProvider({ root, daemonCommand: [], effects: { clock } });
    const registration = (source) =>
      ({ name: 'churn', source, metrics: { auc: 0.9 }, approvalStatus: 'Approved', lineage: {} });`;
  return spawn(process.execPath, ['--input-type=module', '-e', `${prelude}\n${program}`, library.href, root, ...args], {
    cwd: join(process.cwd(), 'packages/provider-local'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return text;
}

async function artifact(name: string, content: string): Promise<string> {
  const path = join(folder, 'sources', name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'model.bin'), content);
  return path;
}

const versionsOf = async () => localModels(await openStore(root), systemClock).list('churn');

test('50 processes register 10 distinct artifacts under one name: 10 versions, 1 to 10', async () => {
  const sources = await Promise.all(
    Array.from({ length: 10 }, (_, index) => artifact(`m${index}`, `${index}`.repeat(999))),
  );
  const program = `
    const { model, created } = await provider.models.register(registration(args[0]));
    console.log(JSON.stringify([model.version, created, model.artifact.digest]));`;
  const outputs = await Promise.all(
    Array.from({ length: 50 }, (_, index) => outputOf(run(program, sources[index % 10] ?? ''))),
  );
  const results = outputs.map((output) => JSON.parse(output) as [number, boolean, string]);
  const created = results.filter(([, isNew]) => isNew).map(([version]) => version);
  expect(created.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect((await versionsOf()).map((model) => model.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const digests = new Map((await versionsOf()).map((model) => [model.version, model.artifact.digest]));
  for (const [version, , digest] of results) expect(digest).toBe(digests.get(version));
  expect(await checkStore(root)).toEqual([]);
}, 60_000);

/** mulberry32 by Tommy Ettinger (public domain): a seeded uniform in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('100 processes killed at seeded random moments while they put, register and set aliases', () => {
  /** Works for ever on content of its own, says `working` first and counts what it finished. */
  const program = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    const [scratch, seed] = args;
    mkdirSync(scratch, { recursive: true });
    console.log('working');
    for (let round = 0; ; round++) {
      writeFileSync(scratch + '/model.bin', (seed + ':' + round).repeat(round % 3 === 0 ? 60_000 : 10));
      writeFileSync(scratch + '/extra.bin', 'x'.repeat(round * 100));
      const { model } = await provider.models.register(registration(scratch));
      await provider.models.setAlias('churn', 'champion', model.version);
      await provider.models.setApprovalStatus('churn', model.version, 'Rejected');
      await provider.datasets.put({ name: 'rows', rows: 1, columns: [], splits: [], tags: {} }, scratch);
      console.log('round');
    }`;

  async function killedAfter(milliseconds: number, seed: number): Promise<number> {
    const child = run(program, join(folder, `scratch-${seed}`), String(seed));
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    const closed = once(child, 'close');
    while (!text.includes('working')) await once(child.stdout as NodeJS.ReadableStream, 'data');
    await new Promise((next) => setTimeout(next, milliseconds));
    child.kill('SIGKILL');
    await closed;
    return text.split('round').length - 1;
  }

  test('leave a sound store, in which work goes on', async () => {
    const random = seeded(20_240_607);
    let finished = 0;
    let withLeftovers = 0;
    for (let batch = 0; batch < 25; batch++) {
      const kills = [0, 1, 2, 3].map((index) => killedAfter(random() * 120, batch * 4 + index));
      for (const rounds of await Promise.all(kills)) finished += rounds;
      const findings = await checkStore(root);
      expect(findings.filter((finding) => !finding.harmless)).toEqual([]);
      if (findings.length > 0) withLeftovers++;
    }
    // The moments must hit the work itself, or this proves nothing.
    expect(finished).toBeGreaterThan(0);
    expect(withLeftovers).toBeGreaterThan(0);

    const versions = await versionsOf();
    expect(versions.map((model) => model.version)).toEqual(versions.map((_, index) => index + 1));
    expect(new Set(versions.map((model) => model.artifact.digest)).size).toBe(versions.length);
    const models = localModels(await openStore(root), systemClock);
    const source = await artifact('last', 'last');
    const { model } = await models.register({
      name: 'churn',
      source,
      metrics: {},
      approvalStatus: 'Approved',
      lineage: {},
    });
    expect(model.version).toBe(versions.length + 1);
    expect(await checkStore(root)).toEqual([]);
    expect(await readdir(join(root, 'tmp'))).toEqual([]);
    for (const kind of ['models', 'datasets']) {
      for (const lock of await readdir(join(root, 'locks', kind))) {
        if (!lock.endsWith('.tmp')) expect(await readdir(join(root, 'locks', kind, lock))).toHaveLength(1);
      }
    }
  }, 120_000);
});

test('two processes that make the store at once both get it', async () => {
  const outputs = await Promise.all(Array.from({ length: 8 }, () => outputOf(run(`console.log(provider.name);`))));
  expect(outputs).toEqual(Array.from({ length: 8 }, () => 'local\n'));
  expect(JSON.parse(await readFile(join(root, 'store.json'), 'utf8'))).toEqual({ format: 1 });
});

import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import { readTree } from '@mlops-actions/files';
import type { Artifact } from '@mlops-actions/provider';
import { checkStore } from '../check.ts';
import { artifactUri, fetchArtifact, putArtifact, verifyArtifact } from './artifacts.ts';
import { openStore, type Store } from './store.ts';

let folder: string;
let store: Store;
let source: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  store = await openStore(join(folder, 'store'));
  source = join(folder, 'source');
  await mkdir(join(source, 'nested'), { recursive: true });
  await writeFile(join(source, 'model.bin'), 'x'.repeat(3_000_000));
  await writeFile(join(source, 'nested', 'serve.sh'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filesOf = (artifact: Artifact) => fileURLToPath(artifact.uri);

describe('putting', () => {
  test('keeps a read-only copy under the digest of the content', async () => {
    const artifact = await putArtifact(store, source);
    expect(artifact).toEqual({
      uri: artifactUri(store, artifact.digest),
      digest: (await readTree(source)).digest,
      files: 2,
      bytes: 3_000_010,
    });
    expect((await readTree(filesOf(artifact))).digest).toBe(artifact.digest);
    expect((await stat(join(filesOf(artifact), 'model.bin'))).mode & 0o777).toBe(0o444);
    expect((await stat(join(filesOf(artifact), 'nested/serve.sh'))).mode & 0o777).toBe(0o555);
    expect(await readdir(join(store.root, 'tmp'))).toEqual([]);
  });

  test('copies nothing when the content is there', async () => {
    const artifact = await putArtifact(store, source);
    const before = await stat(join(filesOf(artifact), 'model.bin'));
    expect(await putArtifact(store, source)).toEqual(artifact);
    expect((await stat(join(filesOf(artifact), 'model.bin'))).ino).toBe(before.ino);
  });

  test('many times at once gives one artifact', async () => {
    const artifacts = await Promise.all(Array.from({ length: 8 }, () => putArtifact(store, source)));
    expect(new Set(artifacts.map((artifact) => artifact.digest)).size).toBe(1);
    expect(await readdir(join(store.root, 'artifacts'))).toHaveLength(1);
    expect(await readdir(join(store.root, 'tmp'))).toEqual([]);
  });

  test('of a file that grows meanwhile keeps one state of it, and says which', async () => {
    let putting = true;
    const writer = (async () => {
      while (putting) await appendFile(join(source, 'model.bin'), 'more'.repeat(50_000));
    })();
    const artifact = await putArtifact(store, source);
    putting = false;
    await writer;
    expect((await readTree(filesOf(artifact))).digest).toBe(artifact.digest);
    expect(await checkStore(store.root)).toEqual([]);
  });

  test('refuses a folder that the store lies in', async () => {
    await expect(putArtifact(store, folder)).rejects.toThrow('contains the store');
  });

  test('ends with the signal and leaves nothing', async () => {
    const controller = new AbortController();
    const putting = putArtifact(store, source, controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(putting).rejects.toThrow();
    expect(await readdir(join(store.root, 'tmp'))).toEqual([]);
    expect(await store.list('artifacts')).toEqual([]);
  });
});

describe('fetching', () => {
  test('gives writable files that may be executed when the source could', async () => {
    const { digest } = await putArtifact(store, source);
    const into = join(folder, 'deep', 'into');
    await fetchArtifact(store, digest, into);
    expect((await readTree(into)).digest).toBe(digest);
    expect((await stat(join(into, 'model.bin'))).mode & 0o777).toBe(0o644);
    expect((await stat(join(into, 'nested/serve.sh'))).mode & 0o777).toBe(0o755);
    expect(await readdir(join(folder, 'deep'))).toEqual(['into']);
  });

  test('gives a subfolder', async () => {
    const { digest } = await putArtifact(store, source);
    await fetchArtifact(store, digest, join(folder, 'into'), { subfolder: 'nested' });
    expect(await readdir(join(folder, 'into'))).toEqual(['serve.sh']);
  });

  test('refuses a file as the target, an unknown digest and a text that is none', async () => {
    const { digest } = await putArtifact(store, source);
    const unknown = `sha256:${'0'.repeat(64)}`;
    await expect(fetchArtifact(store, digest, join(source, 'model.bin'))).rejects.toThrow('is not an empty folder');
    await expect(fetchArtifact(store, unknown, join(folder, 'into'))).rejects.toThrow('is not in the store');
    await expect(fetchArtifact(store, 'sha256:../..', join(folder, 'into'))).rejects.toThrow('is not a digest');
  });
});

describe('damage is found by fetching, by verifying and by the check:', () => {
  const damages: readonly [string, (files: string) => Promise<unknown>, string, string][] = [
    ['a flipped bit', (files) => flipBit(join(files, 'model.bin')), 'model.bin', 'has changed since it was stored'],
    ['a file cut short', (files) => truncate(join(files, 'model.bin'), 9), 'model.bin', 'has changed'],
    ['a longer file', (files) => appendFile(join(files, 'model.bin'), 'x'), 'model.bin', 'has changed'],
    ['a file deleted', (files) => rm(join(files, 'model.bin')), 'model.bin', 'is missing'],
    ['all files deleted', (files) => rm(files, { recursive: true }), 'files', 'is missing'],
    [
      'a file more',
      (files) => writeFile(join(files, 'nested/more'), ''),
      'nested/more',
      'does not belong to the artifact',
    ],
    ['no index', (files) => rm(join(files, '../tree.json')), 'tree.json', 'is missing'],
    ['half an index', (files) => truncate(join(files, '../tree.json'), 30), 'tree.json', 'is not valid JSON'],
    [
      'an index of nothing',
      (files) => rewrite(join(files, '../tree.json'), '{"files":[]}'),
      'tree.json',
      'has changed',
    ],
    [
      'an index that points outside',
      (files) => rewrite(join(files, '../tree.json'), '{"files":[{"path":"../../x","bytes":1,"sha256":"0"}]}'),
      'tree.json',
      'does not have the content that it should',
    ],
  ];

  test.each(damages)('%s', async (_, damage, file, problem) => {
    const { digest, uri } = await putArtifact(store, source);
    expect(await checkStore(store.root)).toEqual([]);
    await makeWritable(fileURLToPath(uri));
    await damage(fileURLToPath(uri));

    const into = join(folder, 'into');
    for (const attempt of [() => fetchArtifact(store, digest, into), () => verifyArtifact(store, digest)]) {
      await expect(attempt()).rejects.toThrow(UserError);
      await expect(attempt()).rejects.toThrow(problem);
      await expect(attempt()).rejects.toThrow(file);
    }
    expect((await readdir(folder)).sort()).toEqual(['source', 'store']);
    const findings = await checkStore(store.root);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ path: expect.stringContaining(file), harmless: false });
    expect(findings[0]?.problem).toContain(problem);
  });

  test('what the fix says, helps: delete the artifact and put it again', async () => {
    const { digest, uri } = await putArtifact(store, source);
    await makeWritable(fileURLToPath(uri));
    await flipBit(join(fileURLToPath(uri), 'model.bin'));
    const [finding] = await checkStore(store.root);
    const deleted = /^Delete (\S+) and/.exec(finding?.fix ?? '')?.[1];
    expect(deleted).toBe(join(fileURLToPath(uri), '..'));
    await rm(deleted ?? '', { recursive: true });
    expect((await putArtifact(store, source)).digest).toBe(digest);
    expect(await checkStore(store.root)).toEqual([]);
  });
});

async function makeWritable(files: string): Promise<void> {
  for (const file of ['model.bin', 'nested/serve.sh', '../tree.json']) await chmod(join(files, file), 0o644);
}

async function flipBit(file: string): Promise<void> {
  const data = await readFile(file);
  data[1_500_000] = (data[1_500_000] ?? 0) ^ 1;
  await writeFile(file, data);
}

const rewrite = (file: string, text: string) => writeFile(file, text);

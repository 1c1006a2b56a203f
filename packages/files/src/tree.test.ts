import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import fc from 'fast-check';
import { listFiles, readTree, type TreeFile, treeOf, workingFolders } from './tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tree-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), content);
}

async function writeSample(order: readonly number[]): Promise<void> {
  const files: [string, string | Uint8Array][] = [
    ['a.txt', 'hello\n'],
    ['b/c.bin', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['b/é.txt', 'ünï'],
  ];
  for (const index of order) await write(...(files[index] as [string, string | Uint8Array]));
}

/** From Python: hashlib.sha256(json.dumps([[path, bytes, sha256], …], separators=(',', ':'), ensure_ascii=False)). */
const golden = 'sha256:ae057c966b89c61c18be650eceeb54f8583fa19620471e1bac7c3b3b87c1bf60';

describe('the digest of a tree', () => {
  test('is what its definition says, computed elsewhere', async () => {
    await writeSample([0, 1, 2]);
    const tree = await readTree(folder);
    expect(tree.digest).toBe(golden);
    expect(tree.files.map((file) => file.path)).toEqual(['a.txt', 'b/c.bin', 'b/é.txt']);
    expect(tree.bytes).toBe(6 + 256 + 5);
  });

  test('does not know order, times, modes and empty folders', async () => {
    await writeSample([2, 0, 1]);
    await utimes(join(folder, 'a.txt'), 1, 1);
    await chmod(join(folder, 'a.txt'), 0o755);
    await mkdir(join(folder, 'empty'));
    expect((await readTree(folder)).digest).toBe(golden);
  });

  test('knows every file: a model may need its node_modules', async () => {
    await writeSample([0, 1, 2]);
    await write('node_modules/a/index.js', '');
    expect((await readTree(folder)).digest).not.toBe(golden);
  });

  test('code is listed without the folders of a working copy', async () => {
    await writeSample([0, 1, 2]);
    await write('__pycache__/x.pyc', 'compiled');
    await write('b/.git/HEAD', 'ref');
    expect(await listFiles(folder, workingFolders)).toEqual(['a.txt', 'b/c.bin', 'b/é.txt']);
  });

  const file = fc.record({
    path: fc.stringMatching(/^[a-zé]{1,6}(\/[a-z]{1,6})?$/),
    bytes: fc.nat(),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  });
  const files = fc.uniqueArray(file, { selector: ({ path }) => path, minLength: 1, maxLength: 12 });

  test('does not depend on the order that files are found in', () => {
    fc.assert(
      fc.property(
        files.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(treeOf(shuffled)).toEqual(treeOf(list));
        },
      ),
    );
  });

  test('changes with any path, size or content, and with a file more or less', () => {
    fc.assert(
      fc.property(files, fc.nat(), (list, at) => {
        const index = at % list.length;
        const changed = (change: Partial<TreeFile>) =>
          list.map((item, position) => (position === index ? { ...item, ...change } : item));
        const digests = [
          list,
          changed({ path: 'ZZ' }),
          changed({ bytes: -1 }),
          changed({ sha256: 'x' }),
          list.filter((_, position) => position !== index),
        ].map((variant) => treeOf(variant).digest);
        expect(new Set(digests).size).toBe(digests.length);
      }),
    );
  });
});

describe('what cannot be in a tree', () => {
  test('a symbolic link, to a file or a folder', async () => {
    await writeSample([0]);
    await symlink('/etc/hostname', join(folder, 'link'));
    await expect(readTree(folder)).rejects.toThrow(UserError);
    await expect(readTree(folder)).rejects.toThrow('link is not a plain file');
    await rm(join(folder, 'link'));
    await symlink('/etc', join(folder, 'folder-link'));
    await expect(listFiles(folder)).rejects.toThrow('folder-link is not a plain file');
  });

  test('a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), 'x');
    await expect(listFiles(folder)).rejects.toThrow('name is not UTF-8');
  });
});

test('reading ends with the reason of the signal', async () => {
  await writeSample([0]);
  await expect(readTree(folder, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
});

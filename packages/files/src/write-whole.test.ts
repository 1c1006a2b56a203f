import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyDigested } from './copy.ts';
import { writeWhole } from './write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whole-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a file is written with its folders and mode, and leaves nothing beside it', async () => {
  await writeWhole(join(folder, 'a/b/file.json'), 'text', 0o600);
  expect(await readFile(join(folder, 'a/b/file.json'), 'utf8')).toBe('text');
  expect((await stat(join(folder, 'a/b/file.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'a/b'))).toEqual(['file.json']);
});

test('when it cannot be written the old file stays and nothing is left', async () => {
  await writeFile(join(folder, 'file'), 'old');
  const data = null as unknown as string;
  await expect(writeWhole(join(folder, 'file'), data)).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['file']);
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('old');
});

test('readers see the old or the new content, never a part', async () => {
  const path = join(folder, 'file');
  const contents = ['a', 'b'].map((letter) => letter.repeat(300_000));
  await writeWhole(path, contents[0] ?? '');
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 20; round++) await writeWhole(path, contents[round % 2] ?? '');
    writing = false;
  })();
  while (writing) expect(contents).toContain(await readFile(path, 'utf8'));
  await writer;
});

test('a copy is digested as it is written; it may be executed when its source may', async () => {
  await writeFile(join(folder, 'from'), 'hello\n');
  await chmod(join(folder, 'from'), 0o700);
  const copied = await copyDigested(join(folder, 'from'), join(folder, 'new/to'), 0o444);
  // From coreutils: printf 'hello\n' | sha256sum
  expect(copied).toEqual({ bytes: 6, sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03' });
  expect((await stat(join(folder, 'new/to'))).mode & 0o777).toBe(0o544);
  await expect(copyDigested(join(folder, 'from'), join(folder, 'new/to'), 0o644)).rejects.toThrow('EEXIST');
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '@mlops-actions/core';
import { identify } from '@mlops-actions/files';
import { isObject } from '@mlops-actions/provider';
import { openStore } from './store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const root = () => join(folder, 'store');

describe('opening', () => {
  test('makes the store, says its format and keeps it out of git', async () => {
    const store = await openStore(root());
    expect(store.root).toBe(root());
    expect(await readFile(join(root(), 'store.json'), 'utf8')).toBe('{\n  "format": 1\n}\n');
    expect(await readFile(join(root(), '.gitignore'), 'utf8')).toBe('*\n');
    expect((await readdir(root())).sort()).toEqual(['.gitignore', 'store.json', 'tmp']);
    await openStore(root());
  });

  test('takes an empty folder, and one where making the store was interrupted', async () => {
    await mkdir(join(root(), 'tmp'), { recursive: true });
    await writeFile(join(root(), '.gitignore'), '*\n');
    await openStore(root());
    expect(await readdir(root())).toContain('store.json');
  });

  test.each([
    ['a folder with other things in it', async () => writeFile(join(root(), 'train.py'), ''), 'it holds "train.py"'],
    ['a newer format', async () => writeFile(join(root(), 'store.json'), '{"format":2}'), 'has format 2'],
    ['a damaged store.json', async () => writeFile(join(root(), 'store.json'), '{"format'), 'is not valid JSON'],
    [
      'a store.json of something else',
      async () => writeFile(join(root(), 'store.json'), '[]'),
      'content that it should',
    ],
  ])('refuses %s', async (_, make, message) => {
    await mkdir(root());
    await make();
    const before = await readdir(root());
    await expect(openStore(root())).rejects.toThrow(UserError);
    await expect(openStore(root())).rejects.toThrow(message);
    expect(await readdir(root())).toEqual(before);
  });

  test('refuses a file, and a path below a file', async () => {
    await writeFile(root(), '');
    await expect(openStore(root())).rejects.toThrow('is a file or lies below one. Give a folder in `store`');
    await expect(openStore(join(root(), 'below'))).rejects.toThrow('is a file or lies below one');
  });

  test('removes what dead processes left in tmp, and nothing of the living', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const dead = identify(child.pid ?? 0);
    await once(child, 'exit');
    const store = await openStore(root());
    const mine = await store.temporary();
    await mkdir(store.path('tmp', `${dead?.pid}-${dead?.started}-00000000-0000-0000-0000-000000000000`));
    await writeFile(store.path('tmp', 'nobodys'), '');
    await openStore(root());
    expect(await readdir(join(root(), 'tmp'))).toEqual([mine.split('/').at(-1)]);
  });
});

describe('documents', () => {
  test('are read as they were written; one that is not there is undefined', async () => {
    const store = await openStore(root());
    await store.write(['jobs', 'a', 'job.json'], { text: 'é', nested: [1, null] });
    expect(await store.read(['jobs', 'a', 'job.json'], isObject)).toEqual({ text: 'é', nested: [1, null] });
    expect(await store.read(['jobs', 'b', 'job.json'], isObject)).toBeUndefined();
    expect(await store.list('jobs')).toEqual(['a']);
    expect(await store.list('models')).toEqual([]);
  });

  test.each(['', '{', '[]', 'null'])(
    'with the content %j are damage, named with the file and the way out',
    async (text) => {
      const store = await openStore(root());
      await store.write(['endpoints', 'e.json'], {});
      await writeFile(store.path('endpoints', 'e.json'), text);
      const reading = store.read(['endpoints', 'e.json'], isObject);
      await expect(reading).rejects.toThrow(UserError);
      await expect(reading).rejects.toThrow(join(root(), 'endpoints', 'e.json'));
      await expect(reading).rejects.toThrow('`mlops-actions store check`');
    },
  );

  test.each(['', '.', '..', '../up', 'a/b', 'a\\b', 'a\0', 'a\n', 'x'.repeat(300), 'é'.repeat(128)])(
    'cannot leave their folder by the name %j',
    async (name) => {
      const store = await openStore(root());
      expect(() => store.path('models', name)).toThrow(UserError);
      await expect(store.write(['models', name], {})).rejects.toThrow('cannot be a name in the store');
      await expect(store.lock('models', name, async () => {})).rejects.toThrow('cannot be a name in the store');
    },
  );
});

/** Runs a program on the compiled package, as an ordinary user when the tests run as root: root may write everywhere. */
function runAsUser(program: string, ...args: readonly string[]) {
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  return run(process.execPath, nodeArguments(program, args), user);
}

function nodeArguments(program: string, args: readonly string[]): string[] {
  const library = (path: string) => pathToFileURL(`${process.cwd()}/packages/provider-local/lib/${path}`).href;
  const prelude = `
    import { openStore } from '${library('store/store.js')}';
    import { putArtifact } from '${library('store/artifacts.js')}';
    import { checkStore } from '${library('check.js')}';
    import { readdirSync } from 'node:fs';
    const [, ...args] = process.argv;
    const ending = (work) => work.then(() => 'ok', (error) => error.name + ' ' + (error.code ?? '') + ' ' + error.message);`;
  return ['--input-type=module', '-e', `${prelude}\n${program}`, ...args];
}

function run(command: string, args: readonly string[], options: object = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', ...options });
  return { status, output: stdout.trim().split('\n'), stderr };
}

describe('a machine that says no', () => {
  test('a read-only folder', async () => {
    await chmod(folder, 0o555);
    const { output, stderr } = runAsUser('console.log(await ending(openStore(args[0])));', root());
    expect(stderr).toBe('');
    expect(output[0]).toMatch(/^UserError {2}The store .* cannot be read or written\. Give the user/);
  });

  test('a source that may not be read', async () => {
    await chmod(folder, 0o777);
    await mkdir(join(folder, 'model'));
    await writeFile(join(folder, 'model', 'secret.bin'), 'x', { mode: 0o000 });
    await mkdir(join(folder, 'closed'), { mode: 0o000 });
    const program = `
      const store = await openStore(args[0]);
      console.log(await ending(putArtifact(store, args[1])));
      console.log(await ending(putArtifact(store, args[2])));
      console.log(readdirSync(store.path('tmp')).length, (await checkStore(args[0])).length);`;
    const { output } = runAsUser(program, root(), join(folder, 'model'), join(folder, 'closed'));
    await chmod(join(folder, 'closed'), 0o700);
    expect(output[0]).toContain('EACCES');
    expect(output[0]).toContain('secret.bin');
    expect(output[1]).toContain('EACCES');
    expect(output[2]).toBe('0 0');
  });

  /** Fills the store's disk: half a megabyte goes in, two do not. Prints the ending, what is left in tmp, and the check. */
  const filling = `
    import { writeFileSync } from 'node:fs';
    const store = await openStore(args[0]);
    writeFileSync(args[1] + '/small', Buffer.alloc(500_000, 1));
    writeFileSync(args[1] + '/large', Buffer.alloc(900_000, 2));
    console.log(await ending(putArtifact(store, args[1] + '/small')));
    console.log(await ending(putArtifact(store, args[1] + '/large')));
    console.log(readdirSync(store.path('artifacts')).length, readdirSync(store.path('tmp')).length);
    console.log(JSON.stringify(await checkStore(args[0])));`;

  const canMount = run('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;
  if (!canMount) console.warn('Skipped: a full disk (this user may not mount a tmpfs in a namespace of its own).');
  (canMount ? test : test.skip)('a full disk', async () => {
    await mkdir(root());
    const script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
    const command = [process.execPath, ...nodeArguments(filling, [root(), folder])];
    const { output, stderr } = run('unshare', ['-rm', 'sh', '-c', script, root(), ...command]);
    expect(stderr).toBe('');
    expect(output[0]).toBe('ok');
    expect(output[1]).toContain('ENOSPC');
    expect(output.slice(2)).toEqual(['1 0', '[]']);
  });

  test('a limit on the size of files', async () => {
    const program = `
      const store = await openStore(args[0]);
      console.log(await ending(putArtifact(store, args[1])));
      console.log(readdirSync(store.path('tmp')).length);
      console.log(JSON.stringify(await checkStore(args[0])));`;
    await writeFile(join(folder, 'large'), Buffer.alloc(900_000));
    const command = [process.execPath, ...nodeArguments(program, [root(), join(folder, 'large')])];
    const { output, stderr } = run('sh', ['-c', 'ulimit -f 200 && exec "$0" "$@"', ...command]);
    expect(stderr).toBe('');
    expect(output[0]).toContain('EFBIG');
    expect(output.slice(1)).toEqual(['0', '[]']);
  });
});

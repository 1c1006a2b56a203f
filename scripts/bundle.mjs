import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import ncc from '@vercel/ncc';
import { transform } from 'esbuild';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.mjs';

/**
 * Makes the bundle of the repository at `root` from what `tsc` compiled: the files of `dist/` by name, as bytes. The same sources give the
 * same bytes wherever the repository lies. `actions` says which steps there are and which of them have a post step.
 *
 * Three stages, each for what the one before leaves undone (docs/adr/0002-bundle.md): rolldown folds the ES modules into shared chunks,
 * ncc makes the dispatcher self-contained, esbuild makes every file small.
 */
export async function bundle(root, actions) {
  await mkdir(join(root, 'build'), { recursive: true });
  const work = await mkdtemp(join(root, 'build', 'bundle-'));
  try {
    const packages = await foldModules(root, work);
    const files = new Map();
    for (const [name, source] of await dispatcher(work)) files.set(name, await minified(name, source));
    for (const [name, text] of stubs(actions)) files.set(name, Buffer.from(text));
    files.set('package.json', Buffer.from(await packageJson(root)));
    files.set('licenses.txt', Buffer.from(await licencesOf(packages)));
    refuseLeaks(files, [root, work]);
    return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The names of the steps and whether each has a post step, from the registry. */
export async function bundledActions() {
  const { registry } = await import('@mlops-actions/actions');
  return Promise.all(Object.entries(registry).map(async ([name, load]) => ({ name, post: (await load()).spec.post })));
}

/** Stage 1. Returns the folders of the npm packages whose code is in the result. */
async function foldModules(root, into) {
  const build = await rolldown({
    cwd: root,
    input: { main: join(root, 'packages/runner/lib/main.js') },
    platform: 'node',
    // The ES module build of a package is shaken; its CommonJS build, which `main` often names, is not.
    resolve: { mainFields: ['module', 'main'] },
    onLog: (level, log) => {
      throw new Error(`rolldown ${level}: ${log.message}`);
    },
  });
  const { output } = await build.write({
    dir: into,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  });
  await build.close();
  await writeFile(join(into, 'package.json'), '{"type":"module"}');
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return [...new Set(modules.map(packageFolder).filter((folder) => folder !== undefined))];
}

/** `…/node_modules/yaml/dist/index.js` → `…/node_modules/yaml`. */
function packageFolder(module) {
  const parts = module.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  return parts.slice(0, at + (parts[at + 1]?.startsWith('@') ? 3 : 2)).join(sep);
}

/**
 * Stage 2. ncc numbers modules by their paths, and those of its own loaders, from the current folder. Seen from `folder`, which is always
 * as far from node_modules, they are the same everywhere.
 */
async function dispatcher(folder) {
  const before = process.cwd();
  process.chdir(folder);
  try {
    const entry = join(process.cwd(), 'main.js');
    const { code, assets } = await ncc(entry, { cache: false, quiet: true, sourceMap: false, target: 'es2023' });
    const files = Object.entries(assets).filter(([name]) => name !== 'package.json');
    return [['main.js', code], ...files.map(([name, { source }]) => [name, source])];
  } finally {
    process.chdir(before);
  }
}

/** Stage 3; ncc minifies its entry only. */
async function minified(name, source) {
  if (!name.endsWith('.js')) return Buffer.from(source);
  const { code } = await transform(source.toString(), {
    format: 'esm',
    target: 'node20',
    minify: true,
    legalComments: 'none',
  });
  return Buffer.from(code);
}

function stubs(actions) {
  const lines = (call, name) => `import { ${name} } from './main.js';\nawait ${call};\n`;
  const own = actions.flatMap(({ name, post }) => {
    const step = [`${name}.js`, lines(`runStep('${name}', import.meta.url)`, 'runStep')];
    const after = [`${name}.post.js`, lines(`runPostStep('${name}', import.meta.url)`, 'runPostStep')];
    return post ? [step, after] : [step];
  });
  return [
    ...own,
    ['cli.js', `#!/usr/bin/env node\n${lines('commandLine(process.argv.slice(2), import.meta.url)', 'commandLine')}`],
    ['daemon.js', lines('daemon(process.argv.slice(2))', 'daemon')],
    ['scan-worker.js', lines('scanWorker()', 'scanWorker')],
  ];
}

/** Beside the bundle, so that Node reads it as ES modules wherever `dist/` is copied to, and for `--version`. */
async function packageJson(root) {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return `${JSON.stringify({ type: 'module', version })}\n`;
}

/** `from "x"`, `import "x"`, `import("x")`, `require("x")`; not `Buffer.from("x")`, nor the word in a text. */
const imports = /(?<![.\w$"'`])(?:from\s*|import\s*\(?\s*|require\s*\(\s*)["']([^"'./][^"']*)["']/g;

/** Packages that a message of the AWS SDK tells the user to import; nothing imports them. */
const inMessages = ['@aws-sdk/signature-v4-crt', '@aws-sdk/signature-v4a'];

/** A bundle that needs a package beside it, or names a folder of the machine that made it, is broken. */
function refuseLeaks(files, folders) {
  const known = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`), ...inMessages]);
  for (const [name, bytes] of files) {
    const text = bytes.toString();
    const folder = folders.find((each) => text.includes(each));
    if (folder !== undefined) throw new Error(`dist/${name} contains the path ${folder}.`);
    if (!name.endsWith('.js')) continue;
    for (const [, specifier] of text.matchAll(imports)) {
      if (!known.has(specifier)) throw new Error(`dist/${name} imports ${specifier}, which is not in the bundle.`);
    }
  }
}

/** Writes `files` into `folder`, which is emptied first. */
export async function writeFolder(folder, files) {
  await rm(folder, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, bytes, { mode: name === 'cli.js' ? 0o755 : 0o644 });
  }
}

/** The files below `folder` by name relative to it, with `/`. No such folder has no files. */
export async function readFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const files = new Map();
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), await readFile(path));
  }
  return files;
}

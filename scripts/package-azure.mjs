import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// npm run package:azure [-- <folder>]: writes each step's Azure Pipelines task to build/azure/<task>/, with all that it needs to run.

const root = fileURLToPath(new URL('..', import.meta.url));
const into = resolve(process.argv[2] ?? join(root, 'build', 'azure'));

await rm(into, { recursive: true, force: true });
const dist = await readdir(join(root, 'dist'));
const bare = dist.filter((file) => extname(file) === '');
if (bare.length > 0) throw new Error(`Azure Pipelines packs no file without an extension: ${bare.join(', ')}.`);

for (const action of (await readdir(join(root, 'actions'), { withFileTypes: true })).filter((each) =>
  each.isDirectory(),
)) {
  const source = join(root, 'actions', action.name, 'task.json');
  const text = await readFile(source, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (text === undefined) continue;
  const target = join(into, JSON.parse(text).name);
  await mkdir(target, { recursive: true });
  await cp(source, join(target, 'task.json'));
  await cp(join(root, 'dist'), join(target, 'dist'), { recursive: true });
  console.log(target);
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundledActions, readFolder } from './bundle.mjs';
import { folderDifferences } from './folder-differences.mjs';

// npm run check:dist: the dist/ that is committed is the one that the sources make, byte for byte.

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const faults = folderDifferences(await bundle(root, await bundledActions()), await readFolder(join(root, 'dist')));

const status = execFileSync('git', ['status', '--porcelain', '--ignored', '--untracked-files=all', '--', 'dist'], {
  cwd: root,
  encoding: 'utf8',
});
for (const line of status.split('\n').filter((each) => /^(\?\?|!!)/.test(each)))
  faults.push(`${line.slice(3)}: not in git`);
for (const fault of faults) console.log(fault);
console.log(faults.length === 0 ? 'dist/ is up to date.' : `Run \`npm run build\` and commit dist/.`);
process.exitCode = faults.length === 0 ? 0 : 1;

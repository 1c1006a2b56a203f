import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle, bundledActions, writeFolder } from './bundle.mjs';

// npm run build [-- <folder>]: writes dist/, or the folder given, and prints how large it is.

const root = fileURLToPath(new URL('..', import.meta.url));
const limit = 4 * 1024 * 1024;

const folder = resolve(process.argv[2] ?? join(root, 'dist'));
const files = await bundle(root.replace(/\/$/, ''), await bundledActions());
await writeFolder(folder, files);

let total = 0;
for (const [name, bytes] of files) {
  total += bytes.length;
  if (bytes.length > 1024) console.log(`${kilobytes(bytes)} KB  ${kilobytes(gzipSync(bytes))} KB gzip  ${name}`);
}
console.log(`${files.size} files, ${(total / 1024).toFixed(0)} KB of at most ${limit / 1024} KB in ${folder}`);
if (total > limit) process.exitCode = 1;

function kilobytes(bytes) {
  return (bytes.length / 1024).toFixed(0).padStart(6);
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

// Compiles packages/tabular/kernels/ to WebAssembly and writes it as packages/tabular/src/kernels/wasm.ts; with --check only compares.

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'packages/tabular/src/kernels/wasm.ts');

const text = await compiled();
if (!process.argv.includes('--check')) {
  await writeFile(target, text);
} else if ((await readFile(target, 'utf8')) !== text) {
  console.error(
    'packages/tabular/src/kernels/wasm.ts is not what packages/tabular/kernels/ compiles to. Run `npm run kernels`.',
  );
  process.exitCode = 1;
}

async function compiled() {
  const folder = await mkdtemp(join(tmpdir(), 'kernels-'));
  try {
    const file = join(folder, 'kernels.wasm');
    const { error, stderr } = await asc.main(
      [
        ...['packages/tabular/kernels/index.ts', '--baseDir', root, '--outFile', file],
        ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--converge'],
      ],
      {},
    );
    if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
    const bytes = await readFile(file);
    return `// Compiled from packages/tabular/kernels/ by scripts/kernels.mjs; ${bytes.length} bytes.\nexport const wasm =\n  '${bytes.toString('base64')}';\n`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

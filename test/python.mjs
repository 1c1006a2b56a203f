import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Makes the virtual environment at `folder` with what the `requirements` files name, once for each content of them, and returns the path
 * of its Python. Throws when there is no Python of at least 3.9 or the packages cannot be installed.
 */
export async function preparePython(folder, requirements) {
  const python = join(folder, 'bin', 'python');
  const marker = join(folder, 'installed');
  const hash = createHash('sha256');
  for (const file of requirements) hash.update(readFileSync(file));
  const wanted = hash.digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return python;
  await rm(folder, { recursive: true, force: true });
  await execute(await findPython(), ['-m', 'venv', folder]);
  const files = requirements.flatMap((file) => ['-r', file]);
  await execute(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...files]);
  await writeFile(marker, wanted);
  return python;
}

async function findPython() {
  for (const name of ['python3', 'python']) {
    try {
      const { stdout } = await execute(name, ['-c', 'import sys; print(sys.version_info >= (3, 9))']);
      if (stdout.trim() === 'True') return name;
    } catch {}
  }
  throw new Error('No Python of version 3.9 or later was found.');
}

import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The text of a starter workflow of GitHub's. */
export function template(name: string): Promise<string> {
  return readFile(join(repository, 'action-templates', 'github', name), 'utf8');
}

/** A new folder for one test, with a space in its name: users have them too. */
export async function temporaryFolder(prefix = 'mlops e2e-'): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix));
}

/**
 * Copies what GitHub's runner gets of this repository when it runs a step, less what no step may need: `dist/` and the `action.yml` files.
 * There is no `node_modules` beside or above it.
 */
export async function copySuite(into: string): Promise<string> {
  await cp(join(repository, 'dist'), join(into, 'dist'), { recursive: true });
  for (const name of await readdir(join(repository, 'actions'))) {
    const source = join(repository, 'actions', name, 'action.yml');
    const target = join(into, 'actions', name, 'action.yml');
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      return rm(dirname(target), { recursive: true });
    });
  }
  return into;
}

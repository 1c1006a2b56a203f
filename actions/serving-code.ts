import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { readTree } from '@mlops-actions/files';

/** What serves, as text that does not depend on the machine. */
export interface ServingCode {
  readonly command: readonly string[];
  /** Absolute; absent when the model brings its own. */
  readonly sourceDir?: string;
  /** Of the files in `sourceDir`. */
  readonly digest?: string;
}

export interface ServingInputs {
  readonly entryPoint: string;
  readonly sourceDir: string | undefined;
  readonly python: string;
}

/** Finds the serving program. What is in the model's own `code` folder is seen only when it is started. */
export async function findServingCode(
  { entryPoint, sourceDir, python }: ServingInputs,
  workingDirectory: string,
  signal: AbortSignal,
): Promise<ServingCode> {
  const folder = sourceDir === undefined ? sep : resolve(workingDirectory, sourceDir);
  const path = relative(folder, resolve(folder, entryPoint));
  if (path === '' || path.startsWith('..') || entryPoint.startsWith('/')) {
    throw new UserError(`Input \`entry-point\` is "${entryPoint}". It must be a file inside the serving code.`);
  }
  const command = commandOf(path, python, workingDirectory);
  if (sourceDir === undefined) return { command };
  await requireFile(folder, path);
  return { command, sourceDir: folder, digest: (await readTree(folder, signal)).digest };
}

/** A Python with a folder in its name (`.venv/bin/python`) is looked for from the working directory, not in the copy of the code. */
function commandOf(path: string, python: string, workingDirectory: string): readonly string[] {
  if (path.endsWith('.py')) return [/[/\\]/.test(python) ? resolve(workingDirectory, python) : python, path];
  if (path.endsWith('.sh')) return ['sh', path];
  return /\.[cm]?js$/.test(path) ? ['node', path] : [`.${sep}${path}`];
}

async function requireFile(folder: string, path: string): Promise<void> {
  const found = await stat(join(folder, path)).catch(() => undefined);
  if (found?.isFile()) return;
  throw new UserError(`Input \`entry-point\` is "${path}", which is not a file in ${folder} (\`source-dir\`).`);
}

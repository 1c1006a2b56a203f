import { access, constants, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { digestFile, errorCode, listFiles, type TreeFile, treeOf, workingFolders } from '@mlops-actions/files';

/** The code of a job: its folder, what runs in it, and the digest of what is in it. */
export interface Source {
  /** Absolute. */
  readonly folder: string;
  readonly command: readonly string[];
  /** The entry point's file name without its extension. */
  readonly stem: string;
  readonly digest: string;
}

/**
 * Finds the entry point below `sourceDir` and digests the code around it. `excluded` are absolute paths of files and folders that steps write
 * and that are no code: with them every run would differ.
 */
export async function findSource(
  sourceDir: string,
  entryPoint: string,
  python: string,
  excluded: readonly string[],
  signal: AbortSignal,
): Promise<Source> {
  await requireFolder(sourceDir);
  const script = resolve(sourceDir, entryPoint);
  const path = relative(sourceDir, script);
  if (
    path === '' ||
    path.startsWith('..') ||
    resolve(sourceDir, path) !== script ||
    resolve(entryPoint) === entryPoint
  ) {
    throw new UserError(
      `Input \`entry-point\` is "${entryPoint}". It must be a file inside \`source-dir\` (${sourceDir}).`,
    );
  }
  await requireFile(script, entryPoint, sourceDir);
  return {
    folder: sourceDir,
    command: await commandOf(script, path, python),
    stem: basename(script).replace(/\.[^.]*$/, ''),
    digest: await digestOf(sourceDir, { ignored: workingFolders, excluded }, signal),
  };
}

async function requireFolder(folder: string): Promise<void> {
  const found = await statOrNothing(folder);
  if (found === undefined) throw new UserError(`Input \`source-dir\`: ${folder} does not exist.`);
  if (!found.isDirectory()) throw new UserError(`Input \`source-dir\`: ${folder} is not a folder.`);
}

async function requireFile(script: string, entryPoint: string, sourceDir: string): Promise<void> {
  const found = await statOrNothing(script);
  if (found?.isFile()) return;
  const fault = found === undefined ? 'does not exist' : 'is not a file';
  throw new UserError(`Input \`entry-point\` is "${entryPoint}", which ${fault} in ${sourceDir}.`);
}

async function statOrNothing(path: string) {
  return stat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  });
}

/** Python runs a .py file, an executable runs itself, and `sh` runs a .sh file that is not executable. */
async function commandOf(script: string, path: string, python: string): Promise<readonly string[]> {
  if (path.endsWith('.py')) return [python, path];
  const executable = await access(script, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (executable) return [`.${sep}${path}`];
  if (path.endsWith('.sh')) return ['sh', path];
  throw new UserError(
    `Input \`entry-point\` is "${path}", which is neither a .py nor a .sh file and not executable. Make it executable: git update-index --chmod=+x ${path}`,
  );
}

async function digestOf(
  folder: string,
  { ignored, excluded }: { readonly ignored?: ReadonlySet<string>; readonly excluded: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  // A folder around this one, such as a temporary one, excludes nothing.
  const inside = excluded.filter((other) => other.startsWith(`${folder}${sep}`));
  const files: TreeFile[] = [];
  for (const path of await listFiles(folder, ignored)) {
    signal.throwIfAborted();
    const file = join(folder, path);
    if (!inside.some((other) => file === other || file.startsWith(`${other}${sep}`))) {
      files.push(await digestFile(file, path, signal));
    }
  }
  return treeOf(files).digest;
}

/** The digest of a local channel, a folder or one file; without `excluded`, as for the code. */
export async function digestPath(path: string, excluded: readonly string[], signal: AbortSignal): Promise<string> {
  const found = await stat(path);
  if (found.isDirectory()) return digestOf(path, { excluded }, signal);
  return treeOf([await digestFile(path, basename(path), signal)]).digest;
}

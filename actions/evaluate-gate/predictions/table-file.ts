import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseModelReference, UserError } from '@mlops-actions/core';
import type { Context } from '../../action.ts';

/** Where a table is, and how messages name it. */
export interface TableFile {
  readonly path: string;
  readonly shown: string;
  /** Whether it is kept by its content, so that the same file can be two models' answers. */
  readonly isStored: boolean;
}

/**
 * The file that an input names: a path, a `file:` URI as train and register-model give them, or a file that was registered with a model,
 * `churn:champion/predictions.csv`. Undefined when the registry has no such model. That the file is there is for its reader to say.
 */
export async function findTableFile(
  text: string,
  { workingDirectory, provider }: Pick<Context, 'workingDirectory' | 'provider'>,
): Promise<TableFile | undefined> {
  if (/^file:/i.test(text)) {
    const path = pathOf(text);
    return { path, shown: basename(path), isStored: true };
  }
  const path = resolve(workingDirectory, text);
  const [, reference, file] = /^([^@:/\\]+[@:][^@:/\\]+)\/(.+)$/.exec(text) ?? [];
  if (reference === undefined || file === undefined || existsSync(path)) return { path, shown: text, isStored: false };
  const { models } = await provider();
  const model = await models.get(parseModelReference(reference));
  return model && { path: join(pathOf(model.artifact.uri), file), shown: text, isStored: true };
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    throw new UserError(`"${uri}" is not a file of this machine. Write a path, or file:///absolute/path.`);
  }
}

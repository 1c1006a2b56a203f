import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseModelReference } from '@mlops-actions/core';
import type { Context } from '../../action.ts';
import { newFolder } from '../../new-folder.ts';

/** Where a table is, and how messages name it. */
export interface TableFile {
  readonly path: string;
  readonly shown: string;
  /** Whether it is kept by its content, so that the same file can be two models' answers. */
  readonly isStored: boolean;
}

/**
 * The file that an input names: a path, a URI as train and register-model give them, or a file that was registered with a model,
 * `churn:champion/predictions.csv`. Undefined when the registry has no such model. That the file is there is for its reader to say.
 */
export async function findTableFile(
  text: string,
  context: Pick<Context, 'workingDirectory' | 'provider' | 'tempDir' | 'signal'>,
): Promise<TableFile | undefined> {
  const { workingDirectory, provider, signal } = context;
  if (/^(file:|s3:\/\/)/i.test(text)) {
    const { files } = await provider();
    const path = await files.fetch(text, newFolder(context, 'predictions'), { signal });
    return { path, shown: basename(path), isStored: true };
  }
  const path = resolve(workingDirectory, text);
  const [, reference, file] = /^([^@:/\\]+[@:][^@:/\\]+)\/(.+)$/.exec(text) ?? [];
  if (reference === undefined || file === undefined || existsSync(path)) return { path, shown: text, isStored: false };
  const { models, files } = await provider();
  const model = await models.get(parseModelReference(reference));
  if (model === undefined) return undefined;
  const into = newFolder(context, 'predictions');
  return { path: await files.fetch(model.artifact.uri, into, { path: file, signal }), shown: text, isStored: true };
}

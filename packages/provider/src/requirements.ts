import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aliasPattern, aliasRule, isResourceName, resourceNameRule, UserError } from '@mlops-actions/core';
import type { DatasetSplit } from './datasets.ts';

/** Throws a `UserError` when `name` is not what every provider accepts. */
export function requireName(what: string, name: string): void {
  if (isResourceName(name)) return;
  throw new UserError(`"${name.slice(0, 80)}" is not a name for a ${what}. It must be ${resourceNameRule}.`);
}

/** Throws a `UserError` when `alias` is not what every provider accepts. */
export function requireAlias(alias: string): void {
  if (aliasPattern.test(alias)) return;
  throw new UserError(`"${alias.slice(0, 80)}" is not an alias. It must be ${aliasRule}.`);
}

/** Throws a `UserError` when a metric is not a finite number. */
export function requireMetrics(metrics: Readonly<Record<string, number>>): void {
  const bad = Object.entries(metrics).find(([, value]) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new UserError(`The metric "${bad[0]}" is ${bad[1]}. A metric must be a finite number; leave it out or fix it.`);
}

/** Throws a `UserError` when a split is not among the folders at the dataset's top. */
export function requireSplits(splits: readonly DatasetSplit[], paths: Iterable<string>): void {
  const folders = new Set(
    [...paths].filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
  );
  const absent = splits.find((split) => !folders.has(split.name));
  if (absent === undefined) return;
  throw new UserError(`There is no folder "${absent.name}" with files in the dataset, and it is named as a split.`);
}

/** The path that an absolute path or a `file:` URI names. Throws a `UserError`, which says who `reader` is, for anything else. */
export function localPath(source: string, reader: string): string {
  if (source.startsWith('file:')) {
    try {
      return fileURLToPath(source);
    } catch {
      throw new UserError(`"${source}" is not a file URI of this machine. Write file:///absolute/path.`);
    }
  }
  if (isAbsolute(source)) return source;
  throw new UserError(`"${source}" is not an absolute path or a file:// URI. ${reader} reads no other place.`);
}

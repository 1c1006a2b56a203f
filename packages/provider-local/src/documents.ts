import type { Store } from './store/store.ts';

/** The two kinds of things that have numbered versions: one JSON document each, `<kind>/<name>/<version>.json`. */
export type VersionedKind = 'datasets' | 'models';

/** The numbers of all versions of `name`, oldest first. */
export async function versionNumbers(store: Store, kind: VersionedKind, name: string): Promise<number[]> {
  const files = await store.list(kind, name);
  return files
    .map((file) => /^([1-9]\d*)\.json$/.exec(file)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** All versions of `name`, oldest first. */
export async function readVersions<T>(
  store: Store,
  kind: VersionedKind,
  name: string,
  check: (value: unknown) => value is T,
): Promise<T[]> {
  const numbers = await versionNumbers(store, kind, name);
  const versions = await Promise.all(numbers.map((number) => store.read(versionFile(kind, name, number), check)));
  return versions.filter((version) => version !== undefined);
}

export function versionFile(kind: VersionedKind, name: string, version: number): readonly string[] {
  return [kind, name, `${version}.json`];
}

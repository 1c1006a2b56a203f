import { type Clock, UserError } from '@mlops-actions/core';
import type { DatasetStore, DatasetVersion } from '@mlops-actions/provider';
import { readVersions, requireName, versionFile, versionNumbers } from './documents.ts';
import { type DatasetDocument, isDatasetDocument } from './shapes.ts';
import { artifactFolders, artifactUri, fetchArtifact, putArtifact } from './store/artifacts.ts';
import type { Store } from './store/store.ts';

/** Dataset versions in the local store. The content is stored first, outside the lock; the document that names it makes it a version. */
export function localDatasets(store: Store, clock: Clock): DatasetStore {
  const versionOf = (document: DatasetDocument): DatasetVersion => ({
    ...document,
    artifact: { ...document.artifact, uri: artifactUri(store, document.artifact.digest) },
  });
  return {
    put: async (dataset, folder, { signal } = {}) => {
      requireName('dataset', dataset.name);
      const { uri: _, ...artifact } = await putArtifact(store, folder, signal);
      await requireSplits(store, artifact.digest, dataset.splits);
      const body = async () => {
        const versions = await readVersions(store, 'datasets', dataset.name, isDatasetDocument);
        const same = versions.find((version) => version.artifact.digest === artifact.digest);
        if (same !== undefined) return { dataset: versionOf(same), created: false };
        const { name, rows, columns, splits, tags } = dataset;
        const version = 1 + ((await versionNumbers(store, 'datasets', name)).at(-1) ?? 0);
        const created = clock.now().toISOString();
        const document: DatasetDocument = { name, version, artifact, rows, columns, splits, created, tags };
        await store.write(versionFile('datasets', name, version), document);
        return { dataset: versionOf(document), created: true };
      };
      return store.lock('datasets', dataset.name, body, signal);
    },
    get: async (name, version) => {
      requireName('dataset', name);
      const number = version ?? (await versionNumbers(store, 'datasets', name)).at(-1);
      if (number === undefined) return undefined;
      const document = await store.read(versionFile('datasets', name, number), isDatasetDocument);
      return document === undefined ? undefined : versionOf(document);
    },
    fetch: (dataset, into, { signal, split } = {}) =>
      fetchArtifact(store, dataset.artifact.digest, into, {
        ...(signal === undefined ? {} : { signal }),
        ...(split === undefined ? {} : { subfolder: split }),
      }),
  };
}

async function requireSplits(store: Store, digest: string, splits: DatasetVersion['splits']): Promise<void> {
  if (splits.length === 0) return;
  const folders = await artifactFolders(store, digest);
  const absent = splits.find((split) => !folders.has(split.name));
  if (absent === undefined) return;
  throw new UserError(`There is no folder "${absent.name}" with files in the dataset, and it is named as a split.`);
}

import type { Clock } from '@mlops-actions/core';
import {
  type DatasetDocument,
  type DatasetStore,
  type DatasetVersion,
  isDatasetDocument,
  requireName,
  requireSplits,
} from '@mlops-actions/provider';
import { readVersions, versionFile, versionNumbers } from './documents.ts';
import { artifactPaths, artifactUri, fetchArtifact, putArtifact } from './store/artifacts.ts';
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
      requireSplits(dataset.splits, await artifactPaths(store, artifact.digest));
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

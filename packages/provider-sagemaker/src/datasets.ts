import type { Clock } from '@mlops-actions/core';
import {
  type DatasetDocument,
  type DatasetStore,
  type DatasetVersion,
  isDatasetDocument,
  requireName,
  requireSplits,
} from '@mlops-actions/provider';
import { artifactTree, artifactUri, fetchArtifact, putArtifact } from './store/artifacts.ts';
import type { S3Store } from './store/s3-store.ts';

/**
 * Dataset versions in S3: the content under its digest, and `datasets/<name>/<version>.json` for each version. The document of a version
 * is written only where there is none, so that versions are numbered without a gap however many steps store at once.
 */
export function s3Datasets(store: S3Store, clock: Clock): DatasetStore {
  const versionOf = (document: DatasetDocument): DatasetVersion => ({
    ...document,
    artifact: { ...document.artifact, uri: artifactUri(store, document.artifact.digest) },
  });
  const numbersOf = async (name: string): Promise<number[]> =>
    (await store.list(`datasets/${name}`)).map(Number).sort((a, b) => a - b);
  const documentOf = (name: string, version: number): Promise<DatasetDocument | undefined> =>
    store.read(`datasets/${name}/${version}`, isDatasetDocument);

  const versionWith = async (name: string, numbers: readonly number[], digest: string) => {
    const documents = await Promise.all(numbers.map((number) => documentOf(name, number)));
    return documents.find((document) => document?.artifact.digest === digest);
  };

  return {
    put: async (dataset, folder, { signal } = {}) => {
      const { name, rows, columns, splits, tags } = dataset;
      requireName('dataset', name);
      const { uri: _, ...artifact } = await putArtifact(store, folder, signal);
      requireSplits(
        splits,
        (await artifactTree(store, artifact.digest)).files.map(({ path }) => path),
      );
      let seen: readonly number[] = [];
      for (;;) {
        signal?.throwIfAborted();
        const numbers = await numbersOf(name);
        const same = await versionWith(
          name,
          numbers.filter((number) => !seen.includes(number)),
          artifact.digest,
        );
        if (same !== undefined) return { dataset: versionOf(same), created: false };
        seen = numbers;
        const version = 1 + (numbers.at(-1) ?? 0);
        const created = clock.now().toISOString();
        const document: DatasetDocument = { name, version, artifact, rows, columns, splits, created, tags };
        if (await store.create(`datasets/${name}/${version}`, document)) {
          return { dataset: versionOf(document), created: true };
        }
      }
    },
    get: async (name, version) => {
      requireName('dataset', name);
      const number = version ?? (await numbersOf(name)).at(-1);
      const document = number === undefined ? undefined : await documentOf(name, number);
      return document && versionOf(document);
    },
    fetch: (dataset, into, { signal, split } = {}) =>
      fetchArtifact(store, dataset.artifact.digest, into, {
        ...(signal === undefined ? {} : { signal }),
        ...(split === undefined ? {} : { subfolder: split }),
      }),
  };
}

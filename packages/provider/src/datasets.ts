import type { Artifact } from './artifacts.ts';
import type { CallOptions } from './provider.ts';

/** A column of a dataset as validated. */
export interface DatasetColumn {
  readonly name: string;
  readonly type: string;
}

/** One split of a dataset: the folder of that name inside the dataset's file tree. */
export interface DatasetSplit {
  readonly name: string;
  readonly rows: number;
}

/** A dataset version: files known by content, with their schema and row counts. */
export interface DatasetVersion {
  readonly name: string;
  /** Counts from 1 in the order of first storing. */
  readonly version: number;
  readonly artifact: Artifact;
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  /** Empty when the dataset is one folder of files. */
  readonly splits: readonly DatasetSplit[];
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DatasetStore {
  /** Stores the files under `folder` as a new version of `name`, unless a version with the same content exists: then that one, `created: false`. */
  put(
    dataset: Pick<DatasetVersion, 'name' | 'rows' | 'columns' | 'splits' | 'tags'>,
    folder: string,
    options?: CallOptions,
  ): Promise<{ readonly dataset: DatasetVersion; readonly created: boolean }>;
  /** `version` absent: the newest. Undefined when there is none. */
  get(name: string, version?: number): Promise<DatasetVersion | undefined>;
  /** Copies the files of a version (or of one split) into the empty or new folder `into`. Fails when the stored content does not match its digest. */
  fetch(dataset: DatasetVersion, into: string, options?: CallOptions & { readonly split?: string }): Promise<void>;
}

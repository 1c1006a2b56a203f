import type { CallOptions } from './provider.ts';

/** Files and folders that a provider keeps, by their URIs: a job's model and output, a model version's files, and data beside them. */
export interface FileStore {
  /**
   * The path on this machine of the file or folder that `uri` names: the provider's own, which must not be changed, or a copy below `into`,
   * a folder that is not there yet. With `path`, only that file of the folder. That a file is there is for its reader to say, where nothing
   * was copied; else it is a `UserError`, as is a URI that the provider does not read.
   */
  fetch(uri: string, into: string, options?: CallOptions & { readonly path?: string }): Promise<string>;
}

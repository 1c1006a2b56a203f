import { join } from 'node:path';
import { type FileStore, localPath } from '@mlops-actions/provider';

/** What messages call this provider. */
export const localReader = 'The local provider';

/** The files of this machine, where they are. */
export const localFiles: FileStore = {
  fetch: async (uri, _into, { path } = {}) =>
    path === undefined ? localPath(uri, localReader) : join(localPath(uri, localReader), path),
};

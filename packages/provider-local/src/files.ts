import { join } from 'node:path';
import { type FileStore, localPath } from '@mlops-actions/provider';

/** The files of this machine, where they are. */
export const localFiles: FileStore = {
  fetch: async (uri, _into, { path } = {}) => (path === undefined ? localPath(uri) : join(localPath(uri), path)),
};

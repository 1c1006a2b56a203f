import { errorCode } from '@mlops-actions/files';

/** Whether a file operation failed because there is no such path. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');
}

import { readFile } from 'node:fs/promises';
import {
  emptyRunRecord,
  parseRunRecord,
  type RunInfo,
  type RunRecord,
  type StepRecord,
  UserError,
  withStep,
} from '@mlops-actions/core';
import { withLock, writeWhole } from '@mlops-actions/files';

/** Reads the run record at `path`; an empty one when there is no file. */
export async function readRunRecord(path: string, run: RunInfo): Promise<RunRecord> {
  try {
    return parseRunRecord(await readFile(path, 'utf8'), path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return emptyRunRecord(run);
    if (code === 'EISDIR' || code === 'ENOTDIR') {
      throw new UserError(`${path} is a folder or lies below a file. Give the path of a file in \`record\`.`);
    }
    throw error;
  }
}

/** Adds a step to the record at `path`. Steps that end at the same time wait for each other. */
export async function appendStep(path: string, run: RunInfo, step: StepRecord): Promise<void> {
  await withLock(`${path}.lock`, async () => {
    const record = withStep(await readRunRecord(path, run), step);
    await writeWhole(path, `${JSON.stringify(record, null, 2)}\n`);
  });
}

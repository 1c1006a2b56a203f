import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from './action.ts';

/** The path of a folder in the step's temporary one that is not there yet. */
export function newFolder({ tempDir }: Pick<Context, 'tempDir'>, name: string): string {
  return join(tempDir, `${name}-${randomUUID()}`);
}

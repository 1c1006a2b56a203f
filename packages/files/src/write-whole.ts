import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a whole file or nothing: to `temporary` (a name beside it unless given; on the same file system), flushed, then renamed.
 * Parent folders are made. A process that is killed in between leaves the temporary file.
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  mode = 0o644,
  temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`),
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

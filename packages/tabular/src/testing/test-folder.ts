import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { userErrorOf } from './user-error.ts';

/** A folder of its own for each test of a file; all are gone after the last one. */
export interface TestFolder {
  readonly path: string;
  /** Goes on in another, empty folder. */
  renew(): Promise<void>;
  /** Writes files by their names below the folder. */
  write(files: Readonly<Record<string, string | Buffer>>): Promise<void>;
  /** `text` with names below the folder in place of paths. */
  named(text: string): string;
  /** The sentence of the `UserError` that ends `work`, so named. */
  faultOf(work: Promise<unknown>): Promise<string>;
}

export function testFolder(): TestFolder {
  let root = '';
  let path = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tables-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  const renew = async () => {
    path = await mkdtemp(join(root, 'test-'));
  };
  beforeEach(renew);
  const named = (text: string) => text.replaceAll(`${path}/`, '').replaceAll(path, '.');
  return {
    get path() {
      return path;
    },
    renew,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), content);
      }
    },
    named,
    faultOf: async (work) => named(await userErrorOf(work)),
  };
}

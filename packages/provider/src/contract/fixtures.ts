import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';

/** Content of a file tree by path. */
export type Content = Readonly<Record<string, string>>;

/** Folders that a contract's tests make; removed after each test. */
export interface Folders {
  /** A new folder with these files. */
  with(content: Content): Promise<string>;
  /** A path in an existing folder that is not there yet. */
  absent(): Promise<string>;
}

export function temporaryFolders(): Folders {
  const made: string[] = [];
  afterEach(async () => {
    await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  const make = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'contract-'));
    made.push(folder);
    return folder;
  };
  return {
    with: async (content) => {
      const folder = await make();
      for (const [path, text] of Object.entries(content)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      return folder;
    },
    absent: async () => join(await make(), 'absent'),
  };
}

/** The text of every file below `folder`. */
export async function contentOf(folder: string): Promise<Content> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

/** Names that no provider may accept. */
export const badNames = [
  '',
  ' ',
  'a b',
  'ünï',
  '../up',
  'a/b',
  'a\\b',
  '-a',
  'a-',
  'a--b',
  'a.b',
  'a\n',
  'x'.repeat(300),
];

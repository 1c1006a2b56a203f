import { type FileHandle, open } from 'node:fs/promises';
import { tableFault } from '../fault.ts';
import type { ByteSource } from '../source.ts';
import { inOrder } from './ranges.ts';

const streamedBytes = 2 << 20;

/**
 * A file. Throws a `UserError` when there is none at `path`; every read throws one when the file is not what it was when it was opened here.
 * `label` names it in messages.
 */
export async function fileSource(path: string, label = path): Promise<ByteSource> {
  const handle = await opened(path, label);
  const { size, version } = await factsOf(handle, label).finally(() => handle.close());

  async function range(from: number, to: number): Promise<Uint8Array> {
    const file = await opened(path, label);
    try {
      const now = await factsOf(file, label);
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, to - from));
      const read = await readFully(file, bytes, from);
      if (now.version !== version || read < bytes.length) throw changed(label);
      return bytes;
    } finally {
      await file.close();
    }
  }

  return {
    label,
    size,
    version,
    range,
    // One read is always under way while the last one is used.
    stream: (signal) => inOrder(range, { from: 0, to: size, bytes: streamedBytes, atOnce: 2 }, signal),
    address: { kind: 'file', path, label },
  };
}

function changed(label: string) {
  return tableFault({ file: label }, 'changed while it was read. Wait until it is written and read it again.');
}

async function opened(path: string, label: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ENAMETOOLONG') throw error;
    throw tableFault({ file: label }, 'does not exist. Check the path.');
  }
}

async function factsOf(handle: FileHandle, label: string): Promise<{ size: number; version: string }> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) throw tableFault({ file: label }, 'is not a file.');
  return { size: Number(stats.size), version: `${stats.ino}-${stats.size}-${stats.mtimeNs}` };
}

/** Bytes read, which are fewer than asked for only at the end of the file. */
async function readFully(handle: FileHandle, bytes: Buffer, from: number): Promise<number> {
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read;
}

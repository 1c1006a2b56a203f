import { type FileHandle, open } from 'node:fs/promises';
import type { UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import type { ByteSource } from '../source.ts';

const streamedBytes = 2 << 20;

/**
 * A file. Throws a `UserError` when there is none at `path`; every read throws one when the file is not what it was when it was opened here.
 * `label` names it in messages.
 */
export async function fileSource(path: string, label = path): Promise<ByteSource> {
  const { size, version } = await factsOfFile(path, label);

  async function requireUnchanged(file: FileHandle): Promise<void> {
    if ((await factsOf(file, label)).version !== version) throw changed(label);
  }

  async function range(from: number, to: number, room?: ArrayBufferLike): Promise<Uint8Array> {
    const file = await opened(path, label);
    try {
      const bytes = await readFully(file, roomFor(Math.max(0, to - from), room), from);
      await requireUnchanged(file);
      return bytes;
    } finally {
      await file.close();
    }
  }

  async function* stream(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await opened(path, label);
    try {
      await requireUnchanged(file);
      yield* readAhead(file, Math.min(streamedBytes, size + 1), signal);
      await requireUnchanged(file);
    } finally {
      await file.close();
    }
  }

  return { label, size, version, range, stream, address: { kind: 'file', path, label } };
}

function roomFor(length: number, room: ArrayBufferLike | undefined): Buffer {
  return room !== undefined && room.byteLength >= length
    ? Buffer.from(room, 0, length)
    : Buffer.allocUnsafeSlow(length);
}

function changed(label: string): UserError {
  return tableFault({ file: label }, 'changed while it was read. Wait until it is written and read it again.');
}

async function factsOfFile(path: string, label: string) {
  const file = await opened(path, label);
  try {
    return await factsOf(file, label);
  } finally {
    await file.close();
  }
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

/** The bytes of a file in order. While one chunk is used the next is read into the other of two buffers. */
async function* readAhead(file: FileHandle, bytes: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)] as const;
  let from = 0;
  let next = readFully(file, buffers[0], from);
  try {
    for (let count = 1; ; count++) {
      const chunk = await next;
      if (chunk.length === 0) return;
      from += chunk.length;
      next = readFully(file, buffers[count % 2] as Buffer, from);
      signal?.throwIfAborted();
      yield chunk;
    }
  } finally {
    // The file may be closed only when nothing reads from it.
    await next.catch(() => {});
  }
}

/** Fills `bytes` from a place in the file; what it returns is shorter only at the end of the file. */
async function readFully(handle: FileHandle, bytes: Buffer, from: number): Promise<Buffer> {
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

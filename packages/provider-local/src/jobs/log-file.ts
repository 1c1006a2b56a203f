import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@mlops-actions/files';
import { lineSplitter } from './lines.ts';

/** The sizes of a job's log, in bytes. Its beginning and its end are kept; of a longer one the middle is dropped. */
export interface LogLimits {
  readonly head: number;
  /** The end is kept in files of this size. */
  readonly segment: number;
  readonly segments: number;
}

/** 32 MB of the beginning and 32 MB of the end. */
export const logLimits: LogLimits = { head: 32_000_000, segment: 8_000_000, segments: 4 };

/** `log.txt` holds the beginning; `log.txt.1`, `log.txt.2`, … what follows, of which the newest stay. */
function segmentName(number: number): string {
  return number === 0 ? 'log.txt' : `log.txt.${number}`;
}

function segmentNumber(name: string): number | undefined {
  const match = /^log\.txt(?:\.([1-9]\d*))?$/.exec(name);
  return match === null ? undefined : Number(match[1] ?? 0);
}

/** The numbers of the log's files, in order. */
export async function logSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
}

export interface LogWriter {
  write(lines: readonly string[]): void;
  close(): void;
}

/** Writes a bounded log into `folder`. Writing is synchronous: a script that prints faster than the disk takes it has to wait. */
export function openLog(folder: string, limits: LogLimits = logLimits): LogWriter {
  let number = 0;
  let size = 0;
  let file = openSync(join(folder, segmentName(0)), 'w');
  const turnTo = (next: number): void => {
    closeSync(file);
    number = next;
    size = 0;
    file = openSync(join(folder, segmentName(number)), 'w');
    const oldest = number - limits.segments;
    if (oldest > 0) rmSync(join(folder, segmentName(oldest)), { force: true });
  };
  return {
    write: (lines) => {
      if (lines.length === 0) return;
      const data = Buffer.from(`${lines.join('\n')}\n`);
      if (size > 0 && size + data.length > (number === 0 ? limits.head : limits.segment)) turnTo(number + 1);
      for (let written = 0; written < data.length; ) written += writeSync(file, data, written);
      size += data.length;
    },
    close: () => closeSync(file),
  };
}

/** The line in the place of what was dropped. */
export const droppedLine = '[... lines left out here: the beginning and the end of a long log are kept ...]';

/**
 * The lines of the log in `folder` from the beginning, as they are written, until `isOver` says so and everything is read. `isOver` is asked
 * before each look, so that no line written before the end is missed. `pause` waits between two looks.
 */
export async function* followLog(
  folder: string,
  isOver: () => Promise<boolean>,
  pause: () => Promise<void>,
): AsyncGenerator<string> {
  const splitter = lineSplitter();
  let file: FileHandle | undefined;
  let current = -1;
  try {
    for (;;) {
      const over = await isOver();
      for (;;) {
        if (file !== undefined) yield* readOn(file, splitter.push);
        const next = (await logSegments(folder)).find((number) => number > current);
        if (next === undefined) break;
        // The segment that was just read may have grown between its last read and the making of the next one.
        if (file !== undefined) yield* readOn(file, splitter.push);
        const opened = await openSegment(folder, next);
        if (opened === undefined) continue;
        if (next > current + 1) yield droppedLine;
        await file?.close();
        file = opened;
        current = next;
      }
      if (over) break;
      await pause();
    }
    yield* splitter.rest();
  } finally {
    await file?.close();
  }
}

/** Undefined when the writer has dropped it meanwhile. */
async function openSegment(folder: string, number: number): Promise<FileHandle | undefined> {
  try {
    return await open(join(folder, segmentName(number)), 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function* readOn(file: FileHandle, push: (chunk: Uint8Array) => string[]): AsyncGenerator<string> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield* push(buffer.subarray(0, bytesRead));
  }
}

import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { bufferedAppender } from './buffered-appender.ts';

/** What a program printed, kept within bounds: the last lines in memory, the last megabytes on disk. */
export interface LineLog {
  /** Takes the lines of a stream until it ends. Streams of the same log do not mix within a line. */
  follow(stream: Readable): void;
  line(text: string): void;
  /** The last lines, oldest first. */
  tail(count: number): readonly string[];
  flush(): Promise<void>;
}

const maxLine = 16 * 1024;
const tailLines = 200;
const maxFileBytes = 5 * 1024 * 1024;

/** A log in `file`; past 5 MiB it goes on afresh and the old one stays as `<file>.1`. A disk that refuses costs lines, nothing else. */
export function lineLog(file: string): LineLog {
  const tail: string[] = [];
  let dropped = 0;
  const appender = bufferedAppender({
    write: (text) => appendBounded(file, text),
    onError: () => {},
    delayMs: 200,
    maxWaitingCharacters: 1024 * 1024,
  });
  const line = (text: string): void => {
    const cut = text.length > maxLine ? `${text.slice(0, maxLine)}…` : text;
    tail.push(cut);
    if (tail.length > tailLines) tail.shift();
    const note = dropped > 0 ? `… ${dropped} lines not kept: they came faster than the disk takes them\n` : '';
    const kept = appender.add(`${note}${cut}\n`);
    dropped = kept ? 0 : dropped + 1;
  };
  return {
    line,
    follow: (stream) => followLines(stream, line),
    tail: (count) => tail.slice(-count),
    flush: () => appender.flush(),
  };
}

/** A line longer than the limit is given out in pieces, so that a program that never ends its line costs no memory. */
function followLines(stream: Readable, line: (text: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) line(text.endsWith('\r') ? text.slice(0, -1) : text);
    if (rest.length <= maxLine) return;
    line(rest);
    rest = '';
  });
  stream.once('end', () => {
    if (rest !== '') line(rest);
  });
  stream.on('error', () => {});
}

async function appendBounded(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const size = await stat(file).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > maxFileBytes) await rename(file, `${file}.1`);
  await appendFile(file, text);
}

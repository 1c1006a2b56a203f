import { StringDecoder } from 'node:string_decoder';

/** How much of one line is kept, in bytes. */
export const lineLimit = 16 * 1024;

export interface LineSplitter {
  /** The lines that `chunk` completes. */
  push(chunk: Uint8Array): string[];
  /** What was left without an end of line. */
  rest(): string[];
}

/**
 * Cuts a byte stream into lines at `\n`, `\r\n` and `\r` (a progress bar's). A line is cut at `lineLimit`; the rest of it is dropped as it
 * comes, so that a stream without an end of line costs no memory.
 */
export function lineSplitter(): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  return {
    push: (chunk) => {
      const lines = (partial + decoder.write(chunk as Buffer)).split(/\r\n|\n|\r(?!$)/);
      const last = lines.pop() ?? '';
      partial = last.length <= lineLimit ? last : last.slice(0, lineLimit) + (last.endsWith('\r') ? '\r' : '');
      return lines.map(cut);
    },
    rest: () => {
      const last = (partial + decoder.end()).replace(/\r$/, '');
      partial = '';
      return last === '' ? [] : [cut(last)];
    },
  };
}

/** At most `lineLimit` bytes of UTF-8, never half a character. */
function cut(line: string): string {
  if (line.length * 3 <= lineLimit) return line;
  const bytes = Buffer.from(line);
  if (bytes.length <= lineLimit) return line;
  return new StringDecoder('utf8').write(bytes.subarray(0, lineLimit));
}

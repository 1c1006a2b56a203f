import { appendFileSync, statSync } from 'node:fs';
import { EOL } from 'node:os';

/** GitHub shows nothing of a step's summary that is larger, in bytes. */
export const summaryLimit = 1024 * 1024;

const note = `${EOL}_The rest was cut: GitHub shows 1 MiB of summary a step._${EOL}`;

/**
 * Appends Markdown to the summary file of a step as long as the whole file stays within `summaryLimit`; past that it cuts at a line's
 * end and adds a note. Returns whether everything fitted.
 */
export function appendSummary(path: string, markdown: string): boolean {
  const text = markdown.endsWith('\n') ? markdown : markdown + EOL;
  const room = summaryLimit - statSync(path).size;
  const fits = Buffer.byteLength(text) <= room;
  if (fits) appendFileSync(path, text);
  else if (room >= Buffer.byteLength(note))
    appendFileSync(path, wholeLines(text, room - Buffer.byteLength(note)) + note);
  return fits;
}

/** The longest run of whole lines from the start of `text` that takes at most `bytes` in UTF-8. */
function wholeLines(text: string, bytes: number): string {
  const cut = Buffer.from(text).subarray(0, bytes);
  return cut.subarray(0, cut.lastIndexOf('\n') + 1).toString();
}

import { quotedFields, withoutLineEnd } from '../csv.ts';
import { tableFault } from '../fault.ts';
import { checkedColumns } from '../header.ts';
import { isText, lengthFault, longestRecord, openQuoteFault, textFault, withoutMark } from '../records.ts';

/** What can stand between fields. */
export const delimiters = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** What the first line of a CSV file says. */
export interface Dialect {
  readonly delimiter: Delimiter;
  readonly columns: readonly string[];
  /** Where the first row starts, in bytes. */
  readonly start: number;
  /** The line on which it starts. */
  readonly line: number;
}

const newline = 10;
const quote = 34;

/**
 * The dialect of a file that begins with `head`; `whole`: there is no more. Undefined when the header line ends behind `head`. Without
 * `delimiter` it is the one of `, tab ; |` that the header line holds most often outside quotes. Throws a located `UserError` for a header that is not one.
 */
export function dialectOf(file: string, head: Buffer, whole: boolean, delimiter?: Delimiter): Dialect | undefined {
  const data = withoutMark(file, head);
  const header = headerRecord(data, delimiter);
  const line = header.blankLines + 1;
  if (header.start === data.length && whole) throw tableFault({ file }, 'is empty. Check what writes it.');
  if (header.end === -1) {
    if (data.length - header.start > longestRecord) throw lengthFault({ file, line });
    if (!whole) return undefined;
    if (header.inQuotes) throw openQuoteFault({ file, line });
  }
  const bytes = data.subarray(header.start, header.end === -1 ? data.length : header.end);
  if (!isText(bytes)) throw textFault(file, [{ bytes, line }]);
  const text = withoutLineEnd(bytes);
  if (header.end === -1 && text.includes('\r')) {
    const shown = JSON.stringify(text.slice(0, 40));
    throw tableFault({ file, line }, `ends lines with carriage returns alone, near ${shown}. Save it with line feeds.`);
  }
  const names = quotedFields(text, header.delimiter, { file, line });
  return {
    delimiter: header.delimiter,
    columns: checkedColumns(file, line, names),
    start: head.length - data.length + header.start + bytes.length,
    line: line + bytes.toString('latin1').split('\n').length - 1,
  };
}

interface HeaderRecord {
  readonly start: number;
  /** Behind its line end; -1 when the data ends before. */
  readonly end: number;
  readonly inQuotes: boolean;
  readonly delimiter: Delimiter;
  readonly blankLines: number;
}

function headerRecord(data: Buffer, stated: Delimiter | undefined): HeaderRecord {
  let start = 0;
  let blankLines = 0;
  while (data[start] === newline || (data[start] === 13 && data[start + 1] === newline)) {
    start += data[start] === newline ? 1 : 2;
    blankLines++;
  }
  const delimiter = stated ?? mostFrequent(fieldEnds(data, start, delimiters).counts);
  const { end, inQuotes } = fieldEnds(data, start, [delimiter]);
  return { start, end, inQuotes, delimiter, blankLines };
}

/** The first of the delimiters that occurs as often as any. */
function mostFrequent(counts: ReadonlyMap<number, number>): Delimiter {
  const most = Math.max(...counts.values());
  return delimiters.find((each) => counts.get(each.charCodeAt(0)) === most) as Delimiter;
}

/** How often each of some delimiters stands outside quotes in the line that starts at `start`, and where that line ends. */
function fieldEnds(data: Buffer, start: number, among: readonly Delimiter[]) {
  const counts = new Map<number, number>(among.map((each) => [each.charCodeAt(0), 0]));
  let inQuotes = false;
  let fieldStarts = true;
  for (let at = start; at < data.length; at++) {
    const byte = data[at] as number;
    if (inQuotes) {
      if (byte !== quote) continue;
      if (data[at + 1] === quote) at++;
      else inQuotes = false;
    } else if (byte === newline) {
      return { counts, inQuotes, end: at + 1 };
    } else if (byte === quote && fieldStarts) {
      inQuotes = true;
      fieldStarts = false;
    } else {
      const count = counts.get(byte);
      fieldStarts = count !== undefined;
      if (count !== undefined) counts.set(byte, count + 1);
    }
  }
  return { counts, inQuotes, end: -1 };
}

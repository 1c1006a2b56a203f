/**
 * Reads the part of YAML that the starter workflow is written in: block mappings and lists, `|` blocks, plain and quoted text, comments.
 * Every value comes out as text, as a runner hands it to a step. Anything else (flow collections, anchors, `>` blocks) is an error, so
 * that a workflow which this cannot read is never read wrongly. It is here because the demo runs without any package installed.
 *
 * @param {string} text
 * @returns {unknown} nested objects, arrays and strings
 */
export function readWorkflow(text) {
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, indent: line.search(/\S|$/), text: line }));
  const reader = { lines, at: 0 };
  const value = readBlock(reader, 0);
  if (nextLine(reader) !== undefined) throw unreadable(nextLine(reader));
  return value;
}

/** The next line that is neither blank nor a comment. */
function nextLine(reader) {
  while (reader.at < reader.lines.length && /^\s*(#.*)?$/.test(reader.lines[reader.at].text)) reader.at++;
  return reader.lines[reader.at];
}

function readBlock(reader, indent) {
  const line = nextLine(reader);
  return line?.text.startsWith('- ', indent) ? readList(reader, indent) : readMapping(reader, indent);
}

function readList(reader, indent) {
  const items = [];
  for (
    let line = nextLine(reader);
    line?.indent === indent && line.text.startsWith('- ', indent);
    line = nextLine(reader)
  ) {
    if (/^\s*- [\w-]+:(\s|$)/.test(line.text)) {
      // The first key stands on the line of the dash; blank the dash and read a mapping two columns in.
      reader.lines[reader.at] = {
        ...line,
        indent: indent + 2,
        text: `${' '.repeat(indent + 2)}${line.text.slice(indent + 2)}`,
      };
      items.push(readMapping(reader, indent + 2));
    } else {
      reader.at++;
      items.push(readScalar(line.text.slice(indent + 2), line));
    }
  }
  return items;
}

function readMapping(reader, indent) {
  const entries = {};
  for (let line = nextLine(reader); line?.indent === indent; line = nextLine(reader)) {
    const match = /^\s*([\w-]+):(?:\s+(.*))?$/.exec(line.text);
    if (match === null || match[1] in entries) throw unreadable(line);
    reader.at++;
    entries[match[1]] = readValue(reader, indent, match[2] ?? '', line);
  }
  return entries;
}

function readValue(reader, indent, rest, line) {
  if (rest === '|') return readText(reader, indent);
  if (rest !== '' && !rest.startsWith('#')) return readScalar(rest, line);
  const next = nextLine(reader);
  const deeper =
    next !== undefined && (next.indent > indent || (next.indent === indent && next.text.startsWith('- ', indent)));
  return deeper ? readBlock(reader, next.indent) : '';
}

/** A `|` block: the lines that are indented deeper, one line end after the last. */
function readText(reader, indent) {
  const start = reader.at;
  const isPart = (line) => line.indent > indent || line.text.trim() === '';
  while (reader.at < reader.lines.length && isPart(reader.lines[reader.at])) reader.at++;
  const block = reader.lines.slice(start, reader.at);
  const depth = Math.min(...block.filter((line) => line.text.trim() !== '').map((line) => line.indent));
  return `${block
    .map((line) => line.text.slice(depth))
    .join('\n')
    .trimEnd()}\n`;
}

function readScalar(text, line) {
  const match = /^(?:'((?:[^']|'')*)'|"([^"\\]*)"|([^\s'"[\]{}&*!|>%@`#,?-].*?|-[^\s].*?))(?:\s+#.*)?$/.exec(text);
  if (match === null) throw unreadable(line);
  const [, single, double, plain] = match;
  if (plain?.includes(': ')) throw unreadable(line);
  return single?.replaceAll("''", "'") ?? double ?? plain.trimEnd();
}

function unreadable(line) {
  return new Error(
    `Line ${line.number} of the workflow is written in a way that the demo cannot read: ${line.text.trim()}`,
  );
}

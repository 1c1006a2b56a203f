/*
 * What GitHub's runner does with what a step prints and writes, re-implemented from the rules in actions/runner (`ActionCommand.cs`,
 * `OutputManager.cs`, `FileCommandManager.cs`) as the judge of our host.
 */

export interface RunnerCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Every command of the runner, obsolete ones included. */
const registered = new Set([
  'internal-set-repo-path',
  'set-env',
  'set-output',
  'save-state',
  'add-mask',
  'add-path',
  'add-matcher',
  'remove-matcher',
  'warning',
  'error',
  'notice',
  'debug',
  'group',
  'endgroup',
  'echo',
  'stop-commands',
]);

/** Lines as .NET's `ReadLine` sees them: CR LF, LF and a lone CR end one. */
export function dotnetLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The commands that the runner would obey in a process's output. */
export function githubCommandsIn(text: string): RunnerCommand[] {
  return dotnetLines(text)
    .map((line) => parseCurrent(line) ?? parseOld(line))
    .filter((command) => command !== undefined);
}

function isWhiteSpace(character: string): boolean {
  return /[\p{Zs}\p{Zl}\p{Zp}\t-\r\u0085]/u.test(character);
}

function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isWhiteSpace(text.charAt(start))) start += 1;
  return text.slice(start);
}

/** `::name key=value,key=value::data` */
function parseCurrent(line: string): RunnerCommand | undefined {
  const message = trimStart(line);
  if (!message.startsWith('::')) return undefined;
  const end = message.indexOf('::', 2);
  if (end < 0) return undefined;
  const info = message.slice(2, end);
  const decode = (text: string) => decodeIn(text, { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' });
  const data = decodeIn(message.slice(end + 2), { '%0D': '\r', '%0A': '\n', '%25': '%' });
  return command(info, ',', decode, data);
}

/** `##[name key=value;key=value]data`, anywhere in the line */
function parseOld(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const decode = (text: string) => decodeIn(text, { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%25': '%' });
  return command(line.slice(start + 3, end), ';', decode, decode(line.slice(end + 1)));
}

function command(
  info: string,
  separator: string,
  decode: (text: string) => string,
  data: string,
): RunnerCommand | undefined {
  const space = info.indexOf(' ');
  const name = space < 0 ? info : info.slice(0, space);
  if (!registered.has(name.toLowerCase())) return undefined;
  return { name: name.toLowerCase(), properties: propertiesIn(info, space, separator, decode), data };
}

/** Shared with Azure's agent, which the runner descends from. */
export function propertiesIn(
  info: string,
  space: number,
  separator: string,
  decode: (text: string) => string,
): Record<string, string> {
  const properties: Record<string, string> = {};
  if (space <= 0) return properties;
  for (const pair of info
    .slice(space + 1)
    .trim()
    .split(separator)) {
    const equals = pair.indexOf('=');
    if (equals > 0 && equals < pair.length - 1) properties[pair.slice(0, equals)] = decode(pair.slice(equals + 1));
  }
  return properties;
}

/** One replacement after the other, in the order given, as the runners do it. */
export function decodeIn(text: string, mapping: Readonly<Record<string, string>>): string {
  return Object.entries(mapping).reduce((result, [escaped, token]) => result.replaceAll(escaped, token), text);
}

/** The values in a command file such as `GITHUB_OUTPUT`, read as the runner does on Linux. Throws where it fails the step. */
export function valuesInCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  let index = 0;

  function readLine(): string | undefined {
    if (index >= text.length) return undefined;
    const end = text.indexOf('\n', index);
    const line = text.slice(index, end < 0 ? undefined : end);
    index = end < 0 ? text.length : end + 1;
    return line;
  }

  for (let line = readLine(); line !== undefined; line = readLine()) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 0) throw new Error(`Invalid format '${line}'`);
    const name = line.slice(0, heredoc);
    const delimiter = line.slice(heredoc + 2);
    if (name === '' || delimiter === '') throw new Error(`Invalid format '${line}'`);
    const start = index;
    let end = index;
    for (let inner = readLine(); inner !== delimiter; inner = readLine()) {
      if (inner === undefined) throw new Error(`Matching delimiter not found '${delimiter}'`);
      end = index - 1;
    }
    values[name] = text.slice(start, Math.max(start, end));
  }
  return values;
}

import { decodeIn, dotnetLines, propertiesIn } from './github-runner.ts';

/*
 * What Azure's agent does with what a task prints, re-implemented from the rules in azure-pipelines-agent (`Command.cs`,
 * `CommandStringConvertor.cs`, `WorkerCommandManager.cs`) as the judge of our host.
 */

export interface AgentCommand {
  /** `area.event` in lower case. */
  readonly name: string;
  /** By lower-case name: the agent does not mind the case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The commands that the agent would obey in a process's output. */
export function azureCommandsIn(text: string): AgentCommand[] {
  return dotnetLines(text)
    .map(parse)
    .filter((command) => command !== undefined);
}

/** Whether the agent warns about a line that looks like a command and is none, or the log page folds or colours it. */
export function looksLikeCommand(line: string): boolean {
  return line.includes('##vso') || line.includes('##[');
}

function parse(line: string): AgentCommand | undefined {
  const start = line.indexOf('##vso[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const info = line.slice(start + '##vso['.length, end);
  const space = info.indexOf(' ');
  const parts = (space < 0 ? info : info.slice(0, space)).split('.').filter((part) => part !== '');
  if (parts.length !== 2) return undefined;
  const properties = Object.entries(propertiesIn(info, space, ';', decode));
  return {
    name: parts.join('.').toLowerCase(),
    properties: Object.fromEntries(properties.map(([key, value]) => [key.toLowerCase(), value])),
    data: decode(line.slice(end + 1)),
  };
}

function decode(text: string): string {
  return decodeIn(text, { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']', '%AZP25': '%' });
}

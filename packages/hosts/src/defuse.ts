/*
 * Runners read commands out of everything a step prints. These functions change text as little as will stop that, one backslash
 * a command, and leave every other byte alone. Both runners read lines with .NET's `ReadLine`, for which a lone carriage return
 * ends a line too, so each part between CRs and LFs counts as a line.
 */

/** What .NET's `TrimStart` takes for white space, short of the line ends. */
const leadingCommand = /^[\t\v\f \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*:(?=:.*::)/s;

/**
 * Defuses what GitHub's runner obeys (actions/runner, `ActionCommand.cs`): `::command …::` at the start of a line after white space,
 * and the older `##[command]` anywhere in a line.
 */
export function defuseForGitHub(text: string): string {
  if (!text.includes('::') && !text.includes('##[')) return text;
  return text.replace(/[^\r\n]+/g, (line) => line.replace(leadingCommand, '$&\\')).replace(/#(?=#\[)/g, '#\\');
}

/** Defuses what Azure's agent obeys (azure-pipelines-agent, `Command.cs`), `##vso[` anywhere, and what its log page obeys, `##[group]`. */
export function defuseForAzure(text: string): string {
  return text.replace(/#(?=#(?:vso|\[))/g, '#\\');
}

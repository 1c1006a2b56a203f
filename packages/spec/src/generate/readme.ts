import type { ActionSpec, InputSpec } from '../define.ts';
import { defaultText, descriptionForCi, groupsOf } from '../words.ts';

/** Puts `content` between `<!-- name:start -->` and `<!-- name:end -->`; undefined when the text lacks the pair of markers. */
export function betweenMarkers(text: string, name: string, content: string): string | undefined {
  const start = `<!-- ${name}:start -->`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) return undefined;
  return `${text.slice(0, from + start.length)}\n${content}${text.slice(to)}`;
}

/** The table of inputs for an action's README, one table for each heading. */
export function inputTables(spec: ActionSpec): string {
  const tables = [...groupsOf(spec.inputs)].map(([group, inputs]) => {
    const rows = inputs.map(([name, input]) => [`\`${name}\``, cell(descriptionForCi(input)), defaultCell(input)]);
    const heading = group === undefined ? '' : `**${group}**\n\n`;
    return `${heading}${table(['Input', 'What it is', 'Default'], rows)}`;
  });
  return tables.length === 0 ? 'None.\n' : tables.join('\n');
}

/** The table of outputs for an action's README. */
export function outputTable(spec: ActionSpec): string {
  const rows = Object.entries(spec.outputs).map(([name, output]) => [`\`${name}\``, cell(output.help)]);
  return table(['Output', 'What it is'], rows) || 'None.\n';
}

/** The table of all steps for the README of the repository. */
export function stepsTable(specs: readonly ActionSpec[]): string {
  const rows = specs.map((spec) => [
    `[\`${spec.name}\`](actions/${spec.name}/README.md)`,
    cell(spec.summary),
    Object.keys(spec.outputs)
      .map((name) => `\`${name}\``)
      .join(', '),
  ]);
  return table(['Step', 'What it does', 'Outputs'], rows);
}

function defaultCell(input: InputSpec): string {
  if (input.required) return '**required**';
  const initial = defaultText(input);
  return initial === undefined ? '' : `\`${cell(initial)}\``;
}

/** A table; nothing at all when it has no rows. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return lines.join('').replaceAll('|  |', '| |');
}

/** Text for a cell: on one line, and no `<name>` that would be taken for HTML, except in code, where it is safe and shown as it is. */
function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');
}

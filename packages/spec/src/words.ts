import type { InputSpec } from './define.ts';
import { durationRule } from './duration.ts';
import { numberRule, rangeRule } from './parse.ts';

/** The default as a user would write it; undefined when there is none. */
export function defaultText(input: InputSpec): string | undefined {
  return 'default' in input && input.default !== undefined ? String(input.default) : undefined;
}

/** What a value must be, as a sentence; undefined when any text will do, or the help says it in words of its own. */
export function ruleSentence(input: InputSpec): string | undefined {
  switch (input.type) {
    case 'text':
      return input.rule === undefined ? undefined : `Must be ${input.rule}.`;
    case 'number':
      return numberRule(input) === 'a number' ? undefined : `Must be ${numberRule(input)}.`;
    case 'flag':
      return undefined;
    case 'choice':
      return `One of: ${input.values.join(', ')}.`;
    case 'list':
      return saysLines(input) ? undefined : 'One a line, or separated by commas on one line.';
    case 'duration':
      return `Must be ${durationRule}${rangeRule(input) === '' ? '' : `,${rangeRule(input)}`}.`;
    case 'mapping':
      return saysLines(input) ? undefined : 'One `name: value` a line.';
    case 'yaml':
      return /\b(?:YAML|JSON)\b/.test(input.help) ? undefined : 'YAML or JSON.';
  }
}

function saysLines(input: InputSpec): boolean {
  return /\ba line\b/.test(input.help);
}

/** The help and the rule: all that a reader needs besides the default. */
export function description(input: InputSpec): string {
  const rule = ruleSentence(input);
  return rule === undefined ? input.help : `${input.help} ${rule}`;
}

/** `description`, and for a secret how to pass it; for pages and manifests of CI systems. */
export function descriptionForCi(input: InputSpec): string {
  return input.secret
    ? `${description(input)} Secret: pass it from the secrets of your CI system.`
    : description(input);
}

/** Inputs by their heading: those without one first, then in the order of each heading's first input. */
export function groupsOf(
  inputs: Readonly<Record<string, InputSpec>>,
): ReadonlyMap<string | undefined, readonly (readonly [name: string, input: InputSpec])[]> {
  const groups = new Map<string | undefined, [string, InputSpec][]>([[undefined, []]]);
  for (const [name, input] of Object.entries(inputs)) {
    const members = groups.get(input.group);
    if (members === undefined) groups.set(input.group, [[name, input]]);
    else members.push([name, input]);
  }
  if (groups.get(undefined)?.length === 0) groups.delete(undefined);
  return groups;
}

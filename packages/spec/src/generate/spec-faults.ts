import type { ActionSpec, InputSpec } from '../define.ts';
import { durationSeconds } from '../duration.ts';
import { camelCase, commandLineSettings, commandLineVariable, isKebab } from '../names.ts';
import { nearest } from '../nearest.ts';
import { inputFault } from '../parse.ts';
import { defaultText } from '../words.ts';
import { brandingColors, brandingIcons } from './branding.ts';
import { groupName } from './task-json.ts';

const longestTitle = 40;

/** Options that the command line keeps for itself. */
const reservedInputs = ['help', 'version'];

/** Everything wrong with a declaration, one sentence each, before anything is generated from it. */
export async function specFaults(spec: ActionSpec): Promise<string[]> {
  const faults = [...headFaults(spec), ...groupFaults(spec)];
  for (const [name, input] of Object.entries(spec.inputs)) {
    const found = [
      ...nameFaults(name),
      ...reservedFaults(name),
      ...helpFaults(input.help),
      ...secretFaults(input),
      ...ruleFaults(input),
      ...(await defaultFaults(input)),
    ];
    if (reservedInputs.includes(name)) found.push(`is an option of the command line itself. Choose another name.`);
    faults.push(...found.map((fault) => `input ${name} ${fault}`));
  }
  for (const [name, output] of Object.entries(spec.outputs)) {
    const found = [...nameFaults(name), ...helpFaults(output.help)];
    faults.push(...found.map((fault) => `output ${name} ${fault}`));
  }
  faults.push(...collisions('inputs', Object.keys(spec.inputs)), ...collisions('outputs', Object.keys(spec.outputs)));
  return faults.map((fault) => `actions/${spec.name}/spec.ts: ${fault}`);
}

function headFaults(spec: ActionSpec): string[] {
  const { icon, color } = spec.branding;
  const faults = nameFaults(spec.name).map((fault) => `the name ${spec.name} ${fault}`);
  if (spec.title.trim() === '') faults.push('the title is empty.');
  if (spec.title.length > longestTitle) {
    faults.push(`the title has ${spec.title.length} characters. Azure Pipelines allows ${longestTitle}.`);
  }
  faults.push(...helpFaults(spec.summary).map((fault) => `the summary ${fault}`));
  if (!brandingIcons.includes(icon))
    faults.push(`the icon ${icon} does not exist on GitHub.${hint(icon, brandingIcons)}`);
  if (!brandingColors.includes(color)) faults.push(`the colour ${color} is none of ${brandingColors.join(', ')}.`);
  return faults;
}

function hint(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : ` Did you mean ${guess}?`;
}

function nameFaults(name: string): string[] {
  return isKebab(name) ? [] : ['is not in kebab-case (`model-uri`).'];
}

function reservedFaults(name: string): string[] {
  return commandLineSettings.includes(name)
    ? [`is a setting of the command line (${commandLineVariable(name)}). Choose another name.`]
    : [];
}

function helpFaults(help: string): string[] {
  if (help.trim() === '') return ['has no help.'];
  const faults: string[] = [];
  if (!help.trimEnd().endsWith('.')) faults.push('has a help that does not end in a full stop.');
  if (/\s\s|^\s|\s$|\n/.test(help)) faults.push('has a help with line breaks or more than one space.');
  if (/\$\{\{|\$\(|\$\[/.test(help))
    faults.push('has a help that a CI system would take for an expression (`${{`, `$(`, `$[`).');
  return faults;
}

function groupFaults(spec: ActionSpec): string[] {
  const headings = [...new Set(Object.values(spec.inputs).flatMap((input) => input.group ?? []))];
  return [
    ...headings
      .filter((heading) => !/^[a-z]/.test(groupName(heading)))
      .map((heading) => `the group "${heading}" does not start with a letter.`),
    ...twins(headings, groupName).map((pair) => `the groups ${pair} are one group on Azure Pipelines.`),
  ];
}

/** Parts of a secret are masked too; a mapping's are known, those of a list or of YAML are not, and a choice is no secret. */
function secretFaults(input: InputSpec): string[] {
  if (!input.secret || input.type === 'text' || input.type === 'mapping') return [];
  return [`is a secret ${input.type}. Only a text or a mapping can be secret.`];
}

function ruleFaults(input: InputSpec): string[] {
  switch (input.type) {
    case 'text':
      return textRuleFaults(input);
    case 'number':
      return (input.min ?? 0) > (input.max ?? Number.POSITIVE_INFINITY) ? ['has a min above its max.'] : [];
    case 'choice':
      return choiceRuleFaults(input.values);
    case 'duration':
      return durationRuleFaults(input);
    default:
      return [];
  }
}

function textRuleFaults(input: Extract<InputSpec, { type: 'text' }>): string[] {
  const faults: string[] = [];
  if (input.pattern !== undefined && input.rule === undefined) faults.push('has a pattern but no rule in words.');
  if (input.pattern === undefined && input.rule !== undefined) faults.push('has a rule but no pattern that holds it.');
  if (/[gy]/.test(input.pattern?.flags ?? ''))
    faults.push('has a pattern with a flag (g, y) that remembers its last match.');
  if (input.rule?.endsWith('.')) faults.push('has a rule that ends in a full stop; it stands inside a sentence.');
  return faults;
}

function choiceRuleFaults(values: readonly string[]): string[] {
  const faults: string[] = [];
  if (values.length === 0) faults.push('has no values to choose from.');
  if (new Set(values).size < values.length) faults.push('has a value twice.');
  if (values.some((value) => value === '' || value !== value.trim()))
    faults.push('has a value that is empty or padded.');
  return faults;
}

function durationRuleFaults(input: Extract<InputSpec, { type: 'duration' }>): string[] {
  const limits = { min: input.min, max: input.max };
  const faults = Object.entries(limits)
    .filter(([, text]) => text !== undefined && durationSeconds(text) === undefined)
    .map(([limit, text]) => `has the ${limit} "${text}", which is no length of time.`);
  if (faults.length > 0) return faults;
  const [min, max] = [durationSeconds(input.min ?? '0s'), durationSeconds(input.max ?? '')];
  return min !== undefined && max !== undefined && min > max ? ['has a min above its max.'] : [];
}

async function defaultFaults(input: InputSpec): Promise<string[]> {
  const initial = defaultText(input);
  const faults: string[] = [];
  if (initial === undefined) return faults;
  if (input.secret) faults.push('is secret and has a default, which everybody can read.');
  if (input.required) faults.push('is required and has a default. Drop one of them.');
  if (initial.trim() === '')
    faults.push('has an empty default. Leave it out: an empty input is one that is not given.');
  if (/\$\{\{|\$\(|\$\[/.test(initial)) faults.push('has a default that a CI system would take for an expression.');
  const fault = await inputFault({ ...input, required: false, secret: false }, initial);
  if (fault !== undefined) faults.push(`has a default that it refuses: it ${fault}`);
  return faults;
}

function collisions(kind: string, names: readonly string[]): string[] {
  const azure = twins(names, (name) => camelCase(name).toLowerCase());
  const shell = twins(names, commandLineVariable).filter((pair) => !azure.includes(pair));
  return [
    ...azure.map((pair) => `the ${kind} ${pair} have one name on Azure Pipelines.`),
    ...shell.map((pair) => `the ${kind} ${pair} have one variable on the command line.`),
  ];
}

/** Names that become the same under `change`, as "a and b". */
function twins(names: readonly string[], change: (name: string) => string): string[] {
  return names.flatMap((name, index) =>
    names
      .slice(0, index)
      .filter((earlier) => change(earlier) === change(name))
      .map((earlier) => `${earlier} and ${name}`),
  );
}

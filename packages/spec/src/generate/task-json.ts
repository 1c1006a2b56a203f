import type { ActionSpec, InputSpec } from '../define.ts';
import { camelCase, pascalCase } from '../names.ts';
import { defaultText, groupsOf, ruleSentence } from '../words.ts';
import { author } from './constants.ts';
import { taskId } from './task-id.ts';

/**
 * The first agent that has the Node24 handler (microsoft/azure-pipelines-tasks, docs/migrateNode24.md); an older one updates itself. The
 * Node20_1 handler serves machines on which Node 24 does not start.
 */
const minimumAgentVersion = '4.265.1';

/** The name of an action's task in a pipeline: `MlopsTrain`. */
export function taskName(name: string): string {
  return `Mlops${pascalCase(name)}`;
}

/** The text of `actions/<name>/task.json`, the step's Azure Pipelines task. `version` is `major.minor.patch`. */
export function taskJson(spec: ActionSpec, version: string): string {
  const [major, minor, patch] = version.split('.').map(Number);
  const target = `dist/${spec.name}.js`;
  const post = `dist/${spec.name}.post.js`;
  const task = {
    id: taskId(spec.name),
    name: taskName(spec.name),
    friendlyName: spec.title,
    description: spec.summary,
    helpMarkDown: spec.summary,
    category: 'Utility',
    visibility: ['Build', 'Release'],
    author,
    version: { Major: major, Minor: minor, Patch: patch },
    minimumAgentVersion,
    instanceNameFormat: spec.title,
    showEnvironmentVariables: false,
    groups: groups(spec),
    inputs: [...groupsOf(spec.inputs).values()].flat().map(([name, input]) => inputEntry(name, input)),
    outputVariables: Object.entries(spec.outputs).map(([name, output]) => ({
      name: camelCase(name),
      description: output.help,
    })),
    execution: { Node24: { target }, Node20_1: { target } },
    ...(spec.post ? { postjobexecution: { Node24: { target: post }, Node20_1: { target: post } } } : {}),
  };
  return `${JSON.stringify(task, null, 2)}\n`;
}

/** `Provider: local` → `providerLocal`. */
export function groupName(heading: string): string {
  const words = heading.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return camelCase(words.join('-'));
}

/** The headings. One with a required input is open from the start, so that nobody overlooks it. */
function groups(spec: ActionSpec) {
  return [...groupsOf(spec.inputs)].flatMap(([heading, inputs]) =>
    heading === undefined
      ? []
      : [
          {
            name: groupName(heading),
            displayName: heading,
            isExpanded: inputs.some(([, input]) => input.required),
          },
        ],
  );
}

function inputEntry(name: string, input: InputSpec) {
  const initial = defaultText(input);
  const rule = input.type === 'choice' ? undefined : ruleSentence(input);
  return {
    name: camelCase(name),
    type: inputType(input),
    label: label(name),
    ...(initial === undefined ? {} : { defaultValue: initial }),
    required: input.required ?? false,
    helpMarkDown: rule === undefined ? input.help : `${input.help} ${rule}`,
    ...(input.group === undefined ? {} : { groupName: groupName(input.group) }),
    ...(input.type === 'choice' ? { options: Object.fromEntries(input.values.map((value) => [value, value])) } : {}),
  };
}

function inputType(input: InputSpec): 'string' | 'boolean' | 'pickList' | 'multiLine' {
  switch (input.type) {
    case 'flag':
      return 'boolean';
    case 'choice':
      return 'pickList';
    case 'text':
      return input.multiline ? 'multiLine' : 'string';
    case 'list':
    case 'mapping':
    case 'yaml':
      return 'multiLine';
    case 'number':
    case 'duration':
      return 'string';
  }
}

const abbreviations = new Set(['arn', 'cpu', 'gpu', 'http', 'id', 'kms', 'ms', 'uri', 'url', 'vpc']);

/** `model-uri` → `Model URI`. */
function label(name: string): string {
  const words = name.split('-').map((word) => (abbreviations.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

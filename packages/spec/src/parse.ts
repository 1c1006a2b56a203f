import { UserError } from '@mlops-actions/core';
import type { ActionSpec, DurationInput, InputSpec, Inputs, NumberInput, TextInput } from './define.ts';
import { durationRule, durationSeconds } from './duration.ts';
import { InputFault, shown } from './fault.ts';
import { camelCase } from './names.ts';
import { nearest } from './nearest.ts';
import { parseTextMapping, parseYamlValue } from './parse-yaml.ts';

/** Where raw inputs come from; every host is one. */
export interface InputSource {
  input(name: string): string | undefined;
  /** The names that the user gave, spelt as `spell` does, or in lower case where the host does not keep the case. */
  givenInputs(): readonly string[];
  spell(name: string): string;
}

/** Reads, checks and converts every input of `spec`. All faults are reported in one `UserError`, one line each. */
export async function parseInputs<S extends Pick<ActionSpec, 'inputs'>>(
  spec: S,
  source: InputSource,
): Promise<Inputs<S>> {
  const faults = misspeltInputs(Object.keys(spec.inputs), source);
  const values: Record<string, unknown> = {};
  for (const [name, input] of Object.entries(spec.inputs)) {
    try {
      values[camelCase(name)] = await parseInput(input, source.input(name));
    } catch (fault) {
      if (!(fault instanceof InputFault)) throw fault;
      faults.push(`Input \`${source.spell(name)}\` ${fault.message}`);
    }
  }
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  return values as Inputs<S>;
}

/** What is wrong with `text` as a value of one input, as the rest of a sentence; undefined when nothing is. */
export async function inputFault(spec: InputSpec, text: string | undefined): Promise<string | undefined> {
  try {
    await parseInput(spec, text);
    return undefined;
  } catch (fault) {
    if (fault instanceof InputFault) return fault.message;
    throw fault;
  }
}

function misspeltInputs(known: readonly string[], source: InputSource): string[] {
  const spelt = known.map((name) => source.spell(name));
  // Variables on GitHub and Azure Pipelines do not keep the case of a name.
  const names = new Set(spelt.flatMap((name) => [name, name.toLowerCase()]));
  return source
    .givenInputs()
    .filter((given) => !names.has(given))
    .map((given) => {
      const bare = nearest(withoutDashes(given), spelt.map(withoutDashes));
      const guess = spelt.find((name) => withoutDashes(name) === bare);
      const fix = guess === undefined ? `The inputs are: ${spelt.join(', ')}.` : `Did you mean \`${guess}\`?`;
      return `Input \`${given}\` does not exist. ${fix}`;
    });
}

function withoutDashes(option: string): string {
  return option.replace(/^-+/, '');
}

async function parseInput(spec: InputSpec, raw: string | undefined): Promise<unknown> {
  const text = raw?.trim();
  if (raw === undefined || text === undefined || text === '') return absentValue(spec);
  switch (spec.type) {
    case 'text':
      return parseText(spec, spec.multiline ? raw : text);
    case 'number':
      return parseNumber(spec, text);
    case 'flag':
      return parseFlag(spec, text);
    case 'choice':
      return parseChoice(spec, text);
    case 'list':
      return parseList(text);
    case 'duration':
      return parseDuration(spec, text);
    case 'mapping':
      return parseTextMapping(raw, spec.secret ?? false);
    case 'yaml':
      return parseYamlValue(raw, spec.secret ?? false);
  }
}

function absentValue(spec: InputSpec): unknown {
  if (spec.required) throw new InputFault(`is required. ${spec.help}`);
  switch (spec.type) {
    case 'list':
      return [];
    case 'mapping':
      return {};
    case 'yaml':
      return undefined;
    case 'duration':
      return spec.default === undefined ? undefined : durationSeconds(spec.default);
    default:
      return spec.default;
  }
}

function parseText(spec: TextInput, text: string): string {
  if (spec.pattern && !spec.pattern.test(text)) {
    throw new InputFault(
      `is ${shown(spec, text)}. It must be ${spec.rule ?? `text that matches ${spec.pattern.source}`}.`,
    );
  }
  return text;
}

function parseNumber(spec: NumberInput, text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = spec;
  if (!Number.isFinite(value) || value < min || value > max || (spec.integer && !Number.isSafeInteger(value))) {
    throw new InputFault(`is ${shown(spec, text)}. It must be ${numberRule(spec)}.`);
  }
  return value;
}

/** "a whole number from 1 to 100": the rule of a number input in words. */
export function numberRule(spec: { readonly integer?: boolean; readonly min?: number; readonly max?: number }): string {
  return `${spec.integer ? 'a whole number' : 'a number'}${rangeRule(spec)}`;
}

/** " from 1 to 100", " of at least 1", " of at most 100" or nothing. */
export function rangeRule(spec: { readonly min?: number | string; readonly max?: number | string }): string {
  if (spec.min !== undefined && spec.max !== undefined) return ` from ${spec.min} to ${spec.max}`;
  if (spec.min !== undefined) return ` of at least ${spec.min}`;
  return spec.max === undefined ? '' : ` of at most ${spec.max}`;
}

/** The booleans of YAML 1.2's core schema, as GitHub's own toolkit reads them. */
function parseFlag(spec: InputSpec, text: string): boolean {
  if (['true', 'True', 'TRUE'].includes(text)) return true;
  if (['false', 'False', 'FALSE'].includes(text)) return false;
  throw new InputFault(`is ${shown(spec, text)}. It must be true or false.`);
}

function parseChoice(spec: InputSpec & { readonly values: readonly string[] }, text: string): string {
  if (spec.values.includes(text)) return text;
  const guess = spec.secret ? undefined : nearest(text, spec.values);
  const rule = `It must be one of: ${spec.values.join(', ')}.`;
  throw new InputFault(`is ${shown(spec, text)}. ${rule}${guess === undefined ? '' : ` Did you mean ${guess}?`}`);
}

function parseList(text: string): string[] {
  return text
    .split(text.includes('\n') ? '\n' : ',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseDuration(spec: DurationInput, text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined) throw new InputFault(`is ${shown(spec, text)}. It must be ${durationRule}.`);
  const min = spec.min === undefined ? undefined : durationSeconds(spec.min);
  const max = spec.max === undefined ? undefined : durationSeconds(spec.max);
  if (min !== undefined && seconds < min) {
    throw new InputFault(`is ${shown(spec, text)}. It must be at least ${spec.min}.`);
  }
  if (max !== undefined && seconds > max)
    throw new InputFault(`is ${shown(spec, text)}. It must be at most ${spec.max}.`);
  return seconds;
}

import { type Json, UserError } from '@mlops-actions/core';
import type { ActionSpec, InputSpec, Inputs } from './define.ts';
import { camelCase, kebabCase } from './names.ts';
import { nearest } from './nearest.ts';

/** Where raw inputs come from; every host is one. */
export interface InputSource {
  input(name: string): string | undefined;
  givenInputs(): readonly string[];
  spell(name: string): string;
}

/** One thing wrong with one input's value; the sentence goes on after "Input `name`". */
class InputFault extends Error {}

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

function misspeltInputs(known: readonly string[], source: InputSource): string[] {
  const spelt = known.map((name) => source.spell(name));
  const names = new Set(known.map((name) => kebabCase(name)));
  return source
    .givenInputs()
    .filter((given) => !names.has(kebabCase(given)))
    .map((given) => {
      const guess = nearest(given, spelt);
      const fix = guess === undefined ? `The inputs are: ${spelt.join(', ')}.` : `Did you mean \`${guess}\`?`;
      return `Input \`${given}\` does not exist. ${fix}`;
    });
}

async function parseInput(spec: InputSpec, raw: string | undefined): Promise<unknown> {
  const text = raw?.trim() === '' ? undefined : raw;
  if (text === undefined) return absentValue(spec);
  switch (spec.type) {
    case 'text':
      return parseText(spec, text);
    case 'number':
      return parseNumber(spec, text);
    case 'flag':
      return parseFlag(text);
    case 'choice':
      return parseChoice(spec.values, text);
    case 'list':
      return parseList(text);
    case 'duration':
      return parseLimitedDuration(spec, text);
    case 'mapping':
      return toTextMapping(await parseYaml(text));
    case 'yaml':
      return parseYaml(text);
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
      return spec.default === undefined ? undefined : parseDuration(spec.default);
    default:
      return spec.default;
  }
}

function parseText(spec: Extract<InputSpec, { type: 'text' }>, raw: string): string {
  const text = spec.multiline ? raw : raw.trim();
  if (spec.pattern && !spec.pattern.test(text)) {
    throw new InputFault(
      `is ${shown(spec, text)}. It must be ${spec.rule ?? `text that matches ${spec.pattern.source}`}.`,
    );
  }
  return text;
}

function parseNumber(spec: Extract<InputSpec, { type: 'number' }>, raw: string): number {
  const text = raw.trim();
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = spec;
  if (!Number.isFinite(value) || value < min || value > max || (spec.integer && !Number.isSafeInteger(value))) {
    throw new InputFault(`is ${shown(spec, text)}. It must be ${numberRule(spec)}.`);
  }
  return value;
}

/** "a whole number from 1 to 100": the rule of a number input in words. */
export function numberRule(spec: { readonly integer?: boolean; readonly min?: number; readonly max?: number }): string {
  const kind = spec.integer ? 'a whole number' : 'a number';
  if (spec.min !== undefined && spec.max !== undefined) return `${kind} from ${spec.min} to ${spec.max}`;
  if (spec.min !== undefined) return `${kind} of at least ${spec.min}`;
  return spec.max === undefined ? kind : `${kind} of at most ${spec.max}`;
}

/** The booleans of YAML 1.2's core schema, as GitHub's own toolkit reads them. */
function parseFlag(raw: string): boolean {
  const text = raw.trim();
  if (['true', 'True', 'TRUE'].includes(text)) return true;
  if (['false', 'False', 'FALSE'].includes(text)) return false;
  throw new InputFault(`is "${text}". It must be true or false.`);
}

function parseChoice(values: readonly string[], raw: string): string {
  const text = raw.trim();
  if (values.includes(text)) return text;
  const guess = nearest(text, values);
  throw new InputFault(
    `is "${text}". It must be one of: ${values.join(', ')}.${guess === undefined ? '' : ` Did you mean ${guess}?`}`,
  );
}

function parseList(text: string): string[] {
  return text
    .split(text.includes('\n') ? '\n' : ',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90s`, `45m`, `2h`, `1d`, `1h30m` in seconds; undefined when the text is not a duration. */
export function durationSeconds(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)([smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * secondsPer[unit as keyof typeof secondsPer],
    0,
  );
}

function parseDuration(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined)
    throw new InputFault(`is "${text}". It must be a length of time: 90s, 45m, 2h, 1h30m or 1d.`);
  return seconds;
}

function parseLimitedDuration(spec: Extract<InputSpec, { type: 'duration' }>, raw: string): number {
  const text = raw.trim();
  const seconds = parseDuration(text);
  if (spec.min !== undefined && seconds < parseDuration(spec.min)) {
    throw new InputFault(`is "${text}". It must be at least ${spec.min}.`);
  }
  if (spec.max !== undefined && seconds > parseDuration(spec.max)) {
    throw new InputFault(`is "${text}". It must be at most ${spec.max}.`);
  }
  return seconds;
}

async function parseYaml(text: string): Promise<Json> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { version: '1.2', uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new InputFault(`is not valid YAML: ${error.message.split('\n')[0]}`);
  return document.toJS({ maxAliasCount: 100 }) as Json;
}

function toTextMapping(value: Json): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InputFault('must be a mapping with one `name: value` a line.');
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (item === null || typeof item === 'object')
        throw new InputFault(`has no plain value for "${key}". Write \`${key}: value\`.`);
      return [key, String(item)];
    }),
  );
}

/** A value in an error message; a secret's is never shown. */
function shown(spec: InputSpec, text: string): string {
  return spec.secret ? 'not acceptable (value hidden)' : `"${text}"`;
}

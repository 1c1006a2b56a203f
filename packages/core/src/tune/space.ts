import type { Json } from '../names.ts';

/** A value of a hyperparameter. */
export type ParameterValue = number | string | boolean;

/** One dimension of the search. */
export type Parameter =
  | { readonly kind: 'values'; readonly name: string; readonly values: readonly ParameterValue[] }
  | {
      readonly kind: 'range';
      readonly name: string;
      readonly min: number;
      readonly max: number;
      readonly scale: 'linear' | 'log';
      readonly type: 'integer' | 'float';
      readonly step?: number;
    };

/** An object as YAML or JSON has it. */
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads `parameters` of a tuning; what is wrong is added to `faults`, one sentence each. */
export function parseSpace(value: Json | undefined, faults: string[]): Parameter[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) {
    faults.push('`parameters` must name at least one hyperparameter: `lr: { min: 0.001, max: 0.1, scale: log }`.');
    return [];
  }
  return Object.entries(value)
    .map(([name, body]) => parseParameter(name, body, faults))
    .filter((parameter) => parameter !== undefined);
}

function parseParameter(name: string, body: Json, faults: string[]): Parameter | undefined {
  if (isJsonObject(body) && 'values' in body) return parseValues(name, body, faults);
  if (isJsonObject(body) && ('min' in body || 'max' in body)) return parseRange(name, body, faults);
  faults.push(`\`parameters.${name}\` must be { values: [...] } or { min, max }.`);
  return undefined;
}

function parseValues(name: string, body: JsonObject, faults: string[]): Parameter | undefined {
  const { values } = body;
  const before = faults.length;
  refuseUnknown(`parameters.${name}`, body, ['values'], faults);
  if (!Array.isArray(values) || values.length === 0 || !values.every(isParameterValue)) {
    faults.push(`\`parameters.${name}.values\` must be a list of numbers, texts or booleans, and not empty.`);
  } else if (new Set(values.map(String)).size < values.length) {
    faults.push(`\`parameters.${name}.values\` has a value twice. Take one out.`);
  }
  if (faults.length > before) return undefined;
  return { kind: 'values', name, values: values as ParameterValue[] };
}

function parseRange(name: string, body: JsonObject, faults: string[]): Parameter | undefined {
  const where = `parameters.${name}`;
  const before = faults.length;
  refuseUnknown(where, body, ['min', 'max', 'scale', 'type', 'step'], faults);
  const min = readNumber(where, 'min', body.min, faults);
  const max = readNumber(where, 'max', body.max, faults);
  const scale = readChoice(`${where}.scale`, body.scale ?? 'linear', ['linear', 'log'] as const, faults);
  const type = readChoice(`${where}.type`, body.type ?? 'float', ['integer', 'float'] as const, faults);
  const step = body.step === undefined ? undefined : readNumber(where, 'step', body.step, faults);
  if (faults.length > before || min === undefined || max === undefined) return undefined;
  if (min >= max) faults.push(`\`${where}\` has min ${min} and max ${max}. min must be less than max.`);
  if (scale === 'log' && min <= 0)
    faults.push(`\`${where}.min\` is ${min}. It must be more than 0 when the scale is log.`);
  if (scale === 'log' && step !== undefined)
    faults.push(`\`${where}.step\` does not go with the scale log. Give values instead.`);
  if (step !== undefined && step <= 0) faults.push(`\`${where}.step\` is ${step}. It must be more than 0.`);
  if (type === 'integer' && ![min, max, step ?? 1].every(Number.isSafeInteger)) {
    faults.push(`\`${where}\` is of type integer, so min, max and step must be whole numbers.`);
  }
  if (faults.length > before || scale === undefined || type === undefined) return undefined;
  return { kind: 'range', name, min, max, scale, type, ...(step === undefined ? {} : { step }) };
}

/** The values of a parameter that has few enough to list: given values, or a range with steps (a whole one has step 1). */
export function gridOf(parameter: Parameter): readonly ParameterValue[] | undefined {
  if (parameter.kind === 'values') return parameter.values;
  const count = pointsOf(parameter);
  if (count === undefined) return undefined;
  return Array.from({ length: count }, (_, index) => pointAt(parameter, index));
}

type Range = Extract<Parameter, { kind: 'range' }>;

function stepOf(range: Range): number | undefined {
  if (range.scale === 'log') return undefined;
  return range.step ?? (range.type === 'integer' ? 1 : undefined);
}

/** How many values a parameter has; undefined when it has no end of them. */
export function sizeOf(parameter: Parameter): number | undefined {
  if (parameter.kind === 'values') return parameter.values.length;
  if (parameter.scale === 'log' && parameter.type === 'integer') return parameter.max - parameter.min + 1;
  return pointsOf(parameter);
}

function pointsOf(range: Range): number | undefined {
  const step = stepOf(range);
  // Twelve digits take away the noise of binary fractions: (0.3 - 0.1) / 0.1 is 2 steps.
  return step === undefined ? undefined : Math.floor(rounded((range.max - range.min) / step)) + 1;
}

function pointAt(range: Range, index: number): number {
  return rounded(range.min + index * (stepOf(range) ?? 0));
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

/** The value of a parameter at `position` in [0, 1): uniform over its values, its range, or the logarithm of its range. */
export function valueAt(parameter: Parameter, position: number): ParameterValue {
  if (parameter.kind === 'values') return parameter.values[Math.floor(position * parameter.values.length)] ?? '';
  const { min, max, scale, type } = parameter;
  const points = pointsOf(parameter);
  if (points !== undefined) return pointAt(parameter, Math.floor(position * points));
  if (scale === 'linear') return clamp(min + position * (max - min), min, max);
  const value = Math.exp(Math.log(min) + position * (Math.log(max) - Math.log(min)));
  return clamp(type === 'integer' ? Math.round(value) : value, min, max);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function isParameterValue(value: Json): value is ParameterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** Adds a fault for every key of `body` that is not in `known`. */
export function refuseUnknown(where: string, body: JsonObject, known: readonly string[], faults: string[]): void {
  for (const key of Object.keys(body)) {
    if (!known.includes(key)) faults.push(`\`${where}\` has no "${key}". It may have: ${known.join(', ')}.`);
  }
}

function readNumber(where: string, key: string, value: Json | undefined, faults: string[]): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const fault = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  faults.push(`\`${where}.${key}\` ${fault}. It must be a number${hintOf(value)}.`);
  return undefined;
}

/** YAML 1.2 reads `1e-4` as a number and `1e-4x` or `"1"` as text. */
function hintOf(value: Json | undefined): string {
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? ', without quotes' : '';
}

export function readChoice<V extends string>(
  where: string,
  value: Json | undefined,
  allowed: readonly V[],
  faults: string[],
): V | undefined {
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) {
    const fault = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
    faults.push(`\`${where}\` ${fault}. It must be ${allowed.join(' or ')}.`);
  }
  return found;
}

/** A whole number of at least `min` and at most `max`. */
export function readCount(
  where: string,
  value: Json | undefined,
  min: number,
  max: number,
  faults: string[],
): number | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  const fault = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  faults.push(`\`${where}\` ${fault}. It must be a whole number from ${min} to ${max}.`);
  return undefined;
}

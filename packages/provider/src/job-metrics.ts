import { UserError } from '@mlops-actions/core';
import type { MetricDefinition } from './jobs.ts';
import { isObject } from './shapes.ts';

export type Metrics = Readonly<Record<string, number>>;

/** More bytes than a metrics file can need, and little enough to read. */
const metricsFileLimit = 10_000_000;

/**
 * The numbers in the text of a metrics file: an object of numbers, at any depth; a nested one is named `outer.inner`. Text, booleans, nulls
 * and lists are left out. A text that is not such an object is a `UserError`.
 */
export function parseMetrics(text: string): Metrics {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const cause = /\b(NaN|-?Infinity)\b/.exec(text)?.[1];
    const hint =
      cause === undefined
        ? `${(error as Error).message}.`
        : `JSON has no ${cause}; leave that metric out or write null.`;
    throw new UserError(`metrics.json is not valid JSON: ${hint}`);
  }
  if (!isObject(value)) throw new UserError('metrics.json must hold an object: {"accuracy": 0.9}.');
  return Object.fromEntries(numbersIn(value, ''));
}

/** Throws a `UserError` for a metrics file of so many bytes that it cannot be one. */
export function requireMetricsSize(bytes: number): void {
  if (bytes > metricsFileLimit)
    throw new UserError(`metrics.json has ${bytes} bytes; ${metricsFileLimit} is the most.`);
}

function numbersIn(value: Readonly<Record<string, unknown>>, prefix: string): [string, number][] {
  return Object.entries(value).flatMap(([key, item]): [string, number][] => {
    if (typeof item === 'number') {
      if (Number.isFinite(item)) return [[`${prefix}${key}`, item]];
      throw new UserError(`metrics.json has a number for "${prefix}${key}" that is too large. Leave that metric out.`);
    }
    return isObject(item) ? numbersIn(item, `${prefix}${key}.`) : [];
  });
}

/** Watches log lines for metrics; the last match of each counts. A match that is no finite number (`nan`) takes the metric away. */
export function metricsFromLog(definitions: readonly MetricDefinition[]): {
  see(line: string): void;
  metrics(): Metrics;
} {
  const compiled = definitions.map(({ name, pattern }) => ({ name, expression: compileMetric(name, pattern) }));
  const found = new Map<string, number>();
  return {
    see: (line) => {
      for (const { name, expression } of compiled) {
        const text = [...line.matchAll(expression)].at(-1)?.[1];
        if (text === undefined) continue;
        const value = text.trim() === '' ? Number.NaN : Number(text);
        if (Number.isFinite(value)) found.set(name, value);
        else found.delete(name);
      }
    },
    metrics: () => Object.fromEntries(found),
  };
}

function compileMetric(name: string, pattern: string): RegExp {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, 'g');
  } catch (error) {
    throw new UserError(`The pattern of metric "${name}" is not a regular expression: ${(error as Error).message}.`);
  }
  const groups = (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
  if (groups > 0) return expression;
  throw new UserError(
    `The pattern of metric "${name}" has no group. Put the number in parentheses: ${name}[=:] *([-+.eE\\d]+).`,
  );
}

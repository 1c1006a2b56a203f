import { readFile } from 'node:fs/promises';
import { UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';

/** Reads a file that an input names. One that cannot be read is a `UserError` that names the input. */
export async function readInputFile(path: string, input: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new UserError(`Input \`${input}\`: ${path} ${why}. Give the path of a file.`);
  }
}

/** Parses a metrics file: a JSON object of names and finite numbers. */
export function parseMetrics(text: string, path: string): Readonly<Record<string, number>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = /\b(?:NaN|Infinity)\b/.test(text)
      ? 'NaN and Infinity are not JSON; leave such a metric out.'
      : 'Repair it.';
    throw new UserError(`Input \`metrics\`: ${path} is not valid JSON (${(error as Error).message}). ${hint}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`Input \`metrics\`: ${path} is not a JSON object. Write {"accuracy": 0.93}.`);
  }
  for (const [name, metric] of Object.entries(value)) {
    if (typeof metric === 'number' && Number.isFinite(metric)) continue;
    throw new UserError(
      `Input \`metrics\`: "${name}" in ${path} is ${describe(metric)}. Every metric must be a finite number, as in {"accuracy": 0.93}.`,
    );
  }
  return value as Readonly<Record<string, number>>;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 40))}` : String(value);
}

import { createHash } from 'node:crypto';
import { UserError } from './errors.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON text with object keys sorted at every depth: equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * The deterministic name of a resource: `<prefix>-<12 hex digits of what makes it>`. The same ingredients give the same name, so a
 * re-run finds the job it started before. The prefix is cut so that the whole fits `maxLength` (63 is SageMaker's limit for a job).
 */
export function derivedName(prefix: string, ingredients: Json, maxLength = 63): string {
  const suffix = `-${sha256(canonicalJson(ingredients)).slice(0, 12)}`;
  const head = prefix.slice(0, maxLength - suffix.length).replace(/-+$/, '');
  return `${head}${suffix}`;
}

/** What every provider accepts as a name. */
export const resourceNamePattern = /^(?=.{1,63}$)[A-Za-z0-9](?:-?[A-Za-z0-9])*$/;

/** `resourceNamePattern` in words. */
export const resourceNameRule =
  '1 to 63 letters, digits and single hyphens, starting and ending with a letter or digit';

export function isResourceName(text: string): boolean {
  return resourceNamePattern.test(text);
}

/** What an alias of a model version may be called; it follows the colon in `churn:champion`. */
export const aliasPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** `aliasPattern` in words. */
export const aliasRule = '1 to 63 letters, digits, hyphens and underscores, starting with a letter or digit';

/** `name@version` or `name:alias`, parsed. A bare name has neither. */
export interface ModelReference {
  readonly name: string;
  readonly version?: number;
  readonly alias?: string;
}

/** Parses `churn@7`, `churn:champion` or `churn`. Throws a `UserError` that names the text and the forms allowed. */
export function parseModelReference(text: string): ModelReference {
  const match = /^([^@:]+)(?:@([1-9]\d{0,8})|:([A-Za-z0-9][A-Za-z0-9_-]{0,62}))?$/.exec(text);
  const name = match?.[1];
  if (name === undefined || !isResourceName(name)) {
    throw new UserError(
      `"${text}" is not a model reference. Write name@version (churn@7) or name:alias (churn:champion); a name is ${resourceNameRule}.`,
    );
  }
  if (match?.[2] !== undefined) return { name, version: Number(match[2]) };
  if (match?.[3] !== undefined) return { name, alias: match[3] };
  return { name };
}

export function formatModelReference(reference: ModelReference): string {
  if (reference.version !== undefined) return `${reference.name}@${reference.version}`;
  return reference.alias === undefined ? reference.name : `${reference.name}:${reference.alias}`;
}

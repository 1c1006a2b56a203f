import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isResourceName, resourceNameRule, UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import type { Inputs } from '@mlops-actions/spec';
import type { Schema, TableFormat } from '@mlops-actions/tabular';
import { isAbsent } from './absent.ts';
import { parseSchema } from './schema-file.ts';
import type { spec } from './spec.ts';

export type PrepareInputs = Inputs<typeof spec>;

/** One part of a split. */
export interface Share {
  readonly name: string;
  readonly fraction: number;
}

/** What to do with the tables: the inputs, checked against each other. */
export interface TablePlan {
  readonly format: TableFormat | 'auto' | 'files';
  readonly schema: Schema | undefined;
  /** Empty: no split. */
  readonly shares: readonly Share[];
  readonly seed: number;
  readonly by: { readonly kind: 'stratify' | 'group'; readonly column: string } | undefined;
}

/** Throws a `UserError` for inputs that do not go together and for a schema that is none. Reads only the schema. */
export async function planTables(inputs: PrepareInputs, workingDirectory: string): Promise<TablePlan> {
  const faults = conflicts(inputs);
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  const by = (['stratify', 'group'] as const).flatMap((kind) => {
    const column = inputs[kind];
    return column === undefined ? [] : [{ kind, column }];
  })[0];
  return {
    format: inputs.format,
    schema: inputs.schema === undefined ? undefined : await readSchema(inputs.schema, workingDirectory),
    shares: sharesOf(inputs.split),
    seed: inputs.seed,
    by,
  };
}

function conflicts(inputs: PrepareInputs): string[] {
  const { stratify, group, format, schema } = inputs;
  const isSplit = Object.keys(inputs.split).length > 0;
  return [
    ...(inputs.entryPoint === undefined && inputs.data === undefined
      ? ['Give `data`, the files to store, or `entry-point`, a script that makes them.']
      : []),
    ...(inputs.entryPoint === undefined && Object.keys(inputs.arguments).length > 0
      ? ['`arguments` are for a script, and there is no `entry-point`. Give one, or leave `arguments` out.']
      : []),
    ...(stratify !== undefined && group !== undefined
      ? ['`stratify` and `group` cannot both hold. Leave one of them out.']
      : []),
    ...(!isSplit && (stratify ?? group) !== undefined
      ? ['`stratify` and `group` say how to split. Give `split` too, for example `train: 0.8` and `test: 0.2`.']
      : []),
    ...(format === 'files' && (isSplit || schema !== undefined)
      ? ['`format: files` stores files unread: it goes neither with `schema` nor with `split`.']
      : []),
  ];
}

function sharesOf(split: PrepareInputs['split']): readonly Share[] {
  const shares = Object.entries(split).map(([name, text]) => ({ name, fraction: fractionOf(name, text) }));
  const sum = shares.reduce((total, { fraction }) => total + fraction, 0);
  if (shares.length > 0 && Math.abs(sum - 1) > 1e-9) {
    throw new UserError(`The shares in \`split\` sum to ${Number(sum.toPrecision(12))}. They must sum to 1.`);
  }
  return shares;
}

function fractionOf(name: string, text: string): number {
  if (!isResourceName(name)) {
    throw new UserError(
      `"${name.slice(0, 80)}" in \`split\` is not a name for a split. It must be ${resourceNameRule}.`,
    );
  }
  const fraction = /^(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (fraction > 0 && fraction <= 1) return fraction;
  throw new UserError(`The share of "${name}" in \`split\` is "${text}". It must be over 0 and at most 1.`);
}

async function readSchema(path: string, workingDirectory: string): Promise<Schema> {
  let text: string;
  try {
    text = await readFile(resolve(workingDirectory, path), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'EISDIR')
      throw new UserError(`\`schema\` is ${path}, a folder. Give a YAML or JSON file.`);
    if (!isAbsent(error)) throw error;
    throw new UserError(`\`schema\` is ${path}, which does not exist. Check the path.`);
  }
  return parseSchema(text, path);
}

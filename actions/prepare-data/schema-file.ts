import { UserError } from '@mlops-actions/core';
import { nearest } from '@mlops-actions/spec';
import {
  type CellValue,
  type ColumnRule,
  type ColumnType,
  cellValue,
  columnTypes,
  type Limit,
  type Schema,
} from '@mlops-actions/tabular';
import type { Document } from 'yaml';

const schemaKeys = ['columns', 'extra-columns', 'min-rows'];
const columnKeys = ['type', 'required', 'nullable', 'max-null-rate', 'min', 'max', 'allowed', 'unique', 'pattern'];

/** Collects what is wrong with a schema, so that all of it is said at once. */
type Report = (where: string, sentence: string) => undefined;

/**
 * Reads a schema file, YAML 1.2 or JSON:
 *
 *     extra-columns: forbid        # or allow, the default
 *     min-rows: 100
 *     columns:
 *       age: { type: integer, min: 0, max: 120 }
 *
 * A column is `required` unless it says otherwise, and not `nullable` unless it or a `max-null-rate` says so. Throws a `UserError` with
 * every fault, each with its column and key.
 */
export async function parseSchema(text: string, path: string): Promise<Schema> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { version: '1.2', uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new UserError(`${path}: ${problem.message.split('\n')[0]?.replace(/:$/, '.')}`);
  const faults: string[] = [];
  const report: Report = (where, sentence) => void faults.push(`${path}: ${where} ${sentence}`);
  const schema = schemaOf(plainValue(document, path), report);
  if (faults.length > 0) throw new UserError(faults.join('\n'));
  return schema;
}

/** As maps, which have no prototype to fall into; aliases may unfold to a hundred values. */
function plainValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch {
    throw new UserError(`${path}: uses its aliases (\`*name\`) too often. Write the values out.`);
  }
}

function schemaOf(value: unknown, report: Report): Schema {
  const entries = mapOf(value, 'the schema', report);
  reportUnknown(entries, schemaKeys, 'the schema', report);
  const columns = mapOf(entries.get('columns') ?? new Map(), '`columns`', report);
  if (columns.size === 0) report('`columns`', 'names no column. Write `columns:` and below it `name: { type: … }`.');
  const extra = entries.get('extra-columns') ?? 'allow';
  if (extra !== 'allow' && extra !== 'forbid') {
    report('`extra-columns`', `is ${shown(extra)}. It must be allow or forbid.`);
  }
  const minRows = entries.get('min-rows') ?? 0;
  if (!Number.isSafeInteger(minRows) || (minRows as number) < 0) {
    report('`min-rows`', `is ${shown(minRows)}. It must be a whole number of at least 0.`);
  }
  return {
    columns: new Map([...columns].map(([name, rule]) => [name, ruleOf(name, rule, report)])),
    extraColumns: extra === 'forbid' ? 'forbid' : 'allow',
    minRows: minRows as number,
  };
}

function ruleOf(column: string, value: unknown, report: Report): ColumnRule {
  const where = `column ${JSON.stringify(column)}`;
  const entries = mapOf(value ?? new Map(), where, report);
  reportUnknown(entries, columnKeys, where, report);
  const at = (key: string): string => `${where}, \`${key}\``;
  const isText = entries.has('allowed') || entries.has('pattern');
  const type = typeOf(entries.get('type'), at('type'), report) ?? (isText ? 'string' : undefined);
  const maxNullRate = rateOf(entries.get('max-null-rate'), at('max-null-rate'), report);
  const nullable = flagOf(entries.get('nullable'), at('nullable'), report);
  if (nullable === false && maxNullRate !== undefined) {
    report(at('max-null-rate'), 'allows nulls and `nullable: false` forbids them. Leave one out.');
  }
  const [min, max] = (['min', 'max'] as const).map((key) => limitOf(entries.get(key), type, at(key), report));
  if (min !== undefined && max !== undefined && min.value > max.value) {
    report(at('min'), `is ${min.text}, over \`max: ${max.text}\`.`);
  }
  const allowed = allowedOf(entries.get('allowed'), type, at('allowed'), report);
  const pattern = patternOf(entries.get('pattern'), type, at('pattern'), report);
  return {
    ...(type === undefined ? {} : { type }),
    required: flagOf(entries.get('required'), at('required'), report) ?? true,
    nullable: nullable ?? maxNullRate !== undefined,
    ...(maxNullRate === undefined ? {} : { maxNullRate }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(allowed === undefined ? {} : { allowed }),
    unique: flagOf(entries.get('unique'), at('unique'), report) ?? false,
    ...(pattern === undefined ? {} : { pattern }),
  };
}

function mapOf(value: unknown, where: string, report: Report): ReadonlyMap<string, unknown> {
  if (!(value instanceof Map)) {
    report(where, `is ${shown(value)}. It must be a mapping with one \`name: value\` a line.`);
    return new Map();
  }
  return new Map([...value].map(([key, item]) => [String(key), item]));
}

function reportUnknown(entries: ReadonlyMap<string, unknown>, known: readonly string[], where: string, report: Report) {
  for (const key of entries.keys()) {
    if (known.includes(key)) continue;
    const guess = nearest(key, known);
    const fix = guess === undefined ? `The keys are: ${known.join(', ')}.` : `Did you mean \`${guess}\`?`;
    report(where, `has the unknown key \`${key}\`. ${fix}`);
  }
}

function typeOf(value: unknown, where: string, report: Report): ColumnType | undefined {
  const type = columnTypes.find((name) => name === value);
  if (type !== undefined || value === undefined) return type;
  const guess = typeof value === 'string' ? nearest(value, columnTypes) : undefined;
  const fix = guess === undefined ? '' : ` Did you mean ${guess}?`;
  return report(where, `is ${shown(value)}. It must be one of: ${columnTypes.join(', ')}.${fix}`);
}

function flagOf(value: unknown, where: string, report: Report): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  return report(where, `is ${shown(value)}. It must be true or false.`);
}

function rateOf(value: unknown, where: string, report: Report): number | undefined {
  if (value === undefined || (typeof value === 'number' && value >= 0 && value <= 1)) return value;
  return report(where, `is ${shown(value)}. It must be a number from 0 to 1.`);
}

function limitOf(value: unknown, type: ColumnType | undefined, where: string, report: Report): Limit | undefined {
  if (value === undefined) return undefined;
  if (type === undefined || type === 'string' || type === 'boolean') {
    return report(where, 'needs a `type` with an order: integer, number, date or timestamp.');
  }
  const read = typeof value === 'number' || typeof value === 'string' ? typedValue(value, type) : undefined;
  if (typeof read !== 'number') return report(where, `is ${shown(value)}, which is not of the column's type ${type}.`);
  return { value: read, text: String(value) };
}

function allowedOf(
  value: unknown,
  type: ColumnType | undefined,
  where: string,
  report: Report,
): ReadonlySet<CellValue> | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    return report(where, `is ${shown(value)}. It must be a list of values: \`[a, b]\`.`);
  }
  const values = value.map((item: unknown) => typedValue(item, type ?? 'string'));
  const wrong = values.indexOf(undefined);
  if (wrong === -1) return new Set(values as CellValue[]);
  return report(
    where,
    `holds ${shown(value[wrong])}, which is not of the type ${type ?? 'string'}. Give the column that type.`,
  );
}

/** A value of the schema as a cell of the column would be. A number column's limits are numbers; dates are text. */
function typedValue(value: unknown, type: ColumnType): CellValue | undefined {
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  return cellValue(type, value, false);
}

function patternOf(value: unknown, type: ColumnType | undefined, where: string, report: Report): RegExp | undefined {
  if (value === undefined) return undefined;
  if (type !== undefined && type !== 'string') return report(where, `is for text, and the column's type is ${type}.`);
  if (typeof value !== 'string') return report(where, `is ${shown(value)}. It must be a regular expression in quotes.`);
  try {
    return new RegExp(value, 'u');
  } catch (error) {
    return report(where, `is not a regular expression: ${(error as Error).message}`);
  }
}

function shown(value: unknown): string {
  if (value instanceof Map) return 'a mapping';
  const text = JSON.stringify(value) ?? 'empty';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

import type { Json } from '@mlops-actions/core';
import type { Alias, Document, Node, Scalar } from 'yaml';
import { InputFault } from './fault.ts';

/** Aliases that one document may expand to, against inputs that unfold to gigabytes. */
const maxAliases = 100;

type Yaml = typeof import('yaml');

/** YAML 1.2 (so also JSON) text as a JSON value. Throws an `InputFault` that shows nothing of the text when it is `secret`. */
export async function parseYamlValue(text: string, secret: boolean): Promise<Json> {
  const yaml = await import('yaml');
  const document = parsed(yaml, text, secret);
  yaml.visit(document, {
    Pair: (_, pair) => void plainKey(yaml, document, pair.key as Node, secret),
    Scalar: (_, scalar) => void finite(scalar, secret),
  });
  try {
    const value = document.toJS({ maxAliasCount: maxAliases }) as Json;
    // An alias inside its own anchor makes a value without end, which is no JSON.
    JSON.stringify(value);
    return value;
  } catch {
    throw new InputFault(`uses its aliases (\`*name\`) too often or inside themselves. Write the values out.`);
  }
}

/**
 * A YAML mapping of names to plain values, each as text exactly as it was written: `1e-4`, `0.10`, `007` and `yes` stay what
 * they are. Throws an `InputFault` that shows nothing of the text when it is `secret`.
 */
export async function parseTextMapping(text: string, secret: boolean): Promise<Readonly<Record<string, string>>> {
  const yaml = await import('yaml');
  const document = parsed(yaml, text, secret);
  const contents = resolved(yaml, document, document.contents);
  if (!yaml.isMap(contents)) throw new InputFault('must be a mapping with one `name: value` a line.');
  const entries = new Map<string, string>();
  for (const { key, value } of contents.items) {
    const name = plainKey(yaml, document, key as Node, secret);
    const place = secret ? 'one of its names' : JSON.stringify(name);
    if (entries.has(name)) throw new InputFault(`has ${place} twice.`);
    const plain = resolved(yaml, document, value as Node | null);
    if (!yaml.isScalar(plain) || plain.value === null) {
      throw new InputFault(
        `has no plain value for ${place}. Write \`name: value\`, and a value that is empty or null in quotes.`,
      );
    }
    entries.set(name, written(plain));
  }
  return Object.fromEntries(entries);
}

function parsed(yaml: Yaml, text: string, secret: boolean): Document.Parsed {
  let document: Document.Parsed;
  try {
    const uniqueKeys = (a: Node, b: Node) => yaml.isScalar(a) && yaml.isScalar(b) && written(a) === written(b);
    document = yaml.parseDocument(text, { version: '1.2', uniqueKeys });
  } catch (error) {
    if (error instanceof RangeError) throw new InputFault('is not valid YAML: it is nested too deeply.');
    throw error;
  }
  const [problem] = [...document.errors, ...document.warnings];
  if (problem === undefined) {
    checkAliases(yaml, document, secret);
    return document;
  }
  if (secret) throw new InputFault(`is not valid YAML (line ${problem.linePos?.[0].line ?? 1}).`);
  throw new InputFault(`is not valid YAML: ${(problem.message.split('\n')[0] ?? '').replace(/:$/, '.')}`);
}

function checkAliases(yaml: Yaml, document: Document, secret: boolean): void {
  let count = 0;
  yaml.visit(document, {
    Alias: (_, alias) => {
      count += 1;
      if (count > maxAliases) throw new InputFault(`uses more than ${maxAliases} aliases. Write the values out.`);
      if (alias.resolve(document) !== undefined) return;
      throw new InputFault(
        `uses an alias${secret ? '' : ` \`*${alias.source}\``} without an anchor. Put it in quotes.`,
      );
    },
  });
}

/** A key as written. Keys that are no plain text, and the one that would change an object's prototype, are faults. */
function plainKey(yaml: Yaml, document: Document, key: Node | null, secret: boolean): string {
  const scalar = resolved(yaml, document, key);
  if (!yaml.isScalar(scalar) || scalar.value === null) throw new InputFault('has a name that is not plain text.');
  const name = written(scalar);
  if (name === '' || name === '__proto__') {
    throw new InputFault(secret ? 'has a name that is not allowed.' : `has the name "${name}", which is not allowed.`);
  }
  return name;
}

function resolved(yaml: Yaml, document: Document, node: Node | null): Exclude<Node, Alias> | null | undefined {
  return yaml.isAlias(node) ? (node.resolve(document) as Exclude<Node, Alias> | undefined) : node;
}

function written(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
}

function finite(scalar: Scalar, secret: boolean): void {
  if (typeof scalar.value !== 'number' || Number.isFinite(scalar.value)) return;
  throw new InputFault(`has the number ${secret ? '' : `${scalar.source} `}that is not finite. Put it in quotes.`);
}

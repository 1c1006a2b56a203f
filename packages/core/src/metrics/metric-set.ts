import { UserError } from '../errors.ts';
import { isMap, type Tree } from './tolerant-json.ts';

/** One metric of one model, over all rows or over one slice of them. */
export interface MetricValue {
  readonly metric: string;
  readonly slice?: string;
  /** May be NaN or infinite: then the file says so. */
  readonly value: number;
  /** Where in the file it stands, keys joined by dots. */
  readonly path: string;
  /** What the producer calls standard deviation (SageMaker's is that of the residuals): shown, never reckoned with. */
  readonly deviation?: number;
}

/** Every metric that one source holds. */
export interface MetricSet {
  /** How messages name it: a path or a model reference. */
  readonly source: string;
  /** By `metricKey`. */
  readonly values: ReadonlyMap<string, MetricValue>;
  /** Other names of the same values, such as full paths; name to key. */
  readonly aliases: ReadonlyMap<string, string>;
  /** What stands where a number should, by key: `the text "high"`. */
  readonly unusable: ReadonlyMap<string, string>;
}

/** `recall[segment=new]`, or `recall` over all rows. */
export function metricKey(metric: string, slice?: string): string {
  return slice === undefined ? metric : `${metric}[${slice}]`;
}

/** One spelling for a slice: `b=2, a = 1` becomes `a=1,b=2`. */
export function normalSlice(text: string): string {
  return text
    .split(',')
    .map((condition) => condition.trim().replace(/\s*=\s*/, '='))
    .sort()
    .join(',');
}

export function findMetric(set: MetricSet, metric: string, slice?: string): MetricValue | undefined {
  const key = metricKey(metric, slice);
  return set.values.get(key) ?? set.values.get(set.aliases.get(key) ?? key);
}

/** A number found in a tree, before it has its final name. */
export interface Leaf {
  readonly path: readonly string[];
  readonly slice?: string;
  readonly value: Tree;
  readonly deviation?: Tree;
}

/** Turns leaves into a set. `nameOf` gives a leaf's name; when two leaves of a slice get the same, both keep their full paths. */
export function metricSet(
  source: string,
  leaves: readonly Leaf[],
  nameOf: (path: readonly string[]) => string = dotted,
): MetricSet {
  const uses = new Map<string, number>();
  for (const leaf of leaves) {
    const key = metricKey(nameOf(leaf.path), leaf.slice);
    uses.set(key, (uses.get(key) ?? 0) + 1);
  }
  const values = new Map<string, MetricValue>();
  const aliases = new Map<string, string>();
  const unusable = new Map<string, string>();
  for (const leaf of leaves) {
    const short = nameOf(leaf.path);
    const metric = uses.get(metricKey(short, leaf.slice)) === 1 ? short : dotted(leaf.path);
    const key = metricKey(metric, leaf.slice);
    if (values.has(key) || unusable.has(key)) {
      throw new UserError(`${source} holds ${key} twice. Rename one of the two.`);
    }
    const value = numberOf(leaf.value);
    if (value === undefined) {
      unusable.set(key, described(leaf.value));
      continue;
    }
    const deviation = leaf.deviation === undefined ? undefined : numberOf(leaf.deviation);
    values.set(key, {
      metric,
      ...(leaf.slice === undefined ? {} : { slice: leaf.slice }),
      value,
      path: dotted(leaf.path),
      ...(deviation === undefined ? {} : { deviation }),
    });
    for (const other of otherNames(leaf)) aliases.set(metricKey(other, leaf.slice), key);
  }
  return { source, values, aliases, unusable };
}

function otherNames(leaf: Leaf): string[] {
  const full = dotted(leaf.path);
  return leaf.deviation === undefined ? [full] : [full, `${full}.value`];
}

export function dotted(path: readonly string[]): string {
  return path.join('.');
}

const notFinite: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]);

/** A number, or a text that is exactly one (`"0.93"`, SageMaker's `"NaN"`). Never a percentage, a boolean or a decimal comma. */
export function numberOf(value: Tree): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (/^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)) return Number(value);
  return notFinite.get(value.toLowerCase());
}

function described(value: Tree): string {
  if (value === null) return 'null';
  if (typeof value === 'string') {
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  }
  if (isMap(value)) return 'a mapping';
  return Array.isArray(value) ? 'a list' : String(value as boolean | number);
}

/**
 * Walks nested mappings down to their values. A mapping `{"value": 0.9, "standard_deviation": …}` is one value, as SageMaker writes it.
 * `slices` at the top holds one mapping of metrics a slice: `{"slices": {"segment=new": {"recall": 0.8}}}`.
 */
export function leavesOf(tree: Tree, source: string): Leaf[] {
  if (!isMap(tree))
    throw new UserError(`${source} holds ${described(tree)}. A metrics file is a mapping of names to numbers.`);
  const slices = tree.get('slices');
  if (!isMap(slices)) return walk(tree, []);
  const whole = new Map([...tree].filter(([key]) => key !== 'slices'));
  return [
    ...walk(whole, []),
    ...[...slices].flatMap(([name, metrics]) => {
      if (!isMap(metrics))
        throw new UserError(
          `${source}: the slice "${name}" holds ${described(metrics)}. Write its metrics as a mapping.`,
        );
      return walk(metrics, []).map((leaf) => ({ ...leaf, slice: normalSlice(name) }));
    }),
  ];
}

function walk(tree: ReadonlyMap<string, Tree>, path: readonly string[]): Leaf[] {
  return [...tree].flatMap(([key, value]): Leaf[] => {
    const here = [...path, key];
    if (!isMap(value)) return [{ path: here, value }];
    const inner = value.get('value');
    if (inner === undefined || isMap(inner) || !isOnlyAValue(value)) return walk(value, here);
    return [{ path: here, value: inner, deviation: value.get('standard_deviation') ?? null }];
  });
}

function isOnlyAValue(value: ReadonlyMap<string, Tree>): boolean {
  return [...value.keys()].every((key) => key === 'value' || key === 'standard_deviation');
}

import type { PairedComparison } from '../../metrics/paired.ts';
import type { Part, TestSet } from '../test-set.ts';

/** What both models show on some rows, and the standard error of their difference. */
export interface StubFigures {
  readonly candidate?: number;
  readonly champion?: number;
  readonly error?: number;
  readonly rows?: number;
}

/** Figures by metric, for all rows and by part: `{ accuracy: …, 'accuracy[segment=new]': … }`. */
export type Stub = Readonly<Record<string, StubFigures>>;

/** A test set of stated figures, for tests of the judge alone. Intervals are symmetric and widen with the confidence. */
export function stubTestSet(stub: Stub, { rows = 1000, paired = true } = {}): TestSet {
  const figuresOf = (metric: string, part?: Part): StubFigures => stub[part ? `${metric}[${part.name}]` : metric] ?? {};
  const names = Object.keys(stub);
  const partOf = (name: string): Part => {
    const key = names.find((other) => other.endsWith(`[${name}]`));
    return { name, rows: new Uint32Array(stub[key ?? '']?.rows ?? 500) };
  };
  const value = (metric: string, model: 'candidate' | 'champion', part?: Part): number | { undefined: string } =>
    figuresOf(metric, part)[model] ?? { undefined: 'one class only' };
  const width = (metric: string, confidence: number, part?: Part): number =>
    -Math.log(1 - confidence) * (figuresOf(metric, part).error ?? 0);
  return {
    source: 'predictions.csv',
    rows,
    paired,
    task: 'binary',
    metrics: [...new Set(names.map((name) => name.replace(/\[.*/, '')))],
    knows: (metric) => names.some((name) => name === metric || name.startsWith(`${metric}[`)),
    part: (slice) =>
      names.some((name) => name.endsWith(`[${slice}]`))
        ? partOf(slice)
        : { undefined: `predictions.csv has no row with ${slice}` },
    groups: (columns) =>
      [...new Set(names.flatMap((name) => /\[(.*)\]/.exec(name)?.[1] ?? []))]
        .filter((name) => columns.every((column) => name.includes(`${column}=`)))
        .sort()
        .map(partOf),
    value,
    bounds(metric, confidence, part) {
      const own = value(metric, 'candidate', part);
      if (typeof own === 'object') return own;
      const half = width(metric, confidence, part);
      return { lo: own - half, hi: own + half };
    },
    compare(metric, confidence, part): PairedComparison | { undefined: string } {
      const candidate = value(metric, 'candidate', part);
      const champion = value(metric, 'champion', part);
      if (typeof candidate === 'object') return candidate;
      if (typeof champion === 'object') return champion;
      const difference = candidate - champion;
      const half = width(metric, confidence, part);
      return {
        metric,
        candidate,
        champion,
        difference,
        lo: difference - half,
        hi: difference + half,
        confidence,
        p: 0.5,
        n: part?.rows.length ?? rows,
        method: 'bootstrap',
      };
    },
  };
}

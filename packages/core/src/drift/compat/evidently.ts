import { chiSquareGoodnessOfFit, ksP, normalCdf } from '../../statistics/index.ts';
import { distances } from '../distances.ts';
import type { CategoricalColumn, NumericColumn } from '../sample.ts';
import { forEachValue } from '../views.ts';
import { type CompatFigure, categoryCounts, type Histograms, jensenShannon, shares, sum } from './figure.ts';
import { countsBetween, edgesByWidth, sturgesWidth } from './numpy.ts';
import { countDistinct, moments, type Values, valuesOf } from './values.ts';

/** Evidently 0.7: which test it takes hangs on the rows of the reference alone. */
const fewRows = 1000;

const scoreThreshold = 0.1;
const level = 0.05;

/** Its default for the column first, then its PSI, Jensen–Shannon, Wasserstein and Hellinger. */
export function evidentlyNumbers(reference: NumericColumn, current: NumericColumn): CompatFigure[] {
  const [a, b] = [valuesOf(reference), valuesOf(current)];
  const distinct = countDistinct([a.sample, b.sample], 5);
  const histograms = histogramsOf(a, b);
  const scores = [
    score('wasserstein', wasserstein(a, b)),
    score('psi', psi(histograms)),
    score('jensenshannon', jensenShannon(histograms, Math.E)),
    score('hellinger', hellinger(a, b)),
  ];
  if (a.size > fewRows) return withFirst(scores, distinct <= 5 ? 'jensenshannon' : 'wasserstein');
  if (distinct > 5) {
    const p = ksP(distances(a.sample, b.sample).ks.lo, a.size, b.size);
    return [{ tool: 'evidently', method: 'ks', value: p, threshold: level, flagged: p <= level }, ...scores];
  }
  return [testOf(byValue(a, b)), ...scores];
}

export function evidentlyCategories(reference: CategoricalColumn, current: CategoricalColumn): CompatFigure[] {
  const counts = categoryCounts(reference, current);
  const scores = [
    score('jensenshannon', jensenShannon(counts, Math.E)),
    score('psi', psi(counts)),
    score('hellinger', categoricalHellinger(counts)),
  ];
  return sum(counts.reference) > fewRows ? scores : [testOf(sorted(reference, current)), ...scores];
}

function score(method: string, value: number): CompatFigure {
  return { tool: 'evidently', method, value, threshold: scoreThreshold, flagged: value >= scoreThreshold };
}

function withFirst(figures: readonly CompatFigure[], method: string): CompatFigure[] {
  const first = figures.filter((figure) => figure.method === method);
  return [...first, ...figures.filter((figure) => figure.method !== method)];
}

/** χ² of the current counts against the reference's, or z of the share of all but the first category when there are two. */
function testOf({ reference, current }: Histograms): CompatFigure {
  const method = reference.length > 2 ? 'chisquare' : 'z';
  const p = reference.length > 2 ? goodnessOfFit(reference, current) : twoProportions(reference, current);
  return { tool: 'evidently', method, value: p, threshold: level, flagged: p < level };
}

function goodnessOfFit(reference: readonly number[], current: readonly number[]): number {
  const scale = sum(current) / sum(reference);
  return chiSquareGoodnessOfFit(
    current,
    reference.map((count) => count * scale),
  ).p;
}

/** 2·(1 − Φ(|z|)), which is 0 in the tail because it cancels there; so it does in Evidently. */
function twoProportions(reference: readonly number[], current: readonly number[]): number {
  if (reference.length === 1) return 1;
  const [n, m] = [sum(reference), sum(current)];
  const p = (reference[1] as number) / n;
  const q = (current[1] as number) / m;
  const pooled = (p * n + q * m) / (n + m);
  const z = (p - q) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return 2 * (1 - normalCdf(Math.abs(z)));
}

/** The categories in the order of their names, as the z-test takes them. */
function sorted(reference: CategoricalColumn, current: CategoricalColumn): Histograms {
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort();
  return {
    reference: names.map((name) => reference.counts.get(name) ?? 0),
    current: names.map((name) => current.counts.get(name) ?? 0),
  };
}

/** More than 20 different reference values: Sturges' bins of both sides together; otherwise each value is a bin. */
function histogramsOf(a: Values, b: Values): Histograms {
  if (countDistinct([a.sample], 20) <= 20) return byValue(a, b);
  const edges = sturgesEdges(a, b, a.size + b.size);
  return { reference: countsBetween(a.ranked, edges), current: countsBetween(b.ranked, edges) };
}

function sturgesEdges(a: Values, b: Values, size: number): number[] {
  const [min, max] = [Math.min(a.min, b.min), Math.max(a.max, b.max)];
  return edgesByWidth(min, max, sturgesWidth(max - min, size), a.whole && b.whole);
}

function byValue(a: Values, b: Values): Histograms {
  const counts = new Map<number, [number, number]>();
  forEachValue(a.sample, (value, count) => counts.set(value, [count, 0]));
  forEachValue(b.sample, (value, count) => counts.set(value, [counts.get(value)?.[0] ?? 0, count]));
  const ascending = [...counts].sort(([x], [y]) => x - y);
  return { reference: ascending.map(([, [count]]) => count), current: ascending.map(([, [, count]]) => count) };
}

/** Empty bins count as 1e-4, or as a millionth of the smallest share where that is not over 1e-4; shares are not brought to sum 1 again. */
function psi({ reference, current }: Histograms): number {
  const p = filled(shares(reference, sum(reference)));
  const q = filled(shares(current, sum(current)));
  return p.reduce(
    (total, share, bin) => total + (share - (q[bin] as number)) * Math.log(share / (q[bin] as number)),
    0,
  );
}

function filled(all: readonly number[]): number[] {
  const least = Math.min(...all.filter((share) => share > 0));
  const fill = least <= 0.0001 ? least / 1e6 : 0.0001;
  return all.map((share) => (share === 0 ? fill : share));
}

function wasserstein(a: Values, b: Values): number {
  return distances(a.sample, b.sample).wasserstein.lo / Math.max(moments(a.sample).deviation, 0.001);
}

/** Over Sturges' bins of the different values of both sides. */
function hellinger(a: Values, b: Values): number {
  const edges = sturgesEdges(a, b, countDistinct([a.sample, b.sample], Number.POSITIVE_INFINITY));
  const p = shares(countsBetween(a.ranked, edges), a.size);
  const q = shares(countsBetween(b.ranked, edges), b.size);
  return fromAffinity(p, q);
}

function categoricalHellinger({ reference, current }: Histograms): number {
  return fromAffinity(shares(reference, sum(reference)), shares(current, sum(current)));
}

function fromAffinity(p: readonly number[], q: readonly number[]): number {
  const affinity = p.reduce((total, share, bin) => total + Math.sqrt(share * (q[bin] as number)), 0);
  return Math.sqrt(1 - Math.min(1, Math.max(0, affinity)));
}

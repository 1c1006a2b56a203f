import { formatDistinct } from '@mlops-actions/core';

/** An interval of finite numbers, `low ≤ high`. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** A number of rows; what is none, such as NaN or a negative number, is 0. */
export function rowCount(value: number | undefined): number {
  return value !== undefined && value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

/** The smallest domain that holds every finite value; undefined when there is none. */
export function domainOf(values: Iterable<number>): Domain | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : undefined;
}

/** The domain widened on both sides by a share of its length; a single point gets some room around it. */
export function widened({ low, high }: Domain, share: number): Domain {
  const room = low === high ? Math.abs(low) / 10 || 1 : (high / 2 - low / 2) * 2 * share;
  const clamp = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
  return { low: clamp(low - room), high: clamp(high + room) };
}

/** The line from `domain` to the pixels `from … to`. Values outside land on the nearest end; a domain of one point is in the middle. */
export function linear({ low, high }: Domain, from: number, to: number): (value: number) => number {
  // Halves, so that a domain from -1e308 to 1e308 has a length that is a number.
  const half = high / 2 - low / 2;
  return (value) => {
    if (Number.isNaN(value)) return from;
    const share = half === 0 ? 0.5 : (value / 2 - low / 2) / half;
    return from + (to - from) * Math.min(1, Math.max(0, share));
  };
}

/** A coordinate to a tenth of a pixel. */
export function pixel(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * Round numbers for an axis: multiples of 1, 2 or 5 times a power of ten, ascending, inside the domain, at most `count` + 1 of them.
 * A domain that holds no such number at this coarseness has its ends for ticks.
 */
export function ticks({ low, high }: Domain, count: number): number[] {
  if (low === high) return [low];
  const power = 10 ** Math.floor(Math.log10(high / 2 - low / 2) + Math.log10(2 / count));
  const rough = ((high / 2 - low / 2) / count / power) * 2;
  const factor = rough <= 1 ? 1 : rough <= 2 ? 2 : rough <= 5 ? 5 : 10;
  const step = factor * power;
  if (!(step > 0) || !Number.isFinite(step)) return [low, high];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const found = new Set<number>();
  // Counted from 0: beyond 2^53 an index does not change when 1 is added to it.
  for (let place = 0; place <= count + 1 && first + place <= last; place++) {
    const index = first + place;
    // Dividing by a whole power keeps 0.3 from becoming 0.30000000000000004.
    const value = power < 1 ? (index * factor) / Math.round(1 / power) : index * step;
    found.add(Math.min(high, Math.max(low, index === 0 ? 0 : value)));
  }
  return found.size === 0 ? [low, high] : [...found];
}

const prefixes = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** The numbers of one axis, short and told apart: `0`, `20k`, `40k`; `0.25`, `0.5`. */
export function axisLabels(values: readonly number[]): string[] {
  const largest = Math.max(0, ...values.map(Math.abs));
  const prefix = largest >= 1e4 && largest < 1e15 ? prefixes.find(([unit]) => largest >= unit) : undefined;
  if (!prefix) return formatDistinct(values, 3);
  const [unit, suffix] = prefix;
  const scaled = formatDistinct(
    values.map((value) => value / unit),
    3,
  );
  return scaled.map((text, index) => (values[index] === 0 ? '0' : text + suffix));
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440].map(
  (each) => each * minute,
);
/** A Date holds no moment further from 1970, in milliseconds. */
const furthestMoment = 8.64e15;
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ticks of a time axis in milliseconds since 1970, on round minutes, hours, days or months of UTC, at most `count` + 1, with labels. */
export function timeTicks({ low, high }: Domain, count: number): { readonly value: number; readonly label: string }[] {
  if (!(low >= -furthestMoment && high <= furthestMoment)) return [];
  const step = steps.find((each) => (high - low) / each <= count);
  if (step === undefined) return monthTicks({ low, high }, count);
  const found: { value: number; label: string }[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    found.push({ value, label: timeLabel(value, step) });
  }
  return found.length > 0 ? found : [{ value: low, label: timeLabel(low, minute) }];
}

function timeLabel(value: number, step: number): string {
  const moment = new Date(value);
  if (step >= day || value % day === 0) return `${moment.getUTCDate()} ${monthNames[moment.getUTCMonth()]}`;
  return moment.toISOString().slice(11, 16);
}

function monthTicks({ low, high }: Domain, count: number): { value: number; label: string }[] {
  const start = new Date(low);
  const end = new Date(high);
  const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth();
  const every =
    [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400].find((each) => months / each <= count) ??
    Math.ceil(months / count);
  const found: { value: number; label: string }[] = [];
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  for (let index = Math.ceil(first / every) * every; ; index += every) {
    const moment = new Date(0);
    moment.setUTCFullYear(Math.floor(index / 12), index - Math.floor(index / 12) * 12, 1);
    const value = moment.getTime();
    if (!(value <= high)) return found;
    const year = moment.getUTCFullYear();
    const label = every >= 12 ? String(year) : `${monthNames[moment.getUTCMonth()]} ${year}`;
    if (value >= low) found.push({ value, label });
  }
}

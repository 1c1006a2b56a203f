/** Numbers as people read them. Reports for machines keep the unrounded number. */

/**
 * A number in at most `digits` significant digits, without trailing zeros: `0.8712`, `1,234,567`, `3.1e-7`, `NaN`, `∞`.
 * Whole numbers are never rounded; from 10⁶ and below 10⁻⁴ fractions are written with an exponent.
 */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (Number.isSafeInteger(value)) return grouped(String(value));
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  if (magnitude < 1e-4 || magnitude >= 1e6) return trimExponent(value.toExponential(digits - 1));
  return grouped(String(rounded));
}

/** The same with the sign of a difference: `+0.012`, `-0.005`, `0`. */
export function formatSigned(value: number, digits = 4): string {
  return value > 0 ? `+${formatNumber(value, digits)}` : formatNumber(value, digits);
}

/** Numbers to be compared by eye: as many digits as it takes for different numbers to look different. */
export function formatDistinct(values: readonly number[], digits = 4): string[] {
  const wanted = new Set(values.map((value) => (value === 0 ? 0 : value))).size;
  for (let precision = digits; precision < 17; precision++) {
    const texts = values.map((value) => formatNumber(value, precision));
    if (new Set(texts).size === wanted) return texts;
  }
  return values.map((value) => formatNumber(value, 17));
}

/** `0 B`, `999 B`, `1.5 kB`, `12.3 MB`: powers of 1000, as disks and networks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatNumber(Number((bytes / 1000 ** power).toPrecision(3)))} ${units[power]}`;
}

/** A length of time given in seconds, in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `1 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${formatNumber(Number(seconds.toFixed(1)))} s`;
  const whole = Math.round(seconds);
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => whole >= size);
  let rest = whole;
  const parts = units.slice(first, first + 2).map(([size, unit]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count} ${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** Thousands separated by commas, in the whole part only. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

function trimExponent(text: string): string {
  return text.replace(/\.?0*e/, 'e').replace('e+', 'e');
}

/** The colours of one theme. Everything that is drawn takes its colour from here, by the name of a CSS custom property. */
export interface Palette {
  readonly page: string;
  readonly surface: string;
  readonly raised: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  /** The past: reference, champion. A quiet fill and a line of its own. */
  readonly 'reference-fill': string;
  readonly reference: string;
  /** The present: current, candidate. */
  readonly current: string;
  readonly third: string;
  readonly fourth: string;
  readonly good: string;
  readonly 'good-tint': string;
  readonly warn: string;
  readonly 'warn-tint': string;
  readonly bad: string;
  readonly 'bad-tint': string;
  readonly unknown: string;
  readonly 'unknown-tint': string;
}

/**
 * Grey for what was and blue for what is: they differ in lightness too, so that they stay apart for every kind of colour vision and in
 * print. Green, amber and red are kept for verdicts, which always carry a sign and a word as well.
 */
export const light: Palette = {
  page: '#f6f7f9',
  surface: '#ffffff',
  raised: '#eef1f5',
  ink: '#17202b',
  muted: '#556170',
  line: '#d9dfe6',
  accent: '#1f5fcc',
  'reference-fill': '#cdd4dd',
  reference: '#667384',
  current: '#1f5fcc',
  third: '#8a4bb8',
  fourth: '#0a7568',
  good: '#126b3a',
  'good-tint': '#e6f4eb',
  warn: '#835400',
  'warn-tint': '#fcf1d9',
  bad: '#b3241a',
  'bad-tint': '#fdeae8',
  unknown: '#525d6b',
  'unknown-tint': '#e9edf2',
};

export const dark: Palette = {
  page: '#0e1318',
  surface: '#161c23',
  raised: '#202933',
  ink: '#e5eaf0',
  muted: '#9eabb9',
  line: '#2d3743',
  accent: '#7db2ff',
  'reference-fill': '#46525f',
  reference: '#9aa7b6',
  current: '#6aa6ff',
  third: '#cc9cf5',
  fourth: '#4fcbbb',
  good: '#63cf92',
  'good-tint': '#12291d',
  warn: '#eab54f',
  'warn-tint': '#2c2210',
  bad: '#ff8d84',
  'bad-tint': '#331816',
  unknown: '#a7b3c0',
  'unknown-tint': '#232c36',
};

/** The palette as CSS declarations. */
export function declarations(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

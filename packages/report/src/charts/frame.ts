import { asHtml, type Content, type Html, html } from '../html/markup.ts';
import { cut } from '../html/names.ts';
import { plainTable } from '../html/table.ts';
import { pixel } from './scale.ts';

/** The width that most charts are drawn for; a phone of 360 px shows it nearly in its own size. */
export const chartWidth = 340;
const fontSize = 11;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** What is seen, for who does not see it: a name and a sentence. */
  readonly title: string;
  readonly description: string;
  /** Classes of the `svg` element. */
  readonly classes?: string;
}

/** A picture with a name and a description for screen readers. */
export function svg({ width, height, title, description, classes }: Drawing, ...marks: readonly Content[]): Html {
  const size = classes?.includes('inline') ? html` width="${width}" height="${height}"` : undefined;
  const kind = classes === undefined ? undefined : html` class="${classes}"`;
  return html`<svg role="img" viewBox="0 0 ${width} ${height}"${kind}${size}><title>${cut(title === '' ? '(empty)' : title, 120)}</title><desc>${cut(description, 600)}</desc>${marks}</svg>`;
}

export interface Figure {
  readonly title: string;
  /** One sentence: what to see. */
  readonly remark?: Content;
  readonly legend?: readonly LegendEntry[];
  readonly picture: Content;
  /** Something below the picture, such as its numbered events. */
  readonly below?: Content;
  /** The picture's numbers as a table that opens. */
  readonly numbers?: { readonly headers: readonly string[]; readonly rows: readonly (readonly Content[])[] };
  /** Takes the whole width of the page. */
  readonly broad?: boolean;
}

export type LineStyle = 'reference-line' | 'current-line' | 'third-line' | 'fourth-line';

export interface LegendEntry {
  readonly kind: LineStyle | 'reference-area' | 'limit' | 'band' | 'guide';
  readonly name: string;
}

/** A chart with its title, legend and numbers. */
export function figure({ title, remark, legend, picture, below, numbers, broad = false }: Figure): Html {
  const sentence = remark === undefined ? undefined : html`<p>${remark}</p>`;
  const entries =
    legend === undefined ? undefined : html`<ul class="legend">${legend.map((entry) => legendEntry(entry))}</ul>`;
  const table =
    numbers === undefined || numbers.rows.length === 0
      ? undefined
      : html`<details class="numbers"><summary>Numbers</summary>${plainTable(numbers.headers, numbers.rows)}</details>`;
  return html`<figure class="chart${broad ? ' broad' : ''}"><figcaption><bdi>${cut(title, 90)}</bdi></figcaption>${sentence}${entries}${picture}${below}${table}</figure>`;
}

/** A figure that says why there is no picture. */
export function emptyFigure(title: string, reason: string): Html {
  return figure({ title, picture: html`<p class="empty">${reason}</p>` });
}

function legendEntry({ kind, name }: LegendEntry): Html {
  const box = kind === 'reference-area' || kind === 'band';
  const mark = box
    ? html`<rect class="${kind}" x="1" y="1" width="20" height="10"/>`
    : html`<path class="${kind}" d="M0 6H22"/>`;
  return html`<li><svg viewBox="0 0 22 12" aria-hidden="true">${mark}</svg><bdi>${cut(name, 40)}</bdi></li>`;
}

export type Anchor = 'start' | 'middle' | 'end';

/** A text at a point. `look` is one of the style sheet's classes for text. */
export function label(x: number, y: number, text: string, anchor: Anchor = 'start', look = ''): Html {
  return html`<text x="${pixel(x)}" y="${pixel(y)}" class="${anchor}${look === '' ? '' : ` ${look}`}">${text}</text>`;
}

export function line(kind: string, x1: number, y1: number, x2: number, y2: number): Html {
  return html`<path class="${kind}" d="M${pixel(x1)} ${pixel(y1)}L${pixel(x2)} ${pixel(y2)}"/>`;
}

export function box(kind: string, x: number, y: number, width: number, height: number, tip?: string): Html {
  const title = tip === undefined ? undefined : html`<title>${tip}</title>`;
  return html`<rect class="${kind}" x="${pixel(x)}" y="${pixel(y)}" width="${pixel(Math.max(0, width))}" height="${pixel(Math.max(0, height))}">${title}</rect>`;
}

/** A line through points. */
export function polyline(kind: string, points: readonly (readonly [number, number])[]): Html | undefined {
  if (points.length === 0) return undefined;
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${pixel(x)} ${pixel(y)}`).join('');
  return asHtml(`<path class="${kind}" d="${path}"/>`);
}

/** About how wide a text is, in pixels: SVG has no layout of its own, and a page without a script cannot measure. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character) * fontSize;
  return width;
}

function characterWidth(character: string): number {
  if (/\p{M}|\p{Cf}/u.test(character)) return 0;
  if (/[iljtf.,:;!|'()[\] \u00a0]/.test(character)) return 0.32;
  if (/[A-Z%@mwMW]/.test(character)) return 0.74;
  if (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u.test(character))
    return 1.1;
  return 0.57;
}

/** The text, cut so that it takes at most `width` pixels. */
export function fitted(text: string, width: number): string {
  const whole = cut(text, 80);
  if (textWidth(whole) <= width) return whole;
  let length = 0;
  let used = textWidth('…');
  for (const { segment } of new Intl.Segmenter('en').segment(whole)) {
    used += textWidth(segment);
    if (used > width) break;
    length += segment.length;
  }
  return `${whole.slice(0, length)}…`;
}

/** Labels along a horizontal axis: those that would touch the one before are left out; the outer ones stay inside the drawing. */
export function axisTexts(
  entries: readonly { readonly at: number; readonly text: string }[],
  y: number,
  width: number,
): Html[] {
  const placed: Html[] = [];
  let free = 0;
  for (const { at, text } of entries) {
    const size = textWidth(text);
    const left = Math.max(0, Math.min(width - size, at - size / 2));
    if (left < free) continue;
    free = left + size + 8;
    placed.push(label(left + size / 2, y, text, 'middle'));
  }
  return placed;
}

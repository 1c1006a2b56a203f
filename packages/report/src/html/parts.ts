import { type Content, type Html, html } from './markup.ts';
import { cut, longName } from './names.ts';

/** How a verdict is to be taken: in order, look at it, stop, or: it could not be told. */
export type Tone = 'good' | 'warn' | 'bad' | 'unknown';

export interface Verdict {
  readonly tone: Tone;
  /** The verdict as the step's output says it: `drift`, `pass`, `insufficient-data`. */
  readonly word: string;
}

/** One figure of the first screen. */
export interface Fact {
  readonly label: string;
  readonly value: Content;
}

const signs: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✕', unknown: '?' };

/** The sign of a tone, for those who do not see its colour. Hidden from screen readers: a word stands beside it. */
export function sign(tone: Tone): Html {
  return html`<span class="sign ${tone}" aria-hidden="true">${signs[tone]}</span>`;
}

/** A verdict in a line or a cell of a table. */
export function badge({ tone, word }: Verdict): Html {
  return html`<span class="badge ${tone}">${sign(tone)}${word}</span>`;
}

/** A remark that must not be missed, such as a caveat of a method. */
export function note(tone: Tone, text: Content): Html {
  return html`<p class="note ${tone}">${sign(tone)}<span>${text}</span></p>`;
}

/** Labelled figures side by side. */
export function facts(list: readonly Fact[]): Html | undefined {
  if (list.length === 0) return undefined;
  return html`<dl class="facts">${list.map(({ label, value }) => {
    const body = html`<dt>${cut(label)}</dt><dd>${typeof value === 'string' ? longName(value, 80) : value}</dd>`;
    return isLong(value) ? html`<div class="long">${body}</div>` : html`<div>${body}</div>`;
  })}</dl>`;
}

/** A value that would be broken within its words in a box of the usual width. */
function isLong(value: Content): boolean {
  return typeof value === 'string' && (value.length > 32 || value.split(' ').some((word) => word.length > 14));
}

/** Charts side by side where there is room, below one another where there is not. */
export function gallery(charts: readonly Content[]): Html {
  return html`<div class="gallery">${charts.map((chart) => html`<div>${chart}</div>`)}</div>`;
}

export function paragraph(text: Content): Html {
  return html`<p>${text}</p>`;
}

export function bullets(items: readonly Content[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A sentence for people in which code stands between backticks: code is set as such, and cut with the rest after `length` characters. */
export function prose(sentence: string, length = 2_000): Content {
  return cut(sentence, length)
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 === 0 ? part : codeText(part)));
}

/** Foreign text in a fixed-width font. */
export function codeText(text: string): Html {
  return html`<code>${text}</code>`;
}

import { type Html, html } from './markup.ts';

const defaultLength = 60;
const longestText = 10_000;
/** Names up to this length are never broken within a word. */
const longestWord = 24;

/** The first `length` characters as a reader counts them, with `…` when something is missing. */
export function cut(text: string, length = defaultLength): string {
  // A character may take several code units, and foreign text as many as it likes: more than 8 each are not looked at.
  const start = text.slice(0, length * 8 + 8);
  if (text.length <= length) return text;
  const characters = [...new Intl.Segmenter('en').segment(start)].map(({ segment }) => segment);
  if (start.length === text.length && characters.length <= length) return text;
  return `${characters.slice(0, length - 1).join('')}…`;
}

/** A name or value from outside, kept apart from the direction of the text around it, cut when long. The whole is its `title`. */
export function shortName(text: string, length = defaultLength): Html {
  const shown = cut(text, length);
  if (shown !== text) return html`<bdi class="breakable" title="${wholeText(text, 300)}">${shown}</bdi>`;
  if (text.length > longestWord) return html`<bdi class="breakable">${text}</bdi>`;
  return html`<bdi>${text === '' ? '(empty)' : text}</bdi>`;
}

/** The same, and the whole of a long text opens below it by mouse, touch or keyboard. Texts end after 10,000 characters. */
export function longName(text: string, length = defaultLength): Html {
  if (cut(text, length) === text) return shortName(text, length);
  return html`<details class="long"><summary>${shortName(text, length)}</summary><bdi>${wholeText(text)}</bdi></details>`;
}

/** Up to `length` code units of a text. */
export function wholeText(text: string, length = longestText): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}… (${text.length - length} characters more)`;
}

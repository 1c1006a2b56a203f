import { printable } from '../printable.ts';

/** Only this room can make an `Html`: an object that came from a user's JSON never passes for one. */
const made = Symbol('html');

/** Markup that is safe in a page and is not escaped again. Made by `html` and by the functions of this room. */
export interface Html {
  readonly html: string;
  readonly [made]: true;
}

/** What may stand in a page: text and numbers (escaped), markup, nothing, or several of these one after the other. */
export type Content = Html | string | number | undefined | readonly Content[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Foreign text as it is: nothing in it acts as markup, between tags and in quoted attributes. */
function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Markup with everything that is put into it escaped, unless it is `Html` already: ``html`<td title="${name}">${name}</td>` ``.
 * Attributes must be quoted. Numbers are written as JavaScript does, for coordinates; text for people is formatted before.
 */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = texts[0] ?? '';
  for (const [index, value] of values.entries()) markup += render(value) + (texts[index + 1] ?? '');
  return asHtml(markup);
}

/** The markup of a content. */
export function render(content: Content): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (isList(content)) return content.map(render).join('');
  return made in content ? content.html : '';
}

function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}

/** Text of our own that is markup. Not for anything that came from outside. */
export function asHtml(markup: string): Html {
  return { html: markup, [made]: true };
}

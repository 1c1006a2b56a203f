/**
 * Reports as one HTML file each.
 *
 *     const page = htmlPage({
 *       title: 'Drift check of fraud-features',
 *       verdict: { tone: 'bad', word: 'drift' },
 *       headline: '5 of 22 judged columns drift; amount moved most (0.41, limit 0.1).',   // what was decided and why, one sentence
 *       facts: [{ label: 'Reference rows', value: '50,000' }],
 *       sections: [{ title: 'Columns', lead: 'Drifting ones first.', body: dataTable({ … }) }],
 *       footer: 'mlops-actions 1.0, 2026-11-25 14:05 UTC',
 *     });
 *
 * - `html` (markup.ts) is the only way to make markup: it escapes what is put into it. Foreign text is passed as a plain string.
 * - `dataTable`, `plainTable` (table.ts): sorted, filtered, rows that open; a bounded number of rows whatever is given.
 * - `badge`, `note`, `facts`, `gallery`, `paragraph`, `bullets`, `prose`, `codeText` (parts.ts), `shortName` (names.ts), `formatShare`,
 *   `formatPValue`, `formatMoment` (figures.ts).
 * - The charts are in ../charts: each takes data and returns `Html` that goes into a section, a gallery or a row's details.
 *
 * The page asks nothing of the network: its Content-Security-Policy forbids everything but its own style and script, by their digests.
 * It stays under 2 MB: tables have a budget, and a section that would bring the page over the limit says so in its place.
 */
import { createHash } from 'node:crypto';
import { asHtml, type Content, type Html, html, render } from './markup.ts';
import { cut, wholeText } from './names.ts';
import { type Fact, facts, prose, sign, type Verdict } from './parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';

export interface Section {
  /** The anchor; made of the title when it is not given. Letters, digits and `-`. */
  readonly id?: string;
  readonly title: string;
  /** One sentence under the title: what the reader sees here. */
  readonly lead?: Content;
  readonly body: Content;
}

export interface Page {
  /** What the report is about, with the name of the subject. */
  readonly title: string;
  /** The subject's whole name, where the title has it short: for who points at it. */
  readonly wholeTitle?: string;
  readonly verdict: Verdict;
  /** What was decided and why, in one sentence. */
  readonly headline: Content;
  readonly facts: readonly Fact[];
  readonly sections: readonly Section[];
  readonly footer: Content;
}

/** No page is larger, in bytes. */
export const maximumPageBytes = 2_000_000;
const contentsFrom = 4;
const longestHeadline = 600;

/** The whole file, under 2 MB. */
export function htmlPage(page: Page): string {
  const css = style();
  const sections = withAnchors(page.sections);
  const start = `${head(page.title, css)}${firstScreen(page, sections)}`;
  const end = html`</main><footer>${page.footer}</footer>${asHtml(`<script>${script}</script>`)}</body></html>`.html;
  let size = bytes(start) + bytes(end);
  const bodies = sections.map((section) => {
    const markup = sectionMarkup(section, section.body);
    const chosen = size + bytes(markup) < maximumPageBytes ? markup : sectionMarkup(section, tooLarge);
    size += bytes(chosen);
    return chosen;
  });
  return `${start}${bodies.join('')}${end}\n`;
}

const tooLarge = 'This part would make the page larger than 2 MB. All of its figures are in report.json.';

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function head(title: string, css: string): string {
  const policy = `default-src 'none'; style-src ${digest(css)}; script-src ${digest(script)}; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${asHtml(policy)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><title>${cut(title, 200)}</title><style>${asHtml(css)}</style></head>`
    .html;
}

function digest(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function firstScreen(
  { title, wholeTitle = title, verdict, headline, facts: figures }: Page,
  sections: readonly Anchored[],
): string {
  return html`<body><a class="skip" href="#main">Skip to the report</a><header><h1 title="${wholeText(wholeTitle, 300)}"><bdi>${cut(title, 200)}</bdi></h1><button type="button" id="theme" hidden aria-label="Change between light and dark" title="Light or dark">◐</button></header><main id="main"><section class="verdict ${verdict.tone}" aria-label="Verdict"><p class="word">${sign(verdict.tone)}<strong>${verdict.word}</strong></p><p class="headline">${typeof headline === 'string' ? prose(headline, longestHeadline) : headline}</p></section>${facts(figures)}${contents(sections)}`
    .html;
}

function contents(sections: readonly Anchored[]): Html | undefined {
  if (sections.length < contentsFrom) return undefined;
  return html`<nav aria-label="Contents"><ul>${sections.map(
    ({ anchor, title }) => html`<li><a href="#${anchor}">${cut(title)}</a></li>`,
  )}</ul></nav>`;
}

function sectionMarkup({ anchor, title, lead }: Anchored, body: Content): string {
  const sentence = lead === undefined ? undefined : html`<p class="lead">${lead}</p>`;
  return html`<section aria-labelledby="${anchor}"><h2 id="${anchor}"><bdi>${cut(title, 200)}</bdi></h2>${sentence}${asHtml(render(body))}</section>`
    .html;
}

interface Anchored extends Section {
  readonly anchor: string;
}

/** Anchors are made of the letters, digits and hyphens of a title, each once. */
function withAnchors(sections: readonly Section[]): Anchored[] {
  const taken = new Set(['main', 'theme']);
  return sections.map((section) => {
    const wanted = (section.id ?? section.title)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60);
    const base = wanted === '' ? 'section' : wanted;
    let anchor = base;
    for (let number = 2; taken.has(anchor); number++) anchor = `${base}-${number}`;
    taken.add(anchor);
    return { ...section, anchor };
  });
}

import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { histogramPair, histogramSpark } from '../charts/index.ts';
import { hostileText } from '../testing/hostile.ts';
import { driftSamplePage, gateSamplePage } from '../testing/index.ts';
import { readMarkup } from '../testing/read-markup.ts';
import { htmlPage, maximumPageBytes, type Page } from './page.ts';
import { dataTable } from './table.ts';

const page: Page = {
  title: 'Drift check',
  verdict: { tone: 'good', word: 'ok' },
  headline: 'No column drifts.',
  facts: [],
  sections: [],
  footer: 'mlops-actions',
};

function policyOf(markup: string): string {
  const meta = readMarkup(markup).find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
  return meta?.attributes.get('content') ?? '';
}

function digest(text: string | undefined): string {
  return `'sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}'`;
}

describe('a page', () => {
  test.each([
    ['drift', driftSamplePage()],
    ['gate', gateSamplePage()],
    ['empty', htmlPage(page)],
  ])('(%s) asks nothing of the network', (_, markup) => {
    expect(markup).not.toMatch(/https?:|url\(|@import|\ssrc=|\ssrcset=|<(?:iframe|object|embed|img|form|base)/i);
    for (const { attributes } of readMarkup(markup)) {
      const address = attributes.get('href') ?? '#';
      expect(address === 'data:,' || address.startsWith('#')).toBe(true);
    }
  });

  test('allows its own style and script by their digests and nothing else', () => {
    const markup = driftSamplePage();
    const elements = readMarkup(markup);
    const [style, ...otherStyles] = elements.filter(({ name }) => name === 'style');
    const [script, ...otherScripts] = elements.filter(({ name }) => name === 'script');
    expect([...otherStyles, ...otherScripts]).toEqual([]);
    expect(policyOf(markup)).toBe(
      `default-src 'none'; style-src ${digest(style?.text)}; script-src ${digest(script?.text)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    for (const { attributes } of elements) {
      for (const name of attributes.keys()) expect(name).not.toMatch(/^on|^style$/);
    }
  });

  test('says the verdict and the reason first', () => {
    const texts = readMarkup(htmlPage(page)).map(({ text }) => text);
    expect(texts.indexOf('ok')).toBeGreaterThan(0);
    expect(texts.indexOf('No column drifts.')).toBe(texts.indexOf('ok') + 1);
  });

  test('has an anchor for every section and contents when they are four', () => {
    const titles = ['Columns', 'columns', 'Main', '健康', '健康', '"><script>'];
    const markup = htmlPage({ ...page, sections: titles.map((title) => ({ title, body: 'x' })) });
    const elements = readMarkup(markup);
    const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !['main', 'theme'].includes(id))).toEqual([
      'columns',
      'columns-2',
      'main-2',
      'section',
      'section-2',
      'script',
    ]);
    const links = elements.filter(({ name, attributes }) => name === 'a' && attributes.get('class') !== 'skip');
    expect(links.map(({ attributes }) => attributes.get('href'))).toEqual(
      ids.filter((id) => !['main', 'theme'].includes(id)).map((id) => `#${id}`),
    );
    expect(htmlPage({ ...page, sections: [{ title: 'One', body: 'x' }] })).not.toContain('<nav');
  });

  test('holds whatever its texts say', () => {
    // A long value opens to its whole text, which is the only element that a text may add.
    const namesOf = (markup: string): string[] =>
      readMarkup(markup)
        .map(({ name }) => name)
        .filter((name) => !['details', 'summary', 'bdi'].includes(name));
    const known = namesOf(
      htmlPage({ ...page, facts: [{ label: 'a', value: 'b' }], sections: [{ title: 'a', lead: 'b', body: 'c' }] }),
    );
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const markup = htmlPage({
          title: one,
          verdict: { tone: 'unknown', word: other },
          headline: one,
          facts: [{ label: one, value: other }],
          sections: [{ id: one, title: other, lead: one, body: other }],
          footer: one,
        });
        // Text between backticks in a headline or lead is set as code, which does nothing.
        expect(namesOf(markup).filter((name) => name !== 'code')).toEqual(known);
      }),
    );
  });

  test('of 10,000 columns with charts and hostile names stays under 2 MB', () => {
    const edges = Array.from({ length: 41 }, (_, index) => index);
    const counts = edges.slice(1).map((edge) => edge * 7);
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index}<&"${'😀'.repeat(5000)}`);
    const markup = htmlPage({
      ...page,
      sections: ['first', 'second', 'third', 'fourth'].map((title) => ({
        title,
        body: dataTable({
          caption: 'Columns',
          columns: [{ label: 'Column' }, { label: 'Shape' }],
          rows,
          row: (name) => ({
            cells: [name, histogramSpark({ title: name, edges, reference: counts, current: counts })],
            details: () => histogramPair({ title: name, edges, reference: counts, current: counts }),
          }),
        }),
      })),
    });
    expect(Buffer.byteLength(markup)).toBeLessThan(maximumPageBytes);
    expect(markup).toContain('of 10,000. The other');
    readMarkup(markup);
  });

  test('leaves out a part that is too large and says so in its place', () => {
    const markup = htmlPage({
      ...page,
      sections: [
        { title: 'Too large', body: '€'.repeat(700_000) },
        { title: 'After', body: 'still here' },
      ],
    });
    expect(Buffer.byteLength(markup)).toBeLessThan(maximumPageBytes);
    expect(markup).toContain('All of its figures are in report.json.');
    expect(markup).toContain('still here');
  });
});

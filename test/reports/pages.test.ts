/// <reference lib="dom" />
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { monitorPage } from '../../actions/monitor-endpoint/report-page.ts';
import { sampleResult } from '../../actions/monitor-endpoint/testing/sample-result.ts';
import { rolloutPage } from '../../actions/rolling-update/report-page.ts';
import { scenes } from '../../actions/rolling-update/testing/results.ts';
import { driftSamplePage, gateSamplePage, hostileSamplePage } from '../../packages/report/src/testing/index.ts';

const { path, arguments: args } = JSON.parse(readFileSync(new URL('chromium.json', import.meta.url), 'utf8')) as {
  readonly path: string;
  readonly arguments: string[];
};
const executablePath = process.env.CHROMIUM ?? path;
const isThere = existsSync(executablePath);
if (!isThere)
  console.warn(
    `Reports are not looked at in a browser: there is no ${executablePath}. Debian: apt-get install chromium; or set CHROMIUM.`,
  );

const pages = {
  drift: driftSamplePage,
  gate: gateSamplePage,
  hostile: hostileSamplePage,
  promoted: async () => rolloutPage(await scenes.promoted()),
  'rolled back': async () => rolloutPage(await scenes.latency()),
  'hostile rollout': async () => rolloutPage(await scenes.hostile()),
  monitor: () => monitorPage(sampleResult()),
};
type Name = keyof typeof pages;
const names = Object.keys(pages) as Name[];

(isThere ? describe : describe.skip)('in Chromium', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reports-'));
    for (const name of names) writeFileSync(join(folder, `${name}.html`), await pages[name]());
    browser = await chromium.launch({ executablePath, args });
  });

  afterAll(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Opens a report, does something with it, and says what it asked for and complained of. */
  async function visit(
    name: Name,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<void>,
  ): Promise<string[]> {
    const address = pathToFileURL(join(folder, `${name}.html`)).href;
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => faults.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== address && request.url() !== 'data:,') faults.push(`request: ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(address);
    await look(page);
    await context.close();
    return faults;
  }

  /** Opens everything that opens. */
  async function openAll(page: Page): Promise<void> {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
  }

  const sizes = [360, 800, 1280].flatMap((width) => names.map((name) => [name, width] as const));

  test.each(sizes)(
    '%s at %d px asks for nothing, complains of nothing and never scrolls sideways',
    async (name, width) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const faults = await visit(name, { viewport: { width, height: 800 }, colorScheme }, async (page) => {
          const overflow = (): Promise<number> =>
            page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(await overflow()).toBeLessThanOrEqual(0);
          await openAll(page);
          expect(await overflow()).toBeLessThanOrEqual(0);
        });
        expect(faults).toEqual([]);
      }
    },
  );

  test.each(sizes)(
    'the labels of the charts of %s at %d px can be read and do not lie on one another',
    async (name, width) => {
      await visit(name, { viewport: { width, height: 800 } }, async (page) => {
        await openAll(page);
        const found = await page.evaluate(() => {
          const faults: string[] = [];
          for (const picture of document.querySelectorAll('svg[role=img]')) {
            const texts = [...picture.querySelectorAll('text:not([transform])')]
              .map((text) => ({
                text: text.textContent ?? '',
                place: text.getBoundingClientRect(),
                scale: 0,
                size: 0,
                element: text as SVGTextElement,
              }))
              .filter(({ place }) => place.width > 0);
            for (const [index, one] of texts.entries()) {
              const pixels =
                Number.parseFloat(getComputedStyle(one.element).fontSize) * (one.element.getScreenCTM()?.a ?? 0);
              if (pixels < 9) faults.push(`${one.text}: ${pixels.toFixed(1)} px`);
              for (const other of texts.slice(index + 1)) {
                const across =
                  Math.min(one.place.right, other.place.right) - Math.max(one.place.left, other.place.left);
                const down = Math.min(one.place.bottom, other.place.bottom) - Math.max(one.place.top, other.place.top);
                if (across > 1 && down > 4)
                  faults.push(`${picture.querySelector('title')?.textContent}: ${one.text} on ${other.text}`);
              }
            }
          }
          return faults;
        });
        expect(found).toEqual([]);
      });
    },
  );

  test.each(names)('every chart of %s is well-formed SVG with a name and a description', async (name) => {
    await visit(name, {}, async (page) => {
      const [charts, faults] = await page.evaluate(() => {
        const parser = new DOMParser();
        const pictures = [...document.querySelectorAll('svg[role=img]')];
        const unsound = pictures.filter((picture) => {
          const source = new XMLSerializer().serializeToString(picture);
          const isSound = parser.parseFromString(source, 'image/svg+xml').querySelector('parsererror') === null;
          return (
            !isSound ||
            !picture.querySelector(':scope > title')?.textContent ||
            !picture.querySelector(':scope > desc')?.textContent
          );
        });
        return [pictures.length, unsound.length];
      });
      expect(charts).toBeGreaterThan(0);
      expect(faults).toBe(0);
    });
  });

  test('names that look like markup stay text', async () => {
    await visit('hostile', {}, async (page) => {
      expect(
        await page.evaluate(() => [document.scripts.length, document.images.length, document.styleSheets.length]),
      ).toEqual([1, 0, 1]);
      expect(await page.title()).toBe('</title></style><script>alert(1)</script>');
      await openAll(page);
      expect(await page.getByText('x'.repeat(10_000), { exact: true }).count()).toBeGreaterThan(0);
    });
  });

  test('the policy stops what is put into the page later', async () => {
    await visit('gate', {}, async (page) => {
      const stopped = await page.evaluate(async () => {
        const directives: string[] = [];
        document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective));
        const image = document.createElement('img');
        image.src = 'https://127.0.0.1:1/picture.png';
        const script = document.createElement('script');
        script.textContent = 'window.ran = true;';
        document.body.append(image, script);
        await fetch('https://127.0.0.1:1/').catch(() => undefined);
        while (directives.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
        return [...directives.sort(), 'ran' in window];
      });
      expect(stopped).toEqual(['connect-src', 'img-src', 'script-src-elem', false]);
    });
  });

  test('everything can be reached and done by keyboard', async () => {
    await visit('drift', { viewport: { width: 1280, height: 800 }, colorScheme: 'light' }, async (page) => {
      const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the report');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
      const reached = new Set<string>();
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        reached.add(await focused());
        if ((await focused()) === 'merchant_category') break;
      }
      for (const text of ['Columns', 'Open all', 'Score', 'Numbers', 'amount']) expect([...reached]).toContain(text);
      const chart = page.locator('figcaption', { hasText: 'merchant_category' });
      expect(await chart.isVisible()).toBe(false);
      await page.keyboard.press('Space');
      expect(await chart.isVisible()).toBe(true);
    });
  });

  test('columns sort, numbers as numbers and missing ones last', async () => {
    await visit('drift', { viewport: { width: 1280, height: 800 } }, async (page) => {
      const first = (): Promise<string | null> =>
        page.locator('table.rows > tbody').first().locator('> tr > th').textContent();
      const last = (): Promise<string | null> =>
        page.locator('table.rows > tbody').last().locator('> tr > th').textContent();
      const header = page.getByRole('button', { name: 'Score', exact: true });
      await header.click();
      expect([await first(), await page.locator('th[aria-sort=descending]').textContent()]).toEqual([
        'amount',
        'Score',
      ]);
      await header.click();
      expect([await first(), await page.locator('th[aria-sort=ascending]').textContent()]).toEqual([
        'currency',
        'Score',
      ]);
      expect(['coupon_code', 'chargeback_reason']).toContain(await last());
    });
  });

  test('the filter keeps what has the text and counts it', async () => {
    await visit('drift', { viewport: { width: 1280, height: 800 } }, async (page) => {
      await page.getByLabel('Filter').fill('CATEGORY');
      expect(await page.locator('table.rows > tbody:visible').count()).toBe(1);
      expect(await page.locator('output').textContent()).toBe('1 of 24 rows');
    });
  });

  test('a phone sorts by a list, as its table has no header', async () => {
    await visit('drift', { viewport: { width: 360, height: 800 } }, async (page) => {
      await page.getByLabel('Sort by').selectOption('Column');
      expect(await page.locator('table.rows > tbody').first().locator('> tr > th').textContent()).toContain(
        'a_feature_name',
      );
    });
  });

  test('without a script all is there, and rows open', async () => {
    await visit('drift', { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } }, async (page) => {
      expect(await page.locator('table.rows > tbody').count()).toBe(24);
      expect(await page.locator('#theme').isVisible()).toBe(false);
      const chart = page.locator('figcaption', { hasText: 'browser' });
      expect(await chart.isVisible()).toBe(false);
      await page.locator('summary', { hasText: 'browser' }).first().click();
      expect(await chart.isVisible()).toBe(true);
    });
  });

  test('the header of a long table stays in sight', async () => {
    await visit('drift', { viewport: { width: 1280, height: 600 } }, async (page) => {
      await page.locator('summary', { hasText: 'days_since_login' }).scrollIntoViewIfNeeded();
      expect(
        await page
          .locator('thead')
          .first()
          .locator('th')
          .first()
          .evaluate((cell) => cell.getBoundingClientRect().top),
      ).toBeGreaterThanOrEqual(0);
    });
  });

  test('a dark page is printed on white paper', async () => {
    await visit('drift', { colorScheme: 'dark' }, async (page) => {
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(14, 19, 24)');
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
      expect(await page.locator('#theme').isVisible()).toBe(false);
    });
  });
});

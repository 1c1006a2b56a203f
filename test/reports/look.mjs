import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { driftSamplePage, gateSamplePage } from '../../packages/report/lib/testing/index.js';

// Writes the sample reports and pictures of them in both themes, wide, on a phone and printed. Needs Chromium (Debian: chromium).
//
//   npm run compile && node test/reports/look.mjs [folder]
//
// CHROMIUM names another browser than /usr/bin/chromium.

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../../build/reports', import.meta.url)));
mkdirSync(folder, { recursive: true });
const pages = { drift: driftSamplePage(), gate: gateSamplePage() };
const { path, arguments: args } = JSON.parse(readFileSync(new URL('chromium.json', import.meta.url), 'utf8'));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? path, args });
for (const [name, markup] of Object.entries(pages)) {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, markup);
  console.log(`${file}: ${(Buffer.byteLength(markup) / 1000).toFixed(0)} kB`);
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      const page = await browser.newPage({
        viewport: { width, height: 800 },
        colorScheme,
        deviceScaleFactor: width === 360 ? 2 : 1,
      });
      await page.goto(pathToFileURL(file).href);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      await page.close();
    }
  }
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4' });
  await page.close();
}
await browser.close();

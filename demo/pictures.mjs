/**
 * Takes the pictures of the README from the demo's own reports. Needs Chromium, as the tests of reports do.
 *
 *   npm run demo -- --keep && node demo/pictures.mjs <the folder that it kept>
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const kept = resolve(process.argv[2] ?? '.');
/** Each picture with its report, and the text of the heading or row above which it ends. */
const pictures = [
  { name: 'gate-report', report: 'gate-refused', end: /^All metrics/ },
  { name: 'drift-report', report: 'drift-found', end: /^\W*area_error/ },
  { name: 'rollout-report', report: 'rollout-slow', end: /^Plan and what came of it/ },
  { name: 'monitor-report', report: 'monitor', end: /^Checks/ },
];

const { path, arguments: args } = JSON.parse(await readFile(join(root, 'test/reports/chromium.json'), 'utf8'));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? path, args });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 0.75 });
for (const { name, report, end } of pictures) {
  const page = await context.newPage();
  await page.goto(pathToFileURL(join(kept, 'reports', report, 'report.html')).href);
  const below = await page.locator('h2, tr, summary').filter({ hasText: end }).first().boundingBox();
  const clip = { x: 40, y: 0, width: 1200, height: Math.floor(below.y) - 16 };
  await page.screenshot({ path: join(root, 'docs', 'pictures', `${name}.png`), clip, fullPage: true });
}
await browser.close();

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { pointsOf } from '../window-points.ts';
import { nextSteps } from './next-steps.ts';
import { rolloutDocument } from './report-document.ts';
import { rolloutMarkdown } from './report-markdown.ts';
import { rolloutPage } from './report-page.ts';
import { scenes } from './testing/results.ts';
import { windowsOf } from './windows.ts';

const schema = JSON.parse(readFileSync(new URL('report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

describe.each(Object.entries(scenes))('the reports of a rollout: %s', (name, make) => {
  test('are as the schema says, with the cause first and what to do', async () => {
    const result = await make();
    const document = JSON.parse(JSON.stringify(rolloutDocument(result)));
    expect([validate(document), validate.errors]).toEqual([true, null]);
    const [title, , headline, , next] = rolloutMarkdown(result).split('\n');
    expect(title).toMatch(/^## Rollout: /);
    expect(headline?.length).toBeGreaterThan(10);
    expect(nextSteps(result) === undefined).toBe(name === 'promoted' || name === 'shadow');
    if (nextSteps(result) !== undefined) expect(next?.length).toBeGreaterThan(10);
    const page = rolloutPage(result);
    expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
    expect(page.includes('<svg role="img"')).toBe(result.driven !== undefined);
    expect(page).not.toContain('<img src=x');
    expect(rolloutMarkdown(result)).not.toContain('<img src=x');
  });
});

test('the headline has the figures that decided', async () => {
  const { headline } = await scenes.errors();
  expect(headline).toMatch(
    /^Rolled back at 10 %: server errors [\d.]+ % \(\d+\/\d+\) against [\d.]+ % \(\d+\/\d+\) of stable, p = 0\.\d+\.$/,
  );
  expect((await scenes.latency()).headline).toMatch(/^Rolled back at 25 %: p95 .* is 1\.8\d* times the .* of stable/);
});

test('each window that was measured is there once, in order, of both deployments', async () => {
  const { driven } = await scenes.promoted();
  const { candidate, stable } = windowsOf(driven?.looks ?? []);
  for (const windows of [candidate, stable]) {
    const starts = windows.map(({ from }) => from);
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.length).toBeGreaterThan(10);
  }
});

test('a picture of many windows has their sums, and a window without requests is a gap', () => {
  const windows = Array.from({ length: 1000 }, (_, index) => ({
    from: index * 1000,
    to: index * 1000 + 1000,
    requests: index < 500 ? 10 : 0,
    serverErrors: index < 500 ? 1 : 0,
    ...(index < 500 ? { latency: { p95: 20 } } : {}),
  }));
  const points = pointsOf(windows);
  expect(points.length).toBeLessThanOrEqual(240);
  expect(points[0]).toEqual({ time: 2500, requestsPerSecond: 10, errorPercent: 10, p95: 20 });
  expect(points.at(-1)).toMatchObject({ errorPercent: undefined, p95: undefined });
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { monitorDocument } from './report-document.ts';
import { monitorMarkdown } from './report-markdown.ts';
import { monitorPage } from './report-page.ts';
import { sampleResult } from './testing/sample-result.ts';

const schema = JSON.parse(readFileSync(new URL('report.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

test.each(['green', '<img src=x onerror=alert(1)>|`__proto__`'])('the reports of %s', (name) => {
  const result = sampleResult(name);
  const document = JSON.parse(JSON.stringify(monitorDocument(result)));
  expect([validate(document), validate.errors]).toEqual([true, null]);
  const markdown = monitorMarkdown(result);
  expect(markdown).toMatch(/^## Endpoint shop: ✘ breach\n\nBreach: /);
  expect(markdown).toContain('10 earlier looks are in report.json.');
  const page = monitorPage(result);
  for (const text of [markdown, page]) expect(text).not.toContain('<img src=x');
  expect(page).toContain('bad-bar');
  expect(Buffer.byteLength(page)).toBeLessThan(2_000_000);
});

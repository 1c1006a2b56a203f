import { join } from 'node:path';
import { writeWhole } from '@mlops-actions/files';
import { rolloutDocument } from './report-document.ts';
import { rolloutMarkdown } from './report-markdown.ts';
import { rolloutPage } from './report-page.ts';
import type { RolloutResult } from './rollout-result.ts';

export interface Reports {
  readonly json: string;
  readonly html: string;
  readonly markdown: string;
}

/** Writes report.json, report.md and report.html into the folder. */
export async function writeReport(
  result: RolloutResult,
  folder: string,
  mask: (text: string) => string,
): Promise<Reports> {
  const [json, html] = [join(folder, 'report.json'), join(folder, 'report.html')];
  const document = rolloutDocument(result);
  const markdown = mask(rolloutMarkdown(result));
  await writeWhole(json, mask(`${JSON.stringify(document, null, 2)}\n`));
  await writeWhole(join(folder, 'report.md'), markdown);
  await writeWhole(html, mask(rolloutPage(result)));
  return { json, html, markdown };
}

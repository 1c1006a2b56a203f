import { join, resolve } from 'node:path';
import { constraintViolations, type Json, type Log } from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { Action, Context, Result } from '../action.ts';
import { type Check, leftOutText } from './check.ts';
import type { ProfileFile } from './check-data.ts';
import type { DriftInputs } from './inputs.ts';
import { spec } from './spec.ts';

/** Checks for drift; see `spec.ts`. What reads tables is loaded when it runs, so that help is quick. */
export const action: Action<typeof spec> = { spec, run };

async function run(inputs: DriftInputs, context: Context): Promise<Result<typeof spec>> {
  // One after the other here and below: Jest on Node 20 fails where modules that share others are loaded at once.
  const { checkedInputs } = await import('./inputs.ts');
  const { checkData } = await import('./check-data.ts');
  const checked = checkedInputs(inputs);
  const { check, profiles } = await checkData(inputs, checked, context);
  context.signal.throwIfAborted();
  const { outputs, markdown } = await writeFiles(
    check,
    profiles,
    resolve(context.workingDirectory, inputs.report),
    context,
  );
  context.summary(markdown);
  tell(check, context);
  return {
    outputs: {
      verdict: check.verdict,
      'drifted-columns': check.drifted.join('\n'),
      'drifted-share': check.driftedShare.lo,
      'rows-reference': check.sides.reference.rows,
      'rows-current': check.sides.current.rows,
      ...outputs,
    },
    ...endingOf(check, inputs, context.log),
    lineage: { drift: lineageOf(check) },
  };
}

async function writeFiles(
  check: Check,
  profiles: readonly ProfileFile[],
  folder: string,
  { workingDirectory, clock }: Context,
): Promise<{ readonly outputs: Result<typeof spec>['outputs']; readonly markdown: string }> {
  const { reportDocument } = await import('./report-document.ts');
  const { reportMarkdown } = await import('./report-markdown.ts');
  const { reportPage } = await import('./report-page.ts');
  const [json, html, violations] = ['report.json', 'report.html', 'constraint_violations.json'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  for (const { path, bytes } of profiles) await writeWhole(resolve(workingDirectory, path), bytes);
  await writeWhole(violations, `${JSON.stringify(constraintViolations(check.findings, check.columns), null, 2)}\n`);
  const markdown = reportMarkdown(check);
  await writeWhole(join(folder, 'report.md'), markdown);
  await writeWhole(html, reportPage(check, clock.now().getTime()));
  await writeWhole(json, `${JSON.stringify(reportDocument(check), null, 2)}\n`);
  const profile = profiles.find(({ side }) => side === 'current');
  return {
    markdown,
    outputs: {
      report: json,
      'report-html': html,
      violations,
      profile: profile === undefined ? undefined : resolve(workingDirectory, profile.path),
    },
  };
}

function tell(check: Check, { log }: Context): void {
  for (const each of check.leftOut) log.log('info', leftOutText(each));
  for (const warning of check.warnings) log.log('warning', warning);
  for (const { signal, verdict, reason } of check.signals) log.log('info', `${signal}: ${verdict}: ${reason}`);
}

/** A drift, too little data, and what could not be told are different endings. */
function endingOf(
  { verdict, headline }: Check,
  { onDrift, onInsufficient }: DriftInputs,
  log: Log,
): { readonly verdict?: string; readonly problem?: string } {
  switch (verdict) {
    case 'ok':
      log.log('notice', headline);
      return {};
    case 'warn':
      log.log('warning', headline);
      return {};
    case 'error':
      return { problem: headline };
    case 'drift':
      if (onDrift === 'fail') return { verdict: headline };
      log.log(
        onDrift === 'warn' ? 'warning' : 'info',
        `${headline} The step goes on, because \`on-drift\` is ${onDrift}.`,
      );
      return {};
    case 'insufficient-data':
      if (onInsufficient === 'fail') return { problem: headline };
      log.log(onInsufficient === 'warn' ? 'warning' : 'info', headline);
      return {};
  }
}

function lineageOf({ verdict, headline, sides, drifted, driftedShare, signals }: Check): Json {
  return {
    verdict,
    headline,
    reference: { ...sides.reference },
    current: { ...sides.current },
    'drifted-columns': [...drifted],
    'drifted-share': driftedShare.lo,
    signals: signals.map(({ signal, verdict: each }) => ({ signal, verdict: each })),
  };
}

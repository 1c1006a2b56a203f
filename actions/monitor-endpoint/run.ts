import { join, resolve } from 'node:path';
import { type Log, type Measurement, requestsOf, shareOf, UserError, type Verdict } from '@mlops-actions/core';
import { writeWhole } from '@mlops-actions/files';
import type { Provider } from '@mlops-actions/provider';
import type { Action, Context, Result } from '../action.ts';
import { keepWatch, requireWatchable } from './keep-watch.ts';
import { look, type MonitorInputs, type MonitorLook, windowLength } from './look.ts';
import { headlineOf, type LookSummary, type MonitorResult } from './monitor-result.ts';
import { monitorDocument } from './report-document.ts';
import { monitorMarkdown } from './report-markdown.ts';
import { monitorPage } from './report-page.ts';
import { rollBack } from './roll-back.ts';
import { spec } from './spec.ts';

/** Looks after an endpoint; see `spec.ts`. */
export const action: Action<typeof spec> = { spec, run };

/** So many looks of a watch are kept for the report. */
const keptLooks = 1000;

async function run(inputs: MonitorInputs, context: Context): Promise<Result<typeof spec>> {
  const begunAt = context.clock.now().getTime();
  requireWatchable(inputs);
  const provider = await context.provider();
  const { last, looks } = await watch(inputs, provider, context);
  const back = last.verdict === 'fail' && inputs.onBreach === 'rollback' ? await goneBack(last, provider, context) : {};
  const watching = await keepWatch(inputs, provider, context);
  const result: MonitorResult = {
    mode: inputs.mode,
    endpoint: inputs.endpoint,
    provider: inputs.provider,
    verdict: last.verdict,
    headline: `${headlineOf(last, inputs.endpoint)}${backText(back)}${watchText(watching)}`,
    last,
    looks,
    windows: await pictured(inputs, last, begunAt, provider, context),
    ...back,
    ...watching,
    ...(context.run.runUrl === undefined ? {} : { runUrl: context.run.runUrl }),
    begunAt,
    endedAt: context.clock.now().getTime(),
  };
  const reports = await writeReports(result, resolve(context.workingDirectory, inputs.report), context);
  return { ...endingOf(result, inputs, context.log), ...reported(result, reports) };
}

interface Watched {
  /** The look that decided. */
  readonly last: MonitorLook;
  readonly looks: readonly LookSummary[];
}

/** Looks until there is a breach that counts, the time is over, or the host cancels. */
async function watch(inputs: MonitorInputs, provider: Provider, { clock, signal, log }: Context): Promise<Watched> {
  const { mode, duration, interval, failureLimit, onBreach } = inputs;
  const begunAt = clock.now().getTime();
  const looks: LookSummary[] = [];
  let failures = 0;
  let breach: MonitorLook | undefined;
  for (;;) {
    const at = clock.now().getTime();
    const found = await look(inputs, provider, at, signal);
    const failing = found.checks.filter(({ verdict, advisory }) => !advisory && verdict !== 'pass');
    looks.push({ at, verdict: found.verdict, failing });
    if (looks.length > keptLooks) looks.shift();
    tell(found, inputs.endpoint, log);
    failures = found.verdict === 'fail' ? failures + 1 : 0;
    if (mode === 'check') return { last: found, looks };
    if (failures > failureLimit) {
      if (onBreach !== 'none') return { last: found, looks };
      breach = found;
    }
    const next = at + interval * 1000;
    if (next > begunAt + duration * 1000 || !(await slept(clock, next - clock.now().getTime(), signal))) {
      return { last: breach ?? tolerated(found, failures), looks };
    }
  }
}

/** A failure within `failure-limit` at the end of a watch is no breach, and no health either. */
function tolerated(found: MonitorLook, failures: number): MonitorLook {
  return failures === 0 ? found : { ...found, verdict: 'inconclusive' };
}

/** False when the host cancelled meanwhile: then what was seen so far is the answer. */
async function slept(clock: Context['clock'], milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(Math.max(0, milliseconds), signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

function tell(found: MonitorLook, endpoint: string, log: Log): void {
  log.log('info', `${found.verdict}: ${headlineOf(found, endpoint)}`);
  for (const { name, deployment, verdict, reason, advisory } of found.checks) {
    const where = deployment === undefined ? '' : ` of ${deployment}`;
    log.log('debug', `${verdict}${advisory ? ' (advisory)' : ''}: ${name}${where}: ${reason}`);
  }
}

type Back = Pick<MonitorResult, 'rolledBackTo' | 'rollbackFailure'>;

/** A rollback that is not possible does not hide the breach. */
async function goneBack({ state }: MonitorLook, provider: Provider, context: Context): Promise<Back> {
  try {
    return { rolledBackTo: await rollBack(state, provider, context) };
  } catch (error) {
    if (error instanceof UserError) return { rollbackFailure: error.message };
    throw error;
  }
}

function backText({ rolledBackTo, rollbackFailure }: Back): string {
  if (rolledBackTo !== undefined) return ` Everything is back at ${rolledBackTo}.`;
  return rollbackFailure === undefined ? '' : ` It could not go back: ${rollbackFailure}`;
}

function watchText({ watchFailure }: Pick<MonitorResult, 'watchFailure'>): string {
  return watchFailure === undefined ? '' : ` Alarms and dashboard are not set up: ${watchFailure}`;
}

/** The windows of everything that was looked at; a picture that cannot be had is no reason to fail. */
async function pictured(
  { endpoint, window, mode }: MonitorInputs,
  { to, deployments }: MonitorLook,
  begunAt: number,
  { endpoints }: Provider,
  { signal }: Context,
): Promise<Readonly<Record<string, readonly Measurement[]>>> {
  const names = deployments.map(({ name }) => name);
  if (mode === 'check' || signal.aborted) {
    return Object.fromEntries(deployments.map(({ name, window: { windows } }) => [name, windows]));
  }
  const from = begunAt - window * 1000;
  const windowSeconds = windowLength((to - from) / 1000);
  const series = await endpoints.measure(endpoint, { from, to, windowSeconds }, { signal }).catch(() => ({}));
  return Object.fromEntries(
    Object.entries(series).flatMap(([name, { windows }]) => (names.includes(name) ? [[name, windows]] : [])),
  );
}

interface Reports {
  readonly json: string;
  readonly html: string;
}

async function writeReports(result: MonitorResult, folder: string, { mask, summary }: Context): Promise<Reports> {
  const [json, html] = [join(folder, 'report.json'), join(folder, 'report.html')];
  const markdown = monitorMarkdown(result);
  await writeWhole(json, mask(`${JSON.stringify(monitorDocument(result), null, 2)}\n`));
  await writeWhole(join(folder, 'report.md'), mask(markdown));
  await writeWhole(html, mask(monitorPage(result)));
  summary(markdown);
  return { json, html };
}

function endingOf(
  { verdict, headline, rollbackFailure, watchFailure }: MonitorResult,
  { onBreach, onInconclusive }: MonitorInputs,
  log: Log,
): { readonly verdict?: string; readonly problem?: string } {
  if (watchFailure !== undefined && verdict !== 'fail') return { problem: headline };
  if (verdict === 'pass') {
    log.log('notice', headline);
    return {};
  }
  if (verdict === 'fail') {
    if (rollbackFailure !== undefined) return { problem: headline };
    if (onBreach !== 'none') return { verdict: headline };
    log.log('warning', `${headline} The step goes on, because \`on-breach\` is none.`);
    return {};
  }
  if (onInconclusive === 'fail') return { problem: headline };
  log.log(onInconclusive === 'warn' ? 'warning' : 'info', headline);
  return {};
}

function reported(
  { verdict, headline, last, rolledBackTo, endpoint, dashboardUrl }: MonitorResult,
  { json, html }: Reports,
): Pick<Result<typeof spec>, 'outputs' | 'lineage'> {
  const failing = failingNames(last, 'fail');
  const all = last.deployments.flatMap(({ window: { windows } }) => windows);
  const errors = shareOf(all, 'serverErrors');
  const [main] = [...last.deployments].sort((a, b) => b.traffic - a.traffic);
  const ringing = last.alarms.filter(({ state }) => state === 'ringing').map(({ name }) => name);
  const facts = {
    verdict,
    headline,
    requests: requestsOf(all),
    'error-rate': errors === undefined || errors.requests === 0 ? undefined : errors.count / errors.requests,
    'p95-ms': main?.window.latency?.p95,
    'rolled-back-to': rolledBackTo,
    'dashboard-url': dashboardUrl,
  };
  const known = Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    outputs: {
      ...facts,
      'failing-checks': failing.join('\n'),
      'ringing-alarms': ringing.join('\n'),
      report: json,
      'report-html': html,
    },
    lineage: { monitor: { endpoint, ...Object.fromEntries(known), 'failing-checks': failing } },
  };
}

function failingNames({ checks }: MonitorLook, wanted: Verdict): string[] {
  const names = checks.filter(({ verdict, advisory }) => verdict === wanted && !advisory).map(({ name }) => name);
  return [...new Set(names)];
}

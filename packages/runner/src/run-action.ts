import { resolve } from 'node:path';
import type { Action, Context } from '@mlops-actions/actions';
import {
  Cancelled,
  type Clock,
  type Ending,
  emptyRunRecord,
  endingOf,
  type Json,
  type RunRecord,
  type StepRecord,
} from '@mlops-actions/core';
import type { Host } from '@mlops-actions/hosts';
import type { Provider, ProviderEffects, ProviderName } from '@mlops-actions/provider';
import { camelCase, parseInputs } from '@mlops-actions/spec';
import { appendStep, readRunRecord } from './record-file.ts';

/** The inputs that every action has, parsed; see `actions/common-inputs.ts`. */
export interface CommonInputs {
  readonly provider: ProviderName;
  readonly workingDirectory: string | undefined;
  readonly record: string;
  readonly store: string;
}

/** What a step does to the world outside its host. */
export interface Effects {
  readonly clock: Clock;
  readonly random: () => number;
  /** Calls `cancel` on the first signal that asks the process to end; returns how to stop listening. */
  onSignal(cancel: (signal: string) => void): () => void;
  /** `workingDirectory` is absolute; relative paths in `inputs` start there. */
  openProvider(inputs: CommonInputs, workingDirectory: string, effects: ProviderEffects): Promise<Provider>;
}

/** Runs one step from inputs to ending and returns the exit code. The only place that catches what a step throws. */
export async function runAction(action: Action, host: Host, effects: Effects): Promise<number> {
  const cancellation = new AbortController();
  const stopListening = effects.onSignal((signal) => {
    host.log('warning', `${signal} received: stopping what this step started.`);
    cancellation.abort(new Cancelled(`Cancelled by ${signal}.`));
  });
  try {
    return host.finish(await endingOfStep(action, host, effects, cancellation.signal));
  } finally {
    stopListening();
  }
}

/** Runs what a step left to do after the job, on every ending of the job. */
export async function runPost(action: Action, host: Host, effects: Effects): Promise<number> {
  try {
    const inputs = (await readInputs(action, host)) as CommonInputs;
    const context = { ...contextFor(host, effects, inputs, emptyRunRecord(host.run), new AbortController().signal) };
    await action.post?.(inputs as never, { ...context, kept: (name) => host.state?.read(name) });
    return host.finish({ kind: 'ok' });
  } catch (thrown) {
    return host.finish(endingOf(thrown));
  }
}

async function endingOfStep(action: Action, host: Host, effects: Effects, signal: AbortSignal): Promise<Ending> {
  const start = effects.clock.now().toISOString();
  let inputs: CommonInputs | undefined;
  let lineage: StepRecord['lineage'] = {};
  let ending: Ending;
  try {
    inputs = (await readInputs(action, host)) as CommonInputs;
    const record = await readRunRecord(recordPath(host, inputs), host.run);
    const context = contextFor(host, effects, inputs, record, signal);
    const result = await action.run(inputs as never, context);
    lineage = result.lineage;
    setOutputs(action, host, result.outputs);
    ending = endingOfResult(result);
  } catch (thrown) {
    ending = endingOf(thrown);
  }
  if (inputs === undefined || isDryRun(inputs)) return ending;
  const step: StepRecord = {
    action: action.spec.name,
    start,
    end: effects.clock.now().toISOString(),
    ending: ending.kind,
    ...('message' in ending ? { message: ending.message } : {}),
    provider: inputs.provider,
    lineage,
  };
  return recorded(step, recordPath(host, inputs), host, ending);
}

function endingOfResult({ verdict, problem }: { readonly verdict?: string; readonly problem?: string }): Ending {
  if (problem !== undefined) return { kind: 'user-error', message: problem };
  return verdict === undefined ? { kind: 'ok' } : { kind: 'verdict', message: verdict };
}

/** Writes the step into the run record. A record that cannot be written spoils a good ending, and never hides a bad one. */
async function recorded(step: StepRecord, path: string, host: Host, ending: Ending): Promise<Ending> {
  try {
    await appendStep(path, host.run, step);
    return ending;
  } catch (thrown) {
    if (ending.kind === 'ok') return endingOf(thrown);
    host.log('warning', `The run record ${path} was not written: ${(thrown as Error).message}`);
    return ending;
  }
}

/** Masks the secrets before anything else can print them, then parses. */
async function readInputs(action: Action, host: Host): Promise<unknown> {
  for (const [name, input] of Object.entries(action.spec.inputs)) {
    const value = input.secret ? host.input(name) : undefined;
    if (value !== undefined) host.secret(value);
  }
  const inputs = await parseInputs(action.spec, host);
  for (const value of secretValues(action, inputs)) host.secret(value);
  return inputs;
}

/** What a user's script may print of a secret mapping: not the mapping's text, but one value of it. */
function secretValues(action: Action, inputs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(action.spec.inputs)
    .filter(([, input]) => input.secret && input.type === 'mapping')
    .flatMap(([name]) => Object.values(inputs[camelCase(name)] as Readonly<Record<string, string>>));
}

function contextFor(
  host: Host,
  effects: Effects,
  inputs: CommonInputs,
  record: RunRecord,
  signal: AbortSignal,
): Context {
  const workingDirectory = resolve(host.workspace, inputs.workingDirectory ?? '.');
  const environment = host.childEnvironment();
  let provider: Promise<Provider> | undefined;
  return {
    log: host,
    run: host.run,
    record,
    workingDirectory,
    tempDir: host.tempDir,
    environment,
    signal,
    clock: effects.clock,
    provider: () => {
      provider ??= effects.openProvider(inputs, workingDirectory, {
        log: host,
        clock: effects.clock,
        environment,
        random: effects.random,
      });
      return provider;
    },
    summary: (markdown) => host.summary?.(markdown),
    keepForPost: (name, value) => host.state?.save(name, value),
  };
}

function setOutputs(action: Action, host: Host, outputs: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined) continue;
    if (action.spec.outputs[name]?.secret) host.secret(String(value));
    host.output(name, String(value));
  }
}

function recordPath(host: Host, inputs: CommonInputs): string {
  return resolve(host.workspace, inputs.workingDirectory ?? '.', inputs.record);
}

function isDryRun(inputs: object): boolean {
  return (inputs as { readonly [camelCased: string]: Json })[camelCase('dry-run')] === true;
}

import { stat } from 'node:fs/promises';
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
  UserError,
} from '@mlops-actions/core';
import { createMasker, type Host, type Masker } from '@mlops-actions/hosts';
import type { Provider, ProviderEffects, ProviderName } from '@mlops-actions/provider';
import { camelCase, parseInputs } from '@mlops-actions/spec';
import { appendStep, readRunRecord } from './record-file.ts';
import type { SageMakerInputs } from './sagemaker-options.ts';

/** The inputs that every action has, parsed; see `actions/common-inputs.ts`. */
export interface CommonInputs extends SageMakerInputs {
  readonly provider: ProviderName;
  readonly workingDirectory: string | undefined;
  readonly record: string;
  readonly store: string;
}

/** What a step does to the world outside its host. */
export interface Effects {
  readonly clock: Clock;
  readonly random: () => number;
  /** The program of threads that read tables; absent: the step reads them itself. */
  readonly scanWorker?: URL;
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

/**
 * Runs what a step left to do after the job, on every ending of the job. Inputs that cannot be parsed mean that the step itself could not
 * start anything; it has said so.
 */
export async function runPost(action: Action, host: Host, effects: Effects): Promise<number> {
  const secrets = createMasker();
  try {
    const inputs = await readInputs(action, host, secrets);
    const context = contextFor(host, effects, inputs, emptyRunRecord(host.run), new AbortController().signal, secrets);
    await action.post?.(inputs as never, { ...context, kept: (name) => host.state?.read(name) });
  } catch (thrown) {
    if (!(thrown instanceof InputFaults)) return host.finish(endingOf(thrown));
  }
  return host.finish({ kind: 'ok' });
}

/** The inputs are wrong, so the step never began. */
class InputFaults extends UserError {}

async function endingOfStep(action: Action, host: Host, effects: Effects, signal: AbortSignal): Promise<Ending> {
  const start = effects.clock.now().toISOString();
  const secrets = createMasker();
  let inputs: CommonInputs;
  let record: RunRecord;
  try {
    inputs = await readInputs(action, host, secrets);
    await requireWorkingDirectory(host, inputs);
    record = await readRunRecord(recordPath(host, inputs), host.run);
  } catch (thrown) {
    return endingOf(thrown);
  }
  let lineage: StepRecord['lineage'] = {};
  let ending: Ending;
  try {
    signal.throwIfAborted();
    const result = await action.run(inputs as never, contextFor(host, effects, inputs, record, signal, secrets));
    lineage = result.lineage;
    setOutputs(action, host, secrets, result.outputs);
    ending = endingOfResult(result);
  } catch (thrown) {
    ending = endingOf(isAbort(thrown) && signal.aborted ? signal.reason : thrown);
  }
  if (isDryRun(inputs)) return ending;
  const step: StepRecord = {
    action: action.spec.name,
    start,
    end: effects.clock.now().toISOString(),
    ending: ending.kind,
    ...('message' in ending ? { message: ending.message } : {}),
    provider: inputs.provider,
    lineage,
  };
  return recorded(masked(step, secrets), recordPath(host, inputs), host, ending);
}

/** Without this a record would be written into a new folder of a misspelt name. */
async function requireWorkingDirectory(host: Host, inputs: CommonInputs): Promise<void> {
  const { workingDirectory } = inputs;
  if (workingDirectory === undefined) return;
  const stats = await stat(resolve(host.workspace, workingDirectory)).catch(() => undefined);
  if (stats?.isDirectory()) return;
  const name = host.spell('working-directory');
  throw new UserError(`Input \`${name}\` is "${workingDirectory}", which is not a folder. Check the path.`);
}

/** Node's own functions wrap the reason of a signal that aborts them. */
function isAbort(thrown: unknown): boolean {
  return (thrown as Error | undefined)?.name === 'AbortError';
}

/** An error's message may quote what the cloud or a script said, and that may hold a secret. */
function masked(step: StepRecord, secrets: Masker): StepRecord {
  return JSON.parse(JSON.stringify(step), (_, value: unknown) =>
    typeof value === 'string' ? secrets.mask(value) : value,
  ) as StepRecord;
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

/** Hides the secrets before anything else can print them, then parses. */
async function readInputs(action: Action, host: Host, secrets: Masker): Promise<CommonInputs> {
  for (const [name, input] of Object.entries(action.spec.inputs)) {
    const value = input.secret ? host.input(name) : undefined;
    if (value !== undefined) hide(value, host, secrets);
  }
  try {
    const inputs = await parseInputs(action.spec, host);
    for (const value of secretValues(action, inputs)) hide(value, host, secrets);
    return inputs as unknown as CommonInputs;
  } catch (thrown) {
    throw thrown instanceof UserError ? new InputFaults(thrown.message) : thrown;
  }
}

/** What a user's script may print of a secret mapping: not the mapping's text, but one value of it. */
function secretValues(action: Action, inputs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(action.spec.inputs)
    .filter(([, input]) => input.secret && input.type === 'mapping')
    .flatMap(([name]) => Object.values(inputs[camelCase(name)] as Readonly<Record<string, string>>));
}

/** Hides `value` in what the host prints and in what goes into the run record. */
function hide(value: string, host: Host, secrets: Masker): void {
  host.secret(value);
  secrets.add(value);
}

function contextFor(
  host: Host,
  effects: Effects,
  inputs: CommonInputs,
  record: RunRecord,
  signal: AbortSignal,
  secrets: Masker,
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
    scanWorker: effects.scanWorker,
    provider: () => {
      provider ??= effects.openProvider(inputs, workingDirectory, {
        log: host,
        clock: effects.clock,
        environment,
        random: effects.random,
        ...idTokenOf(host),
      });
      return provider;
    },
    mask: (text) => secrets.mask(text),
    summary: (markdown) => host.summary?.(markdown),
    keepForPost: (name, value) => host.state?.save(name, value),
  };
}

function idTokenOf(host: Host): Pick<ProviderEffects, 'idToken'> {
  const idToken = host.idToken?.bind(host);
  return idToken === undefined ? {} : { idToken };
}

function setOutputs(action: Action, host: Host, secrets: Masker, outputs: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (value === undefined) continue;
    if (action.spec.outputs[name]?.secret) hide(String(value), host, secrets);
    host.output(name, String(value));
  }
}

function recordPath(host: Host, inputs: CommonInputs): string {
  return resolve(host.workspace, inputs.workingDirectory ?? '.', inputs.record);
}

function isDryRun(inputs: object): boolean {
  return (inputs as { readonly [camelCased: string]: Json })[camelCase('dry-run')] === true;
}

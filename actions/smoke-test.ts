import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '@mlops-actions/core';
import type { EndpointService, Invocation, InvocationAnswer } from '@mlops-actions/provider';
import type { Inputs } from '@mlops-actions/spec';
import type { Context } from './action.ts';
import { type Expectation, parseExpectation, shortened } from './expectation.ts';
import type { smokeInputs } from './serving-inputs.ts';

/** A request that a new deployment must answer as expected before it gets traffic. */
export interface SmokeTest {
  readonly invocation: Invocation;
  readonly expect: Expectation;
}

/** The answer, and what is wrong with it, in words after `The answer …`. */
export interface SmokeResult {
  readonly answer: InvocationAnswer;
  readonly fault?: string;
}

const shownLines = 20;

/** Sends the smoke request to one deployment alone. When its answer is wrong, the log shows what the deployment printed last. */
export async function runSmokeTest(
  { invocation, expect }: SmokeTest,
  { endpoint, deployment }: { readonly endpoint: string; readonly deployment: string },
  endpoints: EndpointService,
  { log, signal }: Pick<Context, 'log' | 'signal'>,
): Promise<SmokeResult> {
  const answer = await endpoints.invoke(endpoint, { ...invocation, deployment }, { signal });
  const fault = answer.status >= 200 && answer.status < 300 ? expect(answer.body) : `has status ${answer.status}`;
  if (fault === undefined) {
    log.log('info', `Smoke request: status ${answer.status} in ${Math.round(answer.milliseconds)} ms, as expected.`);
    return { answer };
  }
  await log.group(`Last lines of ${deployment}`, async () => {
    const lines = await endpoints.logs(endpoint, deployment, shownLines);
    for (const line of lines) log.foreign(line);
  });
  return { answer, fault: `${fault}. It was: ${shortened(answer.body) || '(empty)'}` };
}

/** Reads the smoke request and what its answer must be; undefined when none is asked for. */
export async function readSmokeTest(
  inputs: Inputs<{ inputs: typeof smokeInputs }>,
  workingDirectory: string,
): Promise<SmokeTest | undefined> {
  const { smokeRequest, smokeExpect, smokeContentType } = inputs;
  if (smokeRequest === undefined) {
    if (smokeExpect === undefined) return undefined;
    throw new UserError('Input `smoke-expect` is given without `smoke-request`. Give the request that it answers.');
  }
  const body = await textOrFile('smoke-request', smokeRequest, workingDirectory);
  const expected =
    smokeExpect === undefined ? undefined : await textOrFile('smoke-expect', smokeExpect, workingDirectory);
  const expect: Expectation = expected === undefined ? () => undefined : parseExpectation(expected.toString('utf8'));
  return { invocation: { body, contentType: smokeContentType }, expect };
}

/** The bytes of an input that is a text, or `@` and the path of a file. */
export async function textOrFile(input: string, text: string, workingDirectory: string): Promise<Buffer> {
  if (!text.startsWith('@')) return Buffer.from(text);
  const path = resolve(workingDirectory, text.slice(1).trim());
  return readFile(path).catch((error: Error) => {
    throw new UserError(
      `Input \`${input}\`: ${path} cannot be read (${error.message}). Give a file, or the text itself.`,
    );
  });
}

import { readFileSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import {
  type Clock,
  type Ending,
  exitCodeOf,
  type FilePosition,
  type LogLevel,
  systemClock,
} from '@mlops-actions/core';
import { githubVariable } from '@mlops-actions/spec';
import { type AnnotationLevel, annotationBudget, plainMessage } from './annotations.ts';
import { childEnvironment } from './child-environment.ts';
import { defuseForGitHub } from './defuse.ts';
import type { HostEffects } from './effects.ts';
import { githubCommand } from './github-commands.ts';
import { appendSummary } from './github-summary.ts';
import type { Host } from './host.ts';
import { requestIdToken } from './id-token.ts';
import { appendToCommandFile, keyValueRecord } from './key-value-file.ts';
import { createMasker } from './masking.ts';
import { githubRun } from './run-info.ts';

/** GitHub's runner cuts an annotation's message there, in UTF-16 code units. */
const messageLimit = 4096;
const cutNote = '… (cut; the log has the whole message)';

export interface GitHubEffects extends HostEffects {
  /** For the waits between attempts at an ID token. */
  readonly clock?: Clock;
}

/** GitHub Actions: workflow commands on standard output, values through the runner's command files. */
export function githubHost({ env, write, clock = systemClock }: GitHubEffects): Host {
  const masker = createMasker();
  const annotations = annotationBudget();
  let summaryIsFull = false;

  function command(
    name: string,
    data: string,
    properties?: Readonly<Record<string, string | number | undefined>>,
  ): void {
    write(githubCommand(name, data, properties) + EOL);
  }

  function plain(text: string): void {
    write(defuseForGitHub(masker.mask(text)) + EOL);
  }

  function annotate(level: AnnotationLevel, message: string, at?: FilePosition, title?: string): void {
    const text = masker.mask(message);
    if (text.length > messageLimit) plain(text);
    command(level, shortened(text), { title, file: at && masker.mask(at.file), line: at?.line, col: at?.column });
  }

  function log(level: LogLevel, message: string, at?: FilePosition): void {
    if (level === 'info') plain(message);
    else if (level === 'debug') command('debug', masker.mask(message));
    else if (annotations.take(level)) annotate(level, message, at);
    else plain(plainMessage(level, message, at));
  }

  async function group<T>(title: string, body: () => Promise<T>): Promise<T> {
    command('group', masker.mask(title));
    try {
      return await body();
    } finally {
      command('endgroup', '');
    }
  }

  function secret(value: string): void {
    const lines = masker.add(value);
    if (lines.length === 0) return;
    command('add-mask', value);
    if (lines.length > 1) for (const line of lines) command('add-mask', line);
  }

  function summary(markdown: string): void {
    const path = env.GITHUB_STEP_SUMMARY;
    if (!path || summaryIsFull) return;
    summaryIsFull = !appendSummary(path, masker.mask(markdown));
    if (summaryIsFull) plain('The summary was cut: GitHub shows 1 MiB of it a step.');
  }

  function finish(ending: Ending): number {
    const leftOut = annotations.leftOut();
    if (leftOut !== undefined) plain(leftOut);
    if (ending.kind === 'failure' && ending.detail !== undefined) log('debug', ending.detail);
    if (ending.kind !== 'ok')
      annotate('error', ending.message, undefined, ending.kind === 'verdict' ? 'Verdict' : undefined);
    return exitCodeOf(ending);
  }

  async function idToken(audience: string): Promise<string> {
    const token = await requestIdToken(env, audience, clock);
    secret(token);
    return token;
  }

  return {
    name: 'github',
    run: githubRun(env, (path) => readFileSync(path, 'utf8')),
    tempDir: env.RUNNER_TEMP ?? tmpdir(),
    workspace: env.GITHUB_WORKSPACE ?? process.cwd(),
    debug: env.RUNNER_DEBUG === '1',
    input: (name) => env[githubVariable(name)] || undefined,
    givenInputs: () => givenInputs(env),
    spell: (name) => name,
    output: (name, value) => appendToCommandFile('GITHUB_OUTPUT', env.GITHUB_OUTPUT, keyValueRecord(name, value)),
    secret,
    childEnvironment: () => childEnvironment(env, masker),
    log,
    foreign: plain,
    group,
    finish,
    summary,
    idToken,
    state: {
      save: (name, value) =>
        appendToCommandFile('GITHUB_STATE', env.GITHUB_STATE, keyValueRecord(name, masker.mask(value))),
      read: (name) => env[`STATE_${name}`],
    },
  };
}

/** The inputs that have a value; the runner hands them over in capitals, whatever the user wrote. */
export function givenInputs(env: HostEffects['env']): readonly string[] {
  return Object.entries(env)
    .filter(([variable, value]) => variable.startsWith('INPUT_') && value)
    .map(([variable]) => variable.slice('INPUT_'.length).toLowerCase());
}

function shortened(text: string): string {
  if (text.length <= messageLimit) return text;
  const cut = text.slice(0, messageLimit - cutNote.length);
  // Half of a surrogate pair is not text.
  return cut.replace(/[\uD800-\uDBFF]$/, '') + cutNote;
}

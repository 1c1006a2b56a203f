import { mkdtempSync, writeFileSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ending, type FilePosition, type LogLevel, UserError } from '@mlops-actions/core';
import { azureVariable, camelCase } from '@mlops-actions/spec';
import { annotationBudget, plainMessage } from './annotations.ts';
import { azureCommand } from './azure-commands.ts';
import { childEnvironment } from './child-environment.ts';
import { defuseForAzure } from './defuse.ts';
import type { HostEffects } from './effects.ts';
import { givenInputs } from './github.ts';
import type { Host } from './host.ts';
import { createMasker } from './masking.ts';
import { azureRun } from './run-info.ts';

/** Azure Pipelines: everything by logging commands on standard output. */
export function azurePipelinesHost({ env, write }: HostEffects): Host {
  const masker = createMasker();
  const issues = annotationBudget();
  const tempDir = env.AGENT_TEMPDIRECTORY ?? tmpdir();
  let summaries = 0;

  function command(name: string, data: string, properties?: Parameters<typeof azureCommand>[2]): void {
    write(azureCommand(name, data, properties) + EOL);
  }

  function plain(text: string): void {
    write(defuseForAzure(masker.mask(text)) + EOL);
  }

  function issue(level: 'warning' | 'error', message: string, at?: FilePosition): void {
    command('task.logissue', masker.mask(message), {
      type: level,
      sourcepath: at && masker.mask(at.file),
      linenumber: at?.line,
      columnnumber: at?.column,
    });
  }

  function log(level: LogLevel, message: string, at?: FilePosition): void {
    if (level === 'info') plain(message);
    else if (level === 'debug') command('task.debug', masker.mask(message));
    // The agent knows no issue of type notice.
    else if (level === 'notice' || !issues.take(level)) plain(plainMessage(level, message, at));
    else issue(level, message, at);
  }

  async function group<T>(title: string, body: () => Promise<T>): Promise<T> {
    write(`##[group]${defuseForAzure(masker.mask(title)).replace(/[\r\n]+/g, ' ')}${EOL}`);
    try {
      return await body();
    } finally {
      write(`##[endgroup]${EOL}`);
    }
  }

  function output(name: string, value: string): void {
    const isSecret = masker.has(value);
    if (isSecret && /[\r\n]/.test(value)) {
      throw new UserError(`Output \`${name}\` is a secret of several lines, which Azure Pipelines cannot pass on.`);
    }
    command('task.setvariable', value, { variable: camelCase(name), isOutput: true, isSecret });
  }

  /** The agent refuses to mask a text of several lines, and its log is masked line by line: so each line is a secret. */
  function secret(value: string): void {
    for (const line of masker.add(value)) command('task.setsecret', line);
  }

  /** The page shows one section a file, under the file's name. */
  function summary(markdown: string): void {
    summaries += 1;
    const path = join(
      mkdtempSync(join(tempDir, 'mlops-')),
      `mlops-summary${summaries === 1 ? '' : `-${summaries}`}.md`,
    );
    writeFileSync(path, masker.mask(markdown));
    command('task.uploadsummary', path);
  }

  /**
   * The agent takes the result from `task.complete` and an exit code other than 0 for a breakdown of the task itself, about which it
   * adds an error of its own (its `NodeHandler.cs`). So every ending that could be told exits with 0.
   */
  function finish(ending: Ending): number {
    const leftOut = issues.leftOut();
    if (leftOut !== undefined) plain(leftOut);
    if (ending.kind === 'ok') return 0;
    if (ending.kind === 'failure' && ending.detail !== undefined) log('debug', ending.detail);
    issue('error', ending.kind === 'verdict' ? `Verdict: ${ending.message}` : ending.message);
    command('task.complete', '', { result: 'Failed' });
    return 0;
  }

  return {
    name: 'azure-pipelines',
    run: azureRun(env),
    tempDir,
    workspace: env.SYSTEM_DEFAULTWORKINGDIRECTORY ?? env.BUILD_SOURCESDIRECTORY ?? process.cwd(),
    debug: env.SYSTEM_DEBUG?.toLowerCase() === 'true',
    input: (name) => env[azureVariable(name)] || undefined,
    givenInputs: () => givenInputs(env),
    spell: camelCase,
    output,
    secret,
    childEnvironment: () => childEnvironment(env, masker),
    log,
    foreign: plain,
    group,
    finish,
    summary,
    state: {
      save: (name, value) => command('task.settaskvariable', masker.mask(value), { variable: name, isSecret: false }),
      read: (name) => env[`VSTS_TASKVARIABLE_${name.replace(/[. ]/g, '_').toUpperCase()}`],
    },
  };
}

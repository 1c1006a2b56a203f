import { appendFileSync, readFileSync } from 'node:fs';
import { EOL, tmpdir } from 'node:os';
import { type Ending, exitCodeOf, type FilePosition, type LogLevel } from '@mlops-actions/core';
import { commandLineSettings, commandLineVariable } from '@mlops-actions/spec';
import { plainMessage } from './annotations.ts';
import { childEnvironment } from './child-environment.ts';
import type { CommandLineOptions } from './cli-options.ts';
import { defuseForAzure, defuseForGitHub } from './defuse.ts';
import type { TerminalEffects } from './effects.ts';
import type { Host } from './host.ts';
import { keyValueRecord } from './key-value-file.ts';
import { createMasker } from './masking.ts';
import { runInfo } from './run-info.ts';

/** The suite's own settings, which are therefore no inputs. */
const outputVariable = 'MLOPS_OUTPUT';
const summaryVariable = 'MLOPS_SUMMARY';
const debugVariable = 'MLOPS_DEBUG';

/** SGR colours: bold red, yellow, cyan, grey. */
const colours = { error: '1;31', warning: '33', notice: '36', debug: '90' } as const;

export interface CommandLineEffects extends TerminalEffects, CommandLineOptions {
  /** Absolute. Default: the current folder. */
  readonly workspace?: string;
}

/**
 * A shell, CodeBuild, Jenkins, GitLab, or a script step of any CI system. The log goes to standard error and outputs to standard
 * output, as `name=value` or, when they have several lines, in the form of GitHub's command files. Both also go to files when
 * `MLOPS_OUTPUT` and `MLOPS_SUMMARY` name them. An input comes from its option, else from `MLOPS_<NAME>`, which is the place for secrets.
 */
export function cliHost(effects: CommandLineEffects): Host {
  const { env, options } = effects;
  const masker = createMasker();
  const run = runInfo(env, (path) => readFileSync(path, 'utf8'));
  const defuse = defuserFor(run.system);
  const debug = /^(1|true)$/i.test(env[debugVariable] ?? '');
  const coloured = effects.isTerminal && !env.NO_COLOR;

  function plain(text: string): void {
    effects.writeError(defuse(masker.mask(text)) + EOL);
  }

  function inColour(code: string, text: string): string {
    return coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
  }

  function log(level: LogLevel, message: string, at?: FilePosition): void {
    if (level === 'debug' && !debug) return;
    if (level === 'info') plain(message);
    else plain(inColour(colours[level], plainMessage(level, message, at)));
  }

  async function group<T>(title: string, body: () => Promise<T>): Promise<T> {
    plain(inColour('1', `== ${title}`));
    return body();
  }

  function output(name: string, value: string): void {
    const record = /[\r\n]/.test(value) ? keyValueRecord(name, value) : `${name}=${value}${EOL}`;
    const file = env[outputVariable];
    if (file) appendFileSync(file, record);
    effects.write(defuse(masker.has(value) ? `${name}=***${EOL}` : record));
  }

  function finish(ending: Ending): number {
    if (ending.kind === 'failure' && ending.detail !== undefined) log('debug', ending.detail);
    if (ending.kind === 'verdict') log('error', `Verdict: ${ending.message}`);
    else if (ending.kind !== 'ok') log('error', ending.message);
    return exitCodeOf(ending);
  }

  return {
    name: 'cli',
    run,
    tempDir: env.RUNNER_TEMP ?? env.AGENT_TEMPDIRECTORY ?? tmpdir(),
    workspace: effects.workspace ?? process.cwd(),
    debug,
    input: (name) => {
      const variable = commandLineVariable(name);
      return (options.get(name) ?? (commandLineSettings.includes(name) ? undefined : env[variable])) || undefined;
    },
    givenInputs: () => [...[...options.keys()].map((name) => `--${name}`), ...effects.stray],
    spell: (name) => `--${name}`,
    output,
    secret: (value) => void masker.add(value),
    childEnvironment: () => childEnvironment(env, masker),
    log,
    foreign: plain,
    group,
    finish,
    summary: (markdown) => {
      const file = env[summaryVariable];
      if (file) appendFileSync(file, `${masker.mask(markdown).replace(/\n$/, '')}\n`);
    },
  };
}

/** A command line inside a step of GitHub or Azure Pipelines is read by their runners, standard error included. */
function defuserFor(system: string): (text: string) => string {
  if (system === 'github') return defuseForGitHub;
  if (system === 'azure-pipelines') return defuseForAzure;
  return (text) => text;
}

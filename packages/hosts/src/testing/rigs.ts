import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { azurePipelinesHost } from '../azure-pipelines.ts';
import { cliHost } from '../cli.ts';
import { parseOptions } from '../cli-options.ts';
import { githubHost } from '../github.ts';
import type { Host } from '../host.ts';
import { memoryHost } from '../memory.ts';
import { azureCommandsIn } from './azure-agent.ts';
import { githubCommandsIn, valuesInCommandFile } from './github-runner.ts';

/** A host in front of a stand-in for the system that calls it. */
export interface Rig {
  readonly host: Host;
  /** Everything printed and written so far, except the commands by which the system is told a secret, and outputs. */
  readable(): string;
  /** Only what was printed. */
  printed(): string;
  /** Names of the commands that the system would obey in what was printed. */
  obeyed(): string[];
  /** By the name that the user reads. */
  outputs(): Readonly<Record<string, string>>;
  summary(): string;
  /** The host of the post step. */
  post(): Host;
  remove(): void;
}

export interface RigOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

type MakeRig = (options?: RigOptions) => Rig;

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'mlops-hosts-'));
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The variables in which a system passes inputs. */
function variables(
  inputs: Readonly<Record<string, string>> = {},
  nameOf: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [nameOf(name), value]));
}

export function githubRig({ inputs, env }: RigOptions = {}): Rig {
  const dir = folder();
  const file = (name: string): string => join(dir, name);
  for (const name of ['output', 'state', 'summary']) writeFileSync(file(name), '');
  const own = {
    GITHUB_ACTIONS: 'true',
    RUNNER_DEBUG: '1',
    RUNNER_TEMP: dir,
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    ...variables(inputs, (name) => `INPUT_${name.toUpperCase()}`),
    ...env,
  };
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  return {
    host: githubHost({ env: own, write }),
    readable: () => printed.replace(/^::add-mask::.*$/gm, '') + read(file('state')) + read(file('summary')),
    printed: () => printed,
    obeyed: () => githubCommandsIn(printed).map(({ name }) => name),
    outputs: () => valuesInCommandFile(read(file('output'))),
    summary: () => read(file('summary')),
    post: () => {
      const state = valuesInCommandFile(read(file('state')));
      return githubHost({ env: { ...own, ...variables(state, (name) => `STATE_${name}`) }, write });
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

export function azureRig({ inputs, env }: RigOptions = {}): Rig {
  const dir = folder();
  const own = {
    TF_BUILD: 'True',
    SYSTEM_DEBUG: 'True',
    AGENT_TEMPDIRECTORY: dir,
    ...variables(inputs, (name) => `INPUT_${name.replaceAll('-', '').toUpperCase()}`),
    ...env,
  };
  let printed = '';
  let summary = '';
  const write = (text: string): void => {
    printed += text;
    // The agent looks at the file as soon as it reads the command.
    for (const { name, data } of azureCommandsIn(text)) {
      if (name === 'task.uploadsummary') summary += readFileSync(data, 'utf8');
    }
  };
  const values = (command: string): Record<string, string> =>
    Object.fromEntries(
      azureCommandsIn(printed)
        .filter(({ name }) => name === command)
        .map(({ properties, data }) => [properties.variable, data]),
    );
  return {
    host: azurePipelinesHost({ env: own, write }),
    readable: () => printed.replace(/^##vso\[task\.set(secret|variable)[ \]].*$/gm, '') + summary,
    printed: () => printed,
    obeyed: () => azureCommandsIn(printed).map(({ name }) => name),
    outputs: () => values('task.setvariable'),
    summary: () => summary,
    post: () => {
      const state = variables(values('task.settaskvariable'), (name) => `VSTS_TASKVARIABLE_${name.toUpperCase()}`);
      return azurePipelinesHost({ env: { ...own, ...state }, write });
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** `system` are the variables of the CI system whose script step the command line runs in. */
function cliRig(system: Readonly<Record<string, string>>, obeyed: (text: string) => { name: string }[]): MakeRig {
  return ({ inputs = {}, env = {} } = {}) => {
    const dir = folder();
    const own = {
      ...system,
      MLOPS_DEBUG: '1',
      MLOPS_OUTPUT: join(dir, 'output'),
      MLOPS_SUMMARY: join(dir, 'summary'),
      ...env,
    };
    let out = '';
    let error = '';
    const make = (): Host =>
      cliHost({
        env: own,
        write: (text) => {
          out += text;
        },
        writeError: (text) => {
          error += text;
        },
        isTerminal: false,
        ...parseOptions(Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)),
      });
    return {
      host: make(),
      readable: () => error + read(join(dir, 'summary')),
      printed: () => out + error,
      obeyed: () => [...obeyed(out), ...obeyed(error)].map(({ name }) => name),
      outputs: () => valuesInCommandFile(read(join(dir, 'output'))),
      summary: () => read(join(dir, 'summary')),
      post: make,
      remove: () => rmSync(dir, { recursive: true }),
    };
  };
}

function memoryRig({ inputs, env }: RigOptions = {}): Rig {
  const host = memoryHost({ ...(inputs && { inputs }), ...(env && { env }) });
  const printed = (): string =>
    host.logs.map(({ message }) => `${message}\n`).join('') + (host.ending ? JSON.stringify(host.ending) : '');
  return {
    host,
    readable: () => printed() + host.summaryText + Object.values(host.stateValues).join('\n'),
    printed,
    obeyed: () => [],
    outputs: () => host.outputs,
    summary: () => host.summaryText,
    post: () => host,
    remove: () => undefined,
  };
}

/** Every host, and the command line inside both systems that read commands. */
export const rigs: readonly (readonly [string, MakeRig])[] = [
  ['github', githubRig],
  ['azure-pipelines', azureRig],
  ['cli', cliRig({}, () => [])],
  ['cli in a GitHub step', cliRig({ GITHUB_ACTIONS: 'true' }, githubCommandsIn)],
  ['cli in an Azure step', cliRig({ TF_BUILD: 'True' }, azureCommandsIn)],
  ['memory', memoryRig],
];

import { tmpdir } from 'node:os';
import { type Ending, exitCodeOf, type FilePosition, type LogLevel, type RunInfo } from '@mlops-actions/core';
import { childEnvironment } from './child-environment.ts';
import type { Host, StepState } from './host.ts';
import { createMasker } from './masking.ts';

export interface MemoryOptions {
  /** By kebab-case name. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly workspace?: string;
  readonly tempDir?: string;
  readonly run?: RunInfo;
}

export interface MemoryLog {
  readonly level: LogLevel | 'foreign' | 'group';
  readonly message: string;
  readonly at?: FilePosition;
}

/** A host for tests: prints nothing and keeps everything, masked as the others mask, to be looked at afterwards. */
export interface MemoryHost extends Host {
  readonly name: 'memory';
  readonly state: StepState;
  summary(markdown: string): void;
  readonly outputs: Readonly<Record<string, string>>;
  /** In the order of the calls; untrusted lines and headings of groups included. */
  readonly logs: readonly MemoryLog[];
  readonly summaryText: string;
  readonly masked: readonly string[];
  readonly stateValues: Readonly<Record<string, string>>;
  /** Undefined until `finish`. */
  readonly ending: Ending | undefined;
}

export function memoryHost(options: MemoryOptions = {}): MemoryHost {
  const { inputs = {}, env = {} } = options;
  const masker = createMasker();
  const outputs: Record<string, string> = {};
  const logs: MemoryLog[] = [];
  const masked: string[] = [];
  const stateValues: Record<string, string> = {};
  let summaryText = '';
  let ending: Ending | undefined;

  function keep(level: MemoryLog['level'], message: string, at?: FilePosition): void {
    logs.push({
      level,
      message: masker.mask(message),
      ...(at === undefined ? {} : { at: { ...at, file: masker.mask(at.file) } }),
    });
  }

  return {
    name: 'memory',
    run: options.run ?? { system: 'memory' },
    tempDir: options.tempDir ?? tmpdir(),
    workspace: options.workspace ?? process.cwd(),
    debug: true,
    input: (name) => inputs[name] || undefined,
    givenInputs: () => Object.keys(inputs),
    spell: (name) => name,
    output: (name, value) => {
      outputs[name] = value;
    },
    secret: (value) => {
      if (masker.add(value).length > 0) masked.push(value);
    },
    childEnvironment: () => childEnvironment(env, masker),
    log: keep,
    foreign: (line) => keep('foreign', line),
    group: (title, body) => {
      keep('group', title);
      return body();
    },
    finish: (how) => {
      ending = maskedEnding(how, masker.mask);
      return exitCodeOf(how);
    },
    summary: (markdown) => {
      summaryText += `${masker.mask(markdown).replace(/\n$/, '')}\n`;
    },
    state: {
      save: (name, value) => {
        stateValues[name] = masker.mask(value);
      },
      read: (name) => stateValues[name],
    },
    outputs,
    logs,
    masked,
    stateValues,
    get summaryText() {
      return summaryText;
    },
    get ending() {
      return ending;
    },
  };
}

function maskedEnding(ending: Ending, mask: (text: string) => string): Ending {
  const texts = Object.entries(ending).map(([key, value]) => [key, key === 'kind' ? value : mask(value)]);
  return Object.fromEntries(texts) as Ending;
}

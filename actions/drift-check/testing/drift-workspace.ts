import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { type Json, systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';
import { Ajv, type ValidateFunction } from 'ajv';
import { action } from '../run.ts';

type Effects = Parameters<typeof openLocalProvider>[0]['effects'];

/** A workspace for each test of a file, and the step run in it as the runner does. */
export interface DriftWorkspace {
  readonly path: string;
  put(name: string, content: string | Uint8Array): Promise<string>;
  /** The store of datasets that the step sees. */
  store(): Promise<Provider>;
  /** Runs the step. Every report is held against its schema. `cancel` gets what a signal to the process calls. */
  check(inputs: Readonly<Record<string, string>>, cancel?: (abort: () => void) => void): Promise<MemoryHost>;
}

const schema = new URL('../report.schema.json', import.meta.url);
let validator: ValidateFunction | undefined;

export function driftWorkspace(): DriftWorkspace {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'drift-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));
  const openStore = async (effects: Effects): Promise<Provider> =>
    openLocalProvider({ root: join(path, '.mlops'), daemonCommand: [], effects });
  return {
    get path() {
      return path;
    },
    store: () => openStore({ log: memoryHost(), clock: systemClock, environment: {}, random: Math.random }),
    async put(name, content) {
      const file = join(path, name);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, content);
      return name;
    },
    async check(inputs, cancel) {
      const host = memoryHost({ inputs, workspace: path, tempDir: join(path, '.temp') });
      await runAction(action, host, {
        clock: systemClock,
        random: Math.random,
        onSignal: (abort) => {
          cancel?.(() => abort('SIGTERM'));
          return () => {};
        },
        openProvider: (_inputs, _folder, effects) => openStore(effects),
      });
      if (host.outputs.report !== undefined) {
        validator ??= new Ajv({ allowUnionTypes: true }).compile(JSON.parse(await readFile(schema, 'utf8')));
        const isValid = validator(await reportOf(host));
        expect(isValid ? [] : validator.errors).toEqual([]);
      }
      return host;
    },
  };
}

type Report = Record<string, Json> & {
  readonly columns: readonly Readonly<Record<string, Json>>[];
  readonly quality: readonly Readonly<Record<string, Json>>[];
};

export async function reportOf(host: MemoryHost): Promise<Report> {
  return JSON.parse(await readFile(host.outputs.report as string, 'utf8'));
}

/** One column of the report. */
export async function columnOf(host: MemoryHost, name: string): Promise<Readonly<Record<string, Json>>> {
  const { columns } = await reportOf(host);
  return columns.find((column) => column.name === name) ?? {};
}

export async function issuesOf(host: MemoryHost): Promise<string[]> {
  return (await reportOf(host)).quality.map(({ column, issue }) => `${column}: ${issue}`);
}

export function messageOf({ ending }: MemoryHost): string {
  return ending !== undefined && 'message' in ending ? ending.message : '';
}

/** What a workflow sees. */
export function seen({ ending, outputs }: MemoryHost): (string | undefined)[] {
  return [ending?.kind, outputs.verdict];
}

/** A number generator, the same for a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A CSV table of `rows` rows of what `row` gives. */
export function csv(rows: number, row: (index: number) => Readonly<Record<string, string | number>>): string {
  const all = Array.from({ length: rows }, (_, index) => row(index));
  const names = Object.keys(all[0] ?? {});
  return `${names.join(',')}\n${all.map((each) => names.map((name) => each[name]).join(',')).join('\n')}\n`;
}

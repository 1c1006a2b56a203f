import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { type Json, systemClock } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { openLocalProvider } from '@mlops-actions/provider-local';
import { runAction } from '@mlops-actions/runner';
import { Ajv } from 'ajv';
import { action } from '../run.ts';

type Effects = Parameters<typeof openLocalProvider>[0]['effects'];

/** A workspace for each test of a file, and the step run in it as the runner does. */
export interface GateWorkspace {
  readonly path: string;
  /** Writes a file; anything but text and bytes as JSON. */
  put(name: string, content: unknown): Promise<string>;
  /** Runs the step. Every report is held against its schema. */
  gate(inputs: Readonly<Record<string, string>>): Promise<MemoryHost>;
  openStore(effects: Effects): Promise<Provider>;
}

const schema = new URL('../report.schema.json', import.meta.url);

export function gateWorkspace(): GateWorkspace {
  let path = '';
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'gate-'));
  });
  afterEach(() => rm(path, { recursive: true, force: true }));
  const openStore: GateWorkspace['openStore'] = (effects) =>
    openLocalProvider({ root: join(path, '.mlops'), daemonCommand: [], effects }) as Promise<Provider>;
  return {
    get path() {
      return path;
    },
    openStore,
    async put(name, content) {
      const file = join(path, name);
      await mkdir(join(file, '..'), { recursive: true });
      const isRaw = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(file, isRaw ? content : JSON.stringify(content));
      return name;
    },
    async gate(inputs) {
      const host = memoryHost({ inputs, workspace: path });
      await runAction(action, host, {
        clock: systemClock,
        random: Math.random,
        onSignal: () => () => {},
        openProvider: (_inputs, _workingDirectory, effects) => openStore(effects),
      });
      if (host.outputs.report !== undefined) {
        const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(await readFile(schema, 'utf8')));
        expect(validate(await reportOf(host)) ? [] : validate.errors).toEqual([]);
      }
      return host;
    },
  };
}

export async function reportOf(host: MemoryHost): Promise<Record<string, Json>> {
  return JSON.parse(await readFile(host.outputs.report as string, 'utf8'));
}

export function messageOf(host: MemoryHost): string {
  const { ending } = host;
  return ending !== undefined && 'message' in ending ? ending.message : '';
}

/** What a workflow sees. */
export function seen(host: MemoryHost): (string | undefined)[] {
  return [host.ending?.kind, host.outputs.passed, host.outputs.verdict];
}
export const passed = ['ok', 'true', 'pass'];
export const refused = ['verdict', 'false', 'fail'];
export const unjudged = ['user-error', 'false', 'error'];
export const untold = ['user-error', 'false', 'inconclusive'];

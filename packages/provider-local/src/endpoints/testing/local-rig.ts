import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@mlops-actions/core';
import type { EndpointService, ModelRegistry, ProviderEffects } from '@mlops-actions/provider';
import { type GatewayAddress, readAddress } from '../../gateway/address.ts';
import { endOrphans } from '../../gateway/replica-journal.ts';
import { localModels } from '../../models.ts';
import { openStore, type Store } from '../../store/store.ts';
import { localEndpoints } from '../local-endpoints.ts';

/** A store in a temporary folder with endpoints in it, served by a real gateway process. */
export interface LocalRig {
  readonly store: Store;
  readonly models: ModelRegistry;
  readonly endpoints: EndpointService;
  /** Everything logged, untrusted lines too. */
  readonly lines: readonly string[];
  /** The same store as another step sees it. */
  another(options?: { readonly port?: number }): EndpointService;
  gateway(): Promise<GatewayAddress | undefined>;
  /** Ends the gateway and its replicas without ceremony and removes the folder. */
  end(): Promise<void>;
}

/** The compiled entry of the background processes: `npx tsc -b` makes it. */
const daemonCommand = [process.execPath, resolve('packages/provider-local/lib/daemon-main.js')];

export async function localRig(environment: Readonly<Record<string, string>> = {}): Promise<LocalRig> {
  const folder = await mkdtemp(join(tmpdir(), 'endpoints with é-'));
  const store = await openStore(join(folder, '.mlops'));
  const lines: string[] = [];
  const effects: ProviderEffects = {
    log: {
      log: (_level, message) => lines.push(message),
      foreign: (line) => lines.push(line),
      group: (_title, body) => body(),
    },
    clock: systemClock,
    environment: { PATH: process.env.PATH ?? '', ...environment },
    random: Math.random,
  };
  const models = localModels(store, systemClock);
  const another = (options: { readonly port?: number } = {}): EndpointService =>
    localEndpoints(store, { daemonCommand, effects, models, ...options });
  return {
    store,
    models,
    endpoints: another(),
    lines,
    another,
    gateway: () => readAddress(store),
    end: async () => {
      const address = await readAddress(store);
      if (address !== undefined) process.kill(address.process.pid, 'SIGKILL');
      endOrphans(store);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

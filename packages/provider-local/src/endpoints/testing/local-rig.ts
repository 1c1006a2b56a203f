import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '@mlops-actions/core';
import { identify } from '@mlops-actions/files';
import type {
  DeploymentRequest,
  EndpointService,
  EndpointSettings,
  ModelRegistry,
  ProviderEffects,
  RolloutService,
} from '@mlops-actions/provider';
import { servingScript } from '@mlops-actions/provider/contract';
import { forgetGateway, type GatewayAddress, readAddress, writeAddress } from '../../gateway/address.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import { endOrphans } from '../../gateway/replica-journal.ts';
import type { Timings } from '../../gateway/timings.ts';
import { localModels } from '../../models.ts';
import { localRollouts } from '../../rollouts/local-rollouts.ts';
import { openStore, type Store } from '../../store/store.ts';
import { send } from '../gateway-client.ts';
import { type LocalEndpoints, localEndpoints } from '../local-endpoints.ts';

/** A store in a temporary folder with endpoints in it, served by a real gateway process. */
export interface LocalRig {
  readonly store: Store;
  readonly models: ModelRegistry;
  readonly endpoints: EndpointService;
  readonly rollouts: RolloutService;
  /** Everything logged, untrusted lines too. */
  readonly lines: readonly string[];
  /** The same store as another step sees it. */
  another(options?: { readonly port?: number }): EndpointService;
  gateway(): Promise<GatewayAddress | undefined>;
  /** Serves the store from this very process, with other timings; `end` closes it. */
  serveHere(timings: Partial<Timings>): Promise<Gateway>;
  /** A request for a deployment of endpoint `shop` that runs the contract's serving script. */
  request(deployment: string, change?: Partial<DeploymentRequest>): Promise<DeploymentRequest>;
  /** Puts such a deployment into service with all the traffic and gives the endpoint's URL. */
  serving(
    deployment: string,
    change?: Partial<DeploymentRequest>,
    settings?: Partial<EndpointSettings>,
  ): Promise<string>;
  /** A figure of a deployment of endpoint `shop` as the metrics page shows it, such as `mlops_replicas_ready`; NaN when it shows none. */
  shown(name: string, deployment: string, moreLabels?: string): Promise<number>;
  /** Ids of the processes whose working directory is in the store: gateway and replicas. */
  processes(): number[];
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
  const another = (options: { readonly port?: number } = {}): LocalEndpoints =>
    localEndpoints(store, { daemonCommand, effects, models, ...options });
  let here: Gateway | undefined;
  const request: LocalRig['request'] = async (deployment, change = {}) => {
    const source = join(folder, `model-${deployment}`);
    await mkdir(join(source, 'code'), { recursive: true });
    await writeFile(join(source, 'model.txt'), deployment);
    await writeFile(join(source, 'code', 'serve.cjs'), servingScript);
    const registration = { name: 'churn', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
    const { model } = await models.register(registration);
    return {
      endpoint: 'shop',
      deployment,
      model: `churn@${model.version}`,
      command: [process.execPath, 'serve.cjs'],
      environment: { TAG: deployment },
      autoscaling: { minReplicas: 1, maxReplicas: 1, targetConcurrency: 1 },
      startupTimeoutSeconds: 30,
      requestTimeoutSeconds: 30,
      ...change,
    };
  };
  const endpoints = another();
  return {
    store,
    models,
    endpoints,
    rollouts: localRollouts(store, { daemonCommand, effects, models, endpoints }),
    lines,
    another,
    gateway: () => readAddress(store),
    serveHere: async (timings) => {
      here = await startGateway({ store, log: (line) => lines.push(line), timings });
      const self = identify(process.pid);
      if (self === undefined) throw new Error('no identity');
      await writeAddress(store, { process: self, port: here.port, adminToken: here.adminToken });
      const { idle, port } = here;
      void idle.then(() => forgetGateway(store, port));
      return here;
    },
    request,
    serving: async (deployment, change = {}, settings = {}) => {
      const open = { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 } as const;
      await endpoints.configure('shop', { ...open, ...settings });
      await endpoints.deploy(await request(deployment, change));
      return (await endpoints.setTraffic('shop', { [deployment]: 100 })).url;
    },
    shown: async (name, deployment, moreLabels = '') => {
      const address = await readAddress(store);
      if (address === undefined) return Number.NaN;
      const { body } = await send(address, 'GET', '/endpoints/shop/metrics');
      const start = `${name}{endpoint="shop",deployment="${deployment}"${moreLabels}} `;
      const line = body
        .toString('utf8')
        .split('\n')
        .find((each) => each.startsWith(start));
      return Number(line?.slice(start.length));
    },
    processes: () => processesBelow(store.root),
    end: async () => {
      await here?.close();
      const address = await readAddress(store);
      if (address !== undefined && here === undefined) process.kill(address.process.pid, 'SIGKILL');
      endOrphans(store);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Linux alone tells where a process works. */
function processesBelow(folder: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false;
    }
  });
}

/** Resolves once `condition` holds; a test that waits in vain runs into its time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

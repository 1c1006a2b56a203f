import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256, UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import type { Store } from '../store/store.ts';
import { handleAdmin } from './admin.ts';
import { createEndpoint, type Endpoint, type Surroundings } from './endpoint.ts';
import { type EndpointDocument, endpointFile, isEndpointDocument, type StoredSettings } from './endpoint-document.ts';
import { freePort } from './ports.ts';
import { handlePublic } from './public-routes.ts';
import { replicaJournal } from './replica-journal.ts';
import { defaultTimings, type Timings } from './timings.ts';

export interface GatewayOptions {
  readonly store: Store;
  readonly log: (line: string) => void;
  readonly timings?: Partial<Timings>;
  /** Listen here or fail with a `UserError`. */
  readonly port?: number;
  /** Listen here if nobody else does. */
  readonly preferredPort?: number;
}

/** The process that serves all endpoints of one store on one loopback port. */
export interface Gateway {
  readonly port: number;
  readonly adminToken: string;
  /** Resolves when there is no endpoint left to serve. */
  readonly idle: Promise<void>;
  /** Ends requests in flight (for a bounded time), stops all replicas and closes the port. Endpoint documents stay. */
  close(): Promise<void>;
}

/** The endpoints by name, as the admin routes see them. */
export interface Endpoints {
  /** Throws a `UserError` when its document is damaged. */
  get(name: string): Endpoint | undefined;
  create(name: string, settings: StoredSettings): Promise<Endpoint>;
  /** Resolves once nothing of it is left; also takes away a damaged document. */
  remove(name: string): Promise<void>;
  url(name: string): string;
}

/** Starts serving what the store's documents say. The caller has made sure that no other gateway serves this store. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { store, log } = options;
  const timings = { ...defaultTimings, ...options.timings };
  const adminToken = randomBytes(32).toString('hex');
  const adminSha256 = sha256(adminToken);
  const served = new Map<string, Endpoint>();
  const damaged = new Map<string, string>();
  const surroundings: Surroundings = { store, log, timings, journal: replicaJournal(store) };
  let becomeIdle = (): void => {};
  const idle = new Promise<void>((resolve) => {
    becomeIdle = resolve;
  });
  let idleTimer: NodeJS.Timeout | undefined;
  const waitForEndpoint = (delayMs: number): void => {
    clearTimeout(idleTimer);
    if (served.size + damaged.size === 0) idleTimer = setTimeout(becomeIdle, delayMs);
  };

  const endpoints: Endpoints = {
    get: (name) => {
      const reason = damaged.get(name);
      if (reason === undefined) return served.get(name);
      throw new UserError(`${reason} To start afresh, remove the endpoint (\`delete: true\`) and deploy again.`);
    },
    create: async (name, settings) => {
      const document: EndpointDocument = { format: 1, name, settings, traffic: {}, deployments: [], tags: {} };
      const endpoint = createEndpoint(document, surroundings);
      served.set(name, endpoint);
      clearTimeout(idleTimer);
      try {
        await store.write(endpointFile(name), document);
      } catch (error) {
        served.delete(name);
        waitForEndpoint(timings.idleMs);
        throw error;
      }
      return endpoint;
    },
    remove: async (name) => {
      const endpoint =
        served.get(name) ?? (damaged.has(name) ? createEndpoint(emptyDocument(name), surroundings) : undefined);
      await endpoint?.remove();
      served.delete(name);
      damaged.delete(name);
      log(`Endpoint "${name}" was removed.`);
      waitForEndpoint(0);
    },
    url: (name) => `http://127.0.0.1:${port}/endpoints/${name}/invocations`,
  };

  const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 0 }, (request, response) => {
    const path = request.url ?? '/';
    const handle = path.startsWith('/admin/') ? handleAdmin : handlePublic;
    handle(request, response, endpoints, adminSha256);
  });
  const port = await listen(server, options);
  await restore(store, surroundings, served, damaged);
  waitForEndpoint(timings.idleMs);

  return {
    port,
    adminToken,
    idle,
    close: async () => {
      clearTimeout(idleTimer);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const impatience = setTimeout(() => server.closeAllConnections(), timings.shutdownDrainMs);
      await Promise.all([...served.values()].map((endpoint) => endpoint.shutdown()));
      server.closeIdleConnections();
      await closed;
      clearTimeout(impatience);
    },
  };
}

async function restore(
  store: Store,
  surroundings: Surroundings,
  served: Map<string, Endpoint>,
  damaged: Map<string, string>,
): Promise<void> {
  for (const file of await store.list('endpoints')) {
    const name = file.endsWith('.json') ? file.slice(0, -'.json'.length) : undefined;
    if (name === undefined) continue;
    try {
      const isDocument = (value: unknown): value is EndpointDocument =>
        isEndpointDocument(value) && value.name === name;
      const document = await store.read(endpointFile(name), isDocument);
      if (document !== undefined) served.set(name, createEndpoint(document, surroundings));
    } catch (error) {
      damaged.set(name, (error as Error).message);
      surroundings.log((error as Error).message);
    }
  }
}

function emptyDocument(name: string): EndpointDocument {
  const settings: StoredSettings = { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 0 };
  return { format: 1, name, settings, traffic: {}, deployments: [], tags: {} };
}

async function listen(server: ReturnType<typeof createServer>, options: GatewayOptions): Promise<number> {
  if (options.port !== undefined) {
    if (await listenOn(server, options.port)) return options.port;
    throw new UserError(`Port ${options.port} of 127.0.0.1 is taken by another program. Choose another port.`);
  }
  if (options.preferredPort !== undefined && (await listenOn(server, options.preferredPort)))
    return options.preferredPort;
  while (!(await listenOn(server, await freePort())));
  return (server.address() as AddressInfo).port;
}

function listenOn(server: ReturnType<typeof createServer>, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      if (errorCode(error) === 'EADDRINUSE' || errorCode(error) === 'EACCES') resolve(false);
      else reject(error);
    };
    server.once('error', onError);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', onError);
      resolve(true);
    });
  });
}

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256, UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import type { Store } from '../store/store.ts';
import { bearerMatches } from './access.ts';
import { handleAdmin } from './admin.ts';
import { createEndpoint, type Endpoint, type Surroundings } from './endpoint.ts';
import { type EndpointDocument, endpointFile, isEndpointDocument, type StoredSettings } from './endpoint-document.ts';
import { freePort } from './ports.ts';
import { answerError, forward } from './proxy.ts';
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
      const endpoint = served.get(name) ?? (damaged.has(name) ? createEndpoint(emptyDocument(name), surroundings) : undefined);
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
    if (path.startsWith('/admin/')) return handleAdmin(request, response, endpoints, adminSha256);
    handlePublic(request, response, endpoints, adminSha256);
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
      const isDocument = (value: unknown): value is EndpointDocument => isEndpointDocument(value) && value.name === name;
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
  if (options.preferredPort !== undefined && (await listenOn(server, options.preferredPort))) return options.preferredPort;
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

const publicPath = /^\/endpoints\/([^/?]+)\/(invocations|ping)(\?.*)?$/;
const withheldWithToken: ReadonlySet<string> = new Set(['host', 'authorization', 'expect', 'azureml-model-deployment']);
const withheldWithoutToken: ReadonlySet<string> = new Set(['host', 'expect', 'azureml-model-deployment']);

function handlePublic(request: IncomingMessage, response: ServerResponse, endpoints: Endpoints, adminSha256: string): void {
  const [, name = '', verb, query = ''] = publicPath.exec(request.url ?? '') ?? [];
  if (verb === undefined) {
    return answerError(response, 404, 'There is POST /endpoints/<name>/invocations and GET /endpoints/<name>/ping.');
  }
  let endpoint: Endpoint | undefined;
  try {
    endpoint = endpoints.get(name);
  } catch {
    return answerError(response, 503, `The document of endpoint "${name}" is damaged.`);
  }
  if (endpoint === undefined) return answerError(response, 404, 'There is no such endpoint.');
  const { auth } = endpoint.settings;
  const isOurs = request.headers.authorization !== undefined && bearerMatches(request.headers, adminSha256);
  if (auth.kind === 'token' && !isOurs && !bearerMatches(request.headers, auth.sha256)) {
    return answerError(response, 401, 'Send `Authorization: Bearer <token>` with the token of this endpoint.', {
      'www-authenticate': 'Bearer',
    });
  }
  if (verb === 'ping') return answerPing(request, response, endpoint);
  if (request.method !== 'POST') return answerError(response, 405, 'Invocations are sent with POST.', { allow: 'POST' });
  const asked = request.headers['azureml-model-deployment'];
  const deployment = endpoint.choose(typeof asked === 'string' ? asked : undefined);
  if (deployment === undefined) {
    return asked === undefined
      ? answerError(response, 503, `Endpoint "${name}" has no deployment with traffic.`, { 'retry-after': '1' })
      : answerError(response, 404, `Endpoint "${name}" has no deployment "${String(asked)}" in service.`);
  }
  forward(request, response, {
    deployment,
    path: `/invocations${query}`,
    withheld: auth.kind === 'token' || isOurs ? withheldWithToken : withheldWithoutToken,
    observer: isOurs ? undefined : endpoint.capture.observe(deployment.spec.deployment, request.headers),
  });
}

function answerPing(request: IncomingMessage, response: ServerResponse, endpoint: Endpoint): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answerError(response, 405, 'Ask for the health with GET.', { allow: 'GET' });
  }
  if (!endpoint.isHealthy()) return answerError(response, 503, `Endpoint "${endpoint.name}" is not ready.`, { 'retry-after': '1' });
  response.writeHead(200, { 'content-length': 0 });
  response.end();
}

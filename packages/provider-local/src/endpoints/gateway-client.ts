import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { UserError } from '@mlops-actions/core';
import { errorCode } from '@mlops-actions/files';
import { type ProviderEffects, TrafficChanged } from '@mlops-actions/provider';
import { type GatewayAddress, readAddress, rememberedPort } from '../gateway/address.ts';
import { endOrphans } from '../gateway/replica-journal.ts';
import type { Store } from '../store/store.ts';
import { machineEnvironment } from './machine-environment.ts';

export interface GatewayClient {
  /** Calls the admin routes, starting the gateway when none runs. Refusals (409, 412) are `UserError`s; 404 is undefined. */
  call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T | undefined>;
  /** The gateway that runs, started when none does. */
  address(signal?: AbortSignal): Promise<GatewayAddress>;
  /** Waits until the gateway has ended, which it does when no endpoint is left; at once while there is one. */
  untilEnded(signal?: AbortSignal): Promise<void>;
  /** Ends what a killed gateway left running, unless one runs now. */
  endOrphans(): Promise<void>;
}

export interface GatewayClientOptions {
  readonly daemonCommand: readonly string[];
  readonly effects: ProviderEffects;
  /** The port that the gateway must listen on. */
  readonly port?: number;
}

/** How long a gateway may take to listen. */
const startLimitMs = 30_000;
/** How long one that listens may take to answer; none of its admin routes waits for replicas. */
const answerLimitMs = 30_000;

export function gatewayClient(store: Store, options: GatewayClientOptions): GatewayClient {
  const { effects } = options;

  const running = async (signal?: AbortSignal): Promise<GatewayAddress | undefined> => {
    const address = await readAddress(store);
    if (address === undefined) return undefined;
    const answer = await send(address, 'GET', '/admin/status', undefined, signal).catch(() => undefined);
    signal?.throwIfAborted();
    if (answer?.status !== 200) return undefined;
    if (options.port === undefined || options.port === address.port) return address;
    throw new UserError(
      `The gateway of ${store.root} listens on port ${address.port} already, not on ${options.port}. Remove its endpoints first, or leave the port out.`,
    );
  };

  const start = async (signal?: AbortSignal): Promise<GatewayAddress> => {
    const before = await rememberedPort(store);
    await spawnGateway(store, options);
    const deadline = effects.clock.now().getTime() + startLimitMs;
    while (effects.clock.now().getTime() < deadline) {
      const address = await running(signal);
      if (address !== undefined) {
        warnOfNewPort(effects, before, address.port);
        return address;
      }
      await refuseTakenPort(store, options.port);
      await effects.clock.sleep(20, signal);
    }
    throw new Error(`The endpoint gateway did not start within ${startLimitMs / 1000} s. See ${logFile(store)}.`);
  };

  const address = async (signal?: AbortSignal): Promise<GatewayAddress> =>
    (await running(signal)) ??
    store.lock('gateway', 'start', async () => (await running(signal)) ?? start(signal), signal);

  const untilEnded = async (signal?: AbortSignal): Promise<void> => {
    const isNeeded = async (): Promise<boolean> => (await store.list('endpoints')).length > 0;
    while ((await readAddress(store)) !== undefined && !(await isNeeded())) await effects.clock.sleep(20, signal);
  };

  return {
    address,
    untilEnded,
    call: async <T>(method: string, path: string, body?: unknown, signal?: AbortSignal) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const limit = AbortSignal.timeout(answerLimitMs);
          const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
          return resultOf<T>(await send(await address(either), method, path, body, either));
        } catch (error) {
          // It may have ended just now, with its last endpoint; the next one will answer.
          if (attempt === 3 || !isConnectionError(error)) throw error;
        }
      }
    },
    endOrphans: () =>
      store.lock('gateway', 'start', async () => {
        if ((await readAddress(store)) === undefined) endOrphans(store);
      }),
  };
}

async function spawnGateway(store: Store, { daemonCommand, effects, port }: GatewayClientOptions): Promise<void> {
  const [program = '', ...args] = daemonCommand;
  await mkdir(store.path('gateway'), { recursive: true });
  const output = await open(logFile(store), 'a');
  try {
    const child = spawn(program, [...args, 'gateway', store.root, ...(port === undefined ? [] : [String(port)])], {
      detached: true,
      cwd: store.root,
      env: machineEnvironment(effects.environment),
      stdio: ['ignore', output.fd, output.fd],
    });
    child.on('error', (error) =>
      effects.log.log('error', `The endpoint gateway could not be started: ${error.message}`),
    );
    child.unref();
  } finally {
    await output.close();
  }
}

function warnOfNewPort(effects: ProviderEffects, before: number | undefined, now: number): void {
  if (before === undefined || before === now) return;
  effects.log.log(
    'warning',
    `Port ${before}, where this store's endpoints were served, is taken by another program. They are served on port ${now} now: their URLs have changed.`,
  );
}

/** The gateway ends at once when the port that was asked for is taken; its log says so. */
async function refuseTakenPort(store: Store, port: number | undefined): Promise<void> {
  if (port === undefined) return;
  const log = await readFile(logFile(store), 'utf8').catch(() => '');
  const last = log.trimEnd().split('\n').at(-1) ?? '';
  if (last.includes(`Ended: Port ${port} `)) throw new UserError(last.slice(last.indexOf('Port ')));
}

function logFile(store: Store): string {
  return store.path('gateway', 'gateway.log');
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request to the gateway, its answer read whole. JSON goes out when `body` is not bytes. */
export function send(
  { port, adminToken }: GatewayAddress,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  headers: OutgoingHttpHeaders = {},
): Promise<HttpAnswer> {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: { authorization: `Bearer ${adminToken}`, 'content-length': bytes.length, ...headers },
        ...(signal === undefined ? {} : { signal }),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.once('error', (error) => reject(signal?.aborted ? signal.reason : error));
    outgoing.end(bytes);
  });
}

function resultOf<T>({ status, body }: HttpAnswer): T | undefined {
  if (status === 404) return undefined;
  const value: unknown = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
  if (status < 300) return value as T;
  if (status === 412) throw new TrafficChanged('Another step has changed the traffic meanwhile. Run this step again.');
  const { error } = value as { readonly error: string };
  if (status === 409) throw new UserError(error);
  throw new Error(`The endpoint gateway answered ${status}: ${error}`);
}

function isConnectionError(error: unknown): boolean {
  return errorCode(error) === 'ECONNREFUSED' || errorCode(error) === 'ECONNRESET';
}

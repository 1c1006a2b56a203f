import type { IncomingMessage, ServerResponse } from 'node:http';
import { endingOf, UserError } from '@mlops-actions/core';
import { isObject } from '../store/store.ts';
import { bearerMatches } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { isDeploymentSpec, isStoredSettings } from './endpoint-document.ts';
import type { Endpoints } from './gateway.ts';
import { answerError } from './proxy.ts';

/** An answer of the admin routes; 204 has no body. */
interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const maxBody = 4 * 1024 * 1024;

/**
 * The routes that a step calls, all with the bearer token of `gateway.json`:
 *
 * - `GET /admin/status` · `GET|PUT|DELETE /admin/endpoints/<e>` · `PUT /admin/endpoints/<e>/traffic`
 * - `GET /admin/endpoints/<e>/metrics?window=<seconds>`
 * - `PUT|DELETE /admin/endpoints/<e>/deployments/<d>` · `GET /admin/endpoints/<e>/deployments/<d>/log?lines=<n>`
 *
 * Nothing waits for replicas: who wants to see the end of a change asks for the endpoint again. What the caller can put right is
 * 409 with `{"error": sentence}`.
 */
export function handleAdmin(
  request: IncomingMessage,
  response: ServerResponse,
  endpoints: Endpoints,
  adminSha256: string,
): void {
  if (!bearerMatches(request.headers, adminSha256)) {
    answerError(response, 401, 'The admin token is wrong.');
    return;
  }
  answerOf(request, endpoints).then(
    ({ status, body }) => answerJson(response, status, body),
    (error: unknown) => {
      const ending = endingOf(error);
      answerError(response, ending.kind === 'user-error' ? 409 : 500, 'message' in ending ? ending.message : '');
    },
  );
}

async function answerOf(request: IncomingMessage, endpoints: Endpoints): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, , collection, name, part, deployment, detail] = url.pathname.split('/');
  if (collection === 'status') return { status: 200, body: {} };
  if (collection !== 'endpoints' || name === undefined) return { status: 404 };
  const method = request.method ?? 'GET';
  if (part === undefined && method === 'PUT') return configure(name, await readJson(request), endpoints);
  if (part === undefined && method === 'DELETE') return remove(name, endpoints);
  const endpoint = endpoints.get(name);
  if (endpoint === undefined) return { status: 404 };
  if (part === undefined) return { status: 200, body: endpoint.state(endpoints.url(name)) };
  if (part === 'metrics') return { status: 200, body: endpoint.metrics(Number(url.searchParams.get('window'))) };
  if (part === 'traffic' && method === 'PUT') {
    await endpoint.setTraffic((await readJson(request)) as Readonly<Record<string, number>>);
    return { status: 200, body: endpoint.state(endpoints.url(name)) };
  }
  if (part !== 'deployments' || deployment === undefined) return { status: 404 };
  if (detail === 'log') {
    return { status: 200, body: endpoint.logTail(deployment, Number(url.searchParams.get('lines'))) };
  }
  if (method === 'PUT') return deploy(endpoint, deployment, await readJson(request));
  if (method !== 'DELETE') return { status: 405 };
  await endpoint.removeDeployment(deployment);
  return { status: 202 };
}

async function configure(name: string, settings: unknown, endpoints: Endpoints): Promise<Answer> {
  if (!isStoredSettings(settings)) throw new UserError(`The settings of endpoint "${name}" are malformed.`);
  const existing = endpoints.get(name);
  if (existing === undefined) await endpoints.create(name, settings);
  else await existing.configure(settings);
  return { status: 200, body: endpoints.get(name)?.state(endpoints.url(name)) };
}

/** Begins the removal; the endpoint is gone once `GET` says 404. */
async function remove(name: string, endpoints: Endpoints): Promise<Answer> {
  const removal = endpoints.remove(name);
  removal.catch(() => {});
  await Promise.race([removal, new Promise((resolve) => setTimeout(resolve, 100))]);
  return { status: 202 };
}

async function deploy(endpoint: Endpoint, deployment: string, body: unknown): Promise<Answer> {
  const { spec, staged } = (isObject(body) ? body : {}) as { spec?: unknown; staged?: unknown };
  if (!isDeploymentSpec(spec) || typeof staged !== 'string' || spec.deployment !== deployment) {
    throw new UserError(`The configuration of deployment "${deployment}" is malformed.`);
  }
  return { status: 200, body: { created: await endpoint.deploy(spec, staged) } };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw new UserError(`A configuration is larger than ${maxBody} bytes. Make it smaller.`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

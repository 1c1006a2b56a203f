import type { IncomingMessage, ServerResponse } from 'node:http';
import { endingOf, UserError } from '@mlops-actions/core';
import { isObject, type MeasureRequest, type Shares, type Traffic } from '@mlops-actions/provider';
import { bearerMatches } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { isDeploymentSpec, isStoredSettings } from './endpoint-document.ts';
import type { Endpoints } from './gateway.ts';
import { answerError } from './proxy.ts';
import { isTagChange } from './tags.ts';

/** An answer of the admin routes; 204 has no body. */
interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** The body of `PUT …/replicas`. */
export interface ReplicaChange {
  /** By deployment; those that are not named run as many as they were made for. */
  readonly replicas: Readonly<Record<string, number>>;
  readonly expected: Shares;
}

const maxBody = 4 * 1024 * 1024;

/**
 * The routes that a step calls, all with the bearer token of `gateway.json`:
 *
 * - `GET /admin/status` · `GET|PUT|DELETE /admin/endpoints/<e>`
 * - `PUT|DELETE /admin/endpoints/<e>/traffic` · `PUT /admin/endpoints/<e>/replicas` · `PUT /admin/endpoints/<e>/tags`
 * - `GET /admin/endpoints/<e>/measurements?from=<ms>&to=<ms>&window=<seconds>`
 * - `PUT|DELETE /admin/endpoints/<e>/deployments/<d>` · `GET /admin/endpoints/<e>/deployments/<d>/log?lines=<n>`
 *
 * Nothing waits for replicas: who wants to see the end of a change asks for the endpoint again. What the caller can put right is
 * 409 with `{"error": sentence}`; 412 says that the shares are not the expected ones. Tags that are not the expected ones are no error: the
 * answer says whether they were set, and which there are now.
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
  if (part === 'measurements') return { status: 200, body: endpoint.measure(measureRequestOf(url.searchParams)) };
  const isDone = await changeOf(part, method, request, endpoint);
  if (isDone !== undefined)
    return isDone ? { status: 200, body: endpoint.state(endpoints.url(name)) } : { status: 412 };
  if (part === 'tags' && method === 'PUT') return setTags(endpoint, await readJson(request), endpoints.url(name));
  if (part !== 'deployments' || deployment === undefined) return { status: 404 };
  if (detail === 'log') {
    return { status: 200, body: endpoint.logTail(deployment, Number(url.searchParams.get('lines'))) };
  }
  if (method === 'PUT') return deploy(endpoint, deployment, await readJson(request));
  if (method !== 'DELETE') return { status: 405 };
  await endpoint.removeDeployment(deployment);
  return { status: 202 };
}

/** A change that is made only while the shares are as expected: whether it was; undefined when it is none. */
async function changeOf(
  part: string,
  method: string,
  request: IncomingMessage,
  endpoint: Endpoint,
): Promise<boolean | undefined> {
  switch (`${method} ${part}`) {
    case 'PUT traffic': {
      const { expected, ...traffic } = (await readJson(request)) as Traffic & { readonly expected?: Shares };
      return endpoint.setTraffic(traffic, expected);
    }
    case 'DELETE traffic': {
      const { expected } = (await readJson(request)) as { readonly expected?: Shares };
      return endpoint.clearTraffic(expected);
    }
    case 'PUT replicas': {
      const { replicas, expected } = (await readJson(request)) as ReplicaChange;
      return endpoint.setReplicas(replicas, expected);
    }
    default:
      return undefined;
  }
}

async function setTags(endpoint: Endpoint, change: unknown, url: string): Promise<Answer> {
  if (!isTagChange(change)) throw new UserError(`The tags of endpoint "${endpoint.name}" are malformed.`);
  const isSet = await endpoint.setTags(change);
  return { status: 200, body: { isSet, tags: endpoint.state(url).tags } };
}

async function configure(name: string, settings: unknown, endpoints: Endpoints): Promise<Answer> {
  if (!isStoredSettings(settings)) throw new UserError(`The settings of endpoint "${name}" are malformed.`);
  const existing = endpoints.get(name);
  if (existing === undefined) await endpoints.create(name, settings);
  else await existing.configure(settings);
  return { status: 200, body: endpoints.get(name)?.state(endpoints.url(name)) };
}

function measureRequestOf(parameters: URLSearchParams): MeasureRequest {
  const number = (name: string): number => {
    const value = Number(parameters.get(name) ?? Number.NaN);
    if (Number.isFinite(value)) return value;
    throw new UserError(`\`${name}\` of a measurement is ${parameters.get(name)}. Give a number.`);
  };
  const windowSeconds = number('window');
  if (windowSeconds <= 0) throw new UserError(`A window of ${windowSeconds} s cannot be measured. Give one above 0 s.`);
  return { from: number('from'), to: number('to'), windowSeconds };
}

/** Begins the removal; the endpoint is gone once `GET` says 404. */
async function remove(name: string, endpoints: Endpoints): Promise<Answer> {
  const removal = endpoints.remove(name);
  removal.catch(() => {});
  await Promise.race([removal, new Promise((resolve) => setTimeout(resolve, 100))]);
  return { status: 202 };
}

async function deploy(endpoint: Endpoint, deployment: string, body: unknown): Promise<Answer> {
  const { spec, staged, replicas } = isObject(body) ? body : {};
  const isCount = replicas === undefined || (Number.isSafeInteger(replicas) && Number(replicas) >= 1);
  if (!isDeploymentSpec(spec) || typeof staged !== 'string' || spec.deployment !== deployment || !isCount) {
    throw new UserError(`The configuration of deployment "${deployment}" is malformed.`);
  }
  return { status: 200, body: { created: await endpoint.deploy(spec, staged, replicas as number | undefined) } };
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

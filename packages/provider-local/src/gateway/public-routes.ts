import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { bearerMatches } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import type { Endpoints } from './gateway.ts';
import { metricsTextType } from './metrics-text.ts';
import type { Mirror } from './mirror.ts';
import { answerError, type Forwarding, forward } from './proxy.ts';

/** What to do with a request: send it on, tell the endpoint's health or figures, or refuse it. */
type Route =
  | { readonly kind: 'forward'; readonly forwarding: Forwarding; readonly mirror?: Mirror | undefined }
  | { readonly kind: 'health'; readonly isHealthy: boolean }
  | { readonly kind: 'metrics'; readonly text: string }
  | Refusal;

interface Refusal {
  readonly kind: 'refuse';
  readonly status: number;
  readonly message: string;
  readonly headers?: OutgoingHttpHeaders;
}

const publicPath = /^\/endpoints\/([^/?]+)\/(invocations|ping|metrics)(\?.*)?$/;
const withheld: ReadonlySet<string> = new Set(['host', 'expect', 'azureml-model-deployment']);
/** A replica is not told the token of its endpoint. */
const withheldWithToken: ReadonlySet<string> = new Set([...withheld, 'authorization']);
const soon = { 'retry-after': '1' };

/**
 * The routes that anyone calls: `POST /endpoints/<e>/invocations`, sent to a deployment by weight or to the one that the header
 * `azureml-model-deployment` names; `GET /endpoints/<e>/ping`, 200 when every deployment with traffic can answer; and
 * `GET /endpoints/<e>/metrics`, for Prometheus.
 */
export function handlePublic(
  request: IncomingMessage,
  response: ServerResponse,
  endpoints: Endpoints,
  adminSha256: string,
): void {
  const route = routeOf(request, endpoints, adminSha256);
  if (route.kind === 'forward') {
    route.mirror?.follow(request, response, route.forwarding);
    forward(request, response, route.forwarding);
  } else if (route.kind === 'refuse') {
    answerError(response, route.status, route.message, route.headers);
  } else if (route.kind === 'metrics') {
    const length = Buffer.byteLength(route.text);
    response.writeHead(200, { 'content-type': metricsTextType, 'content-length': length }).end(route.text);
  } else if (route.isHealthy) {
    response.writeHead(200, { 'content-length': 0 }).end();
  } else {
    answerError(response, 503, 'The endpoint is not ready.', soon);
  }
}

function routeOf(request: IncomingMessage, endpoints: Endpoints, adminSha256: string): Route {
  const [, name = '', verb, query = ''] = publicPath.exec(request.url ?? '') ?? [];
  if (verb === undefined) {
    return refusal(404, 'There is POST /endpoints/<name>/invocations, and GET /endpoints/<name>/ping and …/metrics.');
  }
  const endpoint = undamaged(endpoints, name);
  if (endpoint === 'damaged') return refusal(503, `The document of endpoint "${name}" is damaged.`);
  if (endpoint === undefined) return refusal(404, 'There is no such endpoint.');
  const { auth } = endpoint.settings;
  const isOurs = request.headers.authorization !== undefined && bearerMatches(request.headers, adminSha256);
  if (auth.kind === 'token' && !isOurs && !bearerMatches(request.headers, auth.sha256)) {
    const message = 'Send `Authorization: Bearer <token>` with the token of this endpoint.';
    return refusal(401, message, { 'www-authenticate': 'Bearer' });
  }
  const method = verb === 'invocations' ? 'POST' : 'GET';
  if (request.method !== method) return refusal(405, `Use ${method} here.`, { allow: method });
  if (verb === 'ping') return { kind: 'health', isHealthy: endpoint.isHealthy() };
  if (verb === 'metrics') return { kind: 'metrics', text: endpoint.metricsText() };
  const hidden = auth.kind === 'token' || isOurs ? withheldWithToken : withheld;
  return invocationRoute(request, endpoint, `/invocations${query}`, hidden, isOurs);
}

/** Requests of the suite's own steps (smoke tests, probes) are no samples of what callers send: they are not captured. */
function invocationRoute(
  request: IncomingMessage,
  endpoint: Endpoint,
  path: string,
  hidden: ReadonlySet<string>,
  isOurs: boolean,
): Route {
  const asked = request.headers['azureml-model-deployment'];
  const deployment = endpoint.choose(asked === undefined ? undefined : String(asked));
  if (deployment === undefined && asked !== undefined) {
    return refusal(404, `Endpoint "${endpoint.name}" has no deployment "${String(asked)}" in service.`);
  }
  if (deployment === undefined) {
    return refusal(503, `Endpoint "${endpoint.name}" has no deployment with traffic.`, soon);
  }
  const observer = isOurs ? undefined : endpoint.capture.observe(deployment.spec.deployment, request.headers);
  const forwarding = { deployment, path, withheld: hidden, observer };
  return asked === undefined
    ? { kind: 'forward', forwarding, mirror: endpoint.mirror }
    : { kind: 'forward', forwarding };
}

function undamaged(endpoints: Endpoints, name: string): Endpoint | 'damaged' | undefined {
  try {
    return endpoints.get(name);
  } catch {
    return 'damaged';
  }
}

function refusal(status: number, message: string, headers?: OutgoingHttpHeaders): Refusal {
  return headers === undefined ? { kind: 'refuse', status, message } : { kind: 'refuse', status, message, headers };
}

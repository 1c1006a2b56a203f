import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Deployment } from './deployment.ts';
import { endToEndHeaders } from './headers.ts';
import type { AnswerOrigin } from './metrics-bucket.ts';
import type { Replica } from './replica.ts';

/** Follows an exchange that is being sampled. */
export interface ExchangeObserver {
  input(chunk: Uint8Array): void;
  answer(status: number, headers: IncomingMessage['headers']): void;
  output(chunk: Uint8Array): void;
  /** The whole answer has been sent. */
  complete(): void;
}

export interface Forwarding {
  readonly deployment: Deployment;
  /** Path and query at the replica. */
  readonly path: string;
  /** Names of request headers that the replica must not see. */
  readonly withheld: ReadonlySet<string>;
  readonly observer?: ExchangeObserver | undefined;
}

/** More requests in flight at one deployment are refused with 503; they count as errors of the gateway. */
const maxInFlight = 1000;

const failureHeaders = { 'content-type': 'application/json' } as const;

/** Answers with an error of the gateway itself. */
export function answerError(
  response: ServerResponse,
  status: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = JSON.stringify({ error: message });
  response.writeHead(status, { ...failureHeaders, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}

/**
 * Sends a request to the least busy replica of the deployment and its answer back, both as they come.
 *
 * A replica that cannot be connected to has not seen the request: another one is tried. Once connected the request may have been
 * acted on, so it is never sent twice: if no answer comes it is 502, after the time limit 504. An answer that breaks off closes the
 * connection, and counts as what it would have been if nothing of it had come. A client that leaves ends the request at the replica, and
 * is not counted.
 */
export function forward(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): void {
  const { deployment, observer } = forwarding;
  const name = deployment.spec.deployment;
  const mark = { 'x-mlops-deployment': name };
  const arrived = performance.now();
  const tried = new Set<Replica>();
  let cancel = (): void => {};
  let isOver = false;

  const finish = (status: number, origin: AnswerOrigin): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    deployment.metrics.record({ milliseconds: performance.now() - arrived, status, origin });
  };
  /** A model that breaks off or is too slow is to blame for it; 503 is the gateway's own. */
  const fail = (status: number, message: string, headers: OutgoingHttpHeaders = {}): void => {
    if (isOver) return;
    finish(status, status === 503 ? 'gateway' : 'model');
    cancel();
    if (response.headersSent) response.destroy();
    else answerError(response, status, message, { ...mark, connection: 'close', ...headers });
  };
  const { requestTimeoutSeconds } = deployment.spec;
  const timer = setTimeout(() => {
    for (const replica of tried) replica.failures += 1;
    fail(504, `Deployment "${name}" did not answer within ${requestTimeoutSeconds} s.`);
  }, requestTimeoutSeconds * 1000);
  response.once('close', () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    cancel();
  });
  if (observer !== undefined) request.on('data', (chunk: Buffer) => observer.input(chunk));
  if (observer !== undefined) request.pause();

  const attempt = (): void => {
    const replica = deployment.pick(tried);
    if (replica === undefined) {
      fail(503, `Deployment "${name}" has no healthy replica.`, { 'retry-after': '1' });
      return;
    }
    tried.add(replica);
    const release = replica.take();
    const upstream = httpRequest({
      host: '127.0.0.1',
      port: replica.port,
      agent: replica.agent,
      method: request.method,
      path: forwarding.path,
      headers: endToEndHeaders(request.headers, forwarding.withheld),
    });
    let isConnected = false;
    cancel = () => upstream.destroy();
    const send = (): void => {
      isConnected = true;
      request.pipe(upstream);
    };
    upstream.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', send);
      else send();
    });
    upstream.once('close', release);
    upstream.on('error', () => {
      if (isOver || response.headersSent) return;
      if (isConnected) fail(502, `Deployment "${name}" broke off without an answer.`);
      else attempt();
    });
    upstream.once('response', (answer) => {
      if (isOver) return void answer.resume();
      replica.failures = 0;
      const status = answer.statusCode ?? 502;
      observer?.answer(status, answer.headers);
      response.writeHead(status, { ...endToEndHeaders(answer.headers, nothing), ...mark });
      if (observer !== undefined) answer.on('data', (chunk: Buffer) => observer.output(chunk));
      answer.pipe(response);
      answer.once('end', () => {
        finish(status, 'model');
        observer?.complete();
      });
      answer.once('error', () => fail(502, ''));
    });
  };
  if (deployment.inFlight < maxInFlight) attempt();
  else fail(503, `Deployment "${name}" has ${maxInFlight} requests in flight already.`, { 'retry-after': '1' });
}

const nothing: ReadonlySet<string> = new Set();

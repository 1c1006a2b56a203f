import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Deployment } from './deployment.ts';
import { endToEndHeaders } from './headers.ts';
import type { AnsweredRequest } from './metrics-bucket.ts';
import type { Replica } from './replica.ts';
import { weightedSchedule } from './schedule.ts';

/** Sends copies of callers' requests to a deployment and throws its answers away. */
export interface Mirror {
  /**
   * Counts a request that is about to be forwarded and, when it is its turn, copies it once its body has been read. Its own exchange is
   * neither delayed nor changed.
   */
  follow(request: IncomingMessage, response: ServerResponse, target: CopyTarget): void;
  /** Gives up the copies under way, like a caller that leaves: they are not counted. */
  end(): void;
}

export interface CopyTarget {
  /** Path and query at the replica. */
  readonly path: string;
  /** Names of request headers that the replica must not see. */
  readonly withheld: ReadonlySet<string>;
}

/** A request with a larger body is not copied. */
const maxBody = 1024 * 1024;
/** More copies at a time, those whose body is still coming included, are left out. */
const maxCopies = 100;

interface Copy {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export function mirrorTo(deployment: Deployment, percent: number): Mirror {
  const schedule = weightedSchedule({ copied: percent, left: 100 - percent });
  const ended = new AbortController();
  let copies = 0;

  const send = async (copy: Copy): Promise<void> => {
    const arrived = performance.now();
    const tried = new Set<Replica>();
    const limit = AbortSignal.timeout(deployment.spec.requestTimeoutSeconds * 1000);
    const answered = await answerTo(copy, deployment, tried, AbortSignal.any([ended.signal, limit]));
    if (ended.signal.aborted) return;
    if (limit.aborted) for (const replica of tried) replica.failures += 1;
    deployment.metrics.record({ milliseconds: performance.now() - arrived, ...answered });
  };

  return {
    follow: (request, response, { path, withheld }) => {
      if (schedule?.next() !== 'copied' || copies >= maxCopies) return;
      copies += 1;
      const { method } = request;
      const headers = endToEndHeaders(request.headers, withheld);
      whenRead(request, response, (body) => {
        const copied = body === undefined || ended.signal.aborted ? undefined : send({ method, path, headers, body });
        // Whatever becomes of a copy, callers must not feel it.
        void Promise.resolve(copied)
          .catch(() => {})
          .finally(() => {
            copies -= 1;
          });
      });
    },
    end: () => ended.abort(),
  };
}

/**
 * Gives the body once it has been read to its end by whoever forwards it; nothing when it is too large, or when the exchange is over before
 * that. Calls back once.
 */
function whenRead(request: IncomingMessage, response: ServerResponse, use: (body?: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  const finish = (body?: Buffer): void => {
    if (isOver) return;
    isOver = true;
    request.off('data', collect);
    use(body);
  };
  const collect = (chunk: Buffer): void => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxBody) finish();
  };
  request.on('data', collect);
  // It is read only when it is forwarded.
  request.pause();
  request.once('end', () => finish(Buffer.concat(chunks)));
  // An answer that came before the end of the request: Node throws away what is left of it, and then says `end` too.
  response.once('finish', () => finish());
  response.once('close', () => finish());
}

/** What its answer counts as, once it has been read to its end. Like `forward`, a copy is sent once at the most, and blames the same. */
async function answerTo(
  copy: Copy,
  deployment: Deployment,
  tried: Set<Replica>,
  signal: AbortSignal,
): Promise<Pick<AnsweredRequest, 'status' | 'origin'>> {
  for (let replica = deployment.pick(tried); replica !== undefined; replica = deployment.pick(tried)) {
    tried.add(replica);
    const status = await exchange(copy, replica, signal);
    if (status !== 'unreached') return { status: status ?? 502, origin: 'model' };
  }
  return { status: 503, origin: 'gateway' };
}

/** `unreached`: it could not be connected to, and has not seen the request. */
function exchange(copy: Copy, replica: Replica, signal: AbortSignal): Promise<number | 'unreached' | undefined> {
  return new Promise((resolve) => {
    const { body, method, path } = copy;
    const headers = { ...copy.headers, 'content-length': body.length };
    const { port, agent } = replica;
    const outgoing = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers, signal });
    const release = replica.take();
    let isConnected = false;
    outgoing.once('socket', (socket) => {
      isConnected = !socket.connecting;
      socket.once('connect', () => {
        isConnected = true;
      });
    });
    outgoing.once('response', (answer) => {
      replica.failures = 0;
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode));
      answer.once('error', () => resolve(undefined));
    });
    outgoing.once('close', () => {
      release();
      resolve(isConnected || signal.aborted ? undefined : 'unreached');
    });
    outgoing.on('error', () => {});
    outgoing.end(body);
  });
}

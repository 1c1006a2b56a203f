import type { UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import type { ByteSource } from '../source.ts';
import { inOrder } from './ranges.ts';
import { type Retries, withRetries } from './retries.ts';

const streamedBytes = 4 << 20;
const streamsAtOnce = 8;
const slowestRangeMs = 120_000;

export interface HttpOptions {
  /** Names it in messages. Default: the address without its query, which may hold a key. */
  readonly label?: string;
  /** The content that is meant (an ETag), when it is known already. */
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retries?: Retries;
  readonly signal?: AbortSignal;
}

/**
 * An http(s) address. Asks for its first byte: a server that answers with that alone is read in ranges, up to eight at a time, any other as one
 * stream. All reads are of one content: its ETag is sent as `If-Match`, and what each answer says of itself is compared with the first. Server
 * errors and broken connections are tried again. Throws a `UserError` for an answer that is an error, and for content that changes.
 */
export async function httpSource(url: string, options: HttpOptions = {}): Promise<ByteSource> {
  const { label = labelOf(url), retries } = options;

  function get(headers: Record<string, string>, signal: AbortSignal | undefined): Promise<Response> {
    return answerOf(url, label, { 'accept-encoding': 'identity', ...options.headers, ...headers }, signal);
  }

  const first = await withRetries(
    label,
    async () => {
      const answer = await get({ range: 'bytes=0-0', ...matching(options.version) }, options.signal);
      await answer.body?.cancel();
      return answer;
    },
    retries,
    options.signal,
  );
  const version = versionOf(first.headers);
  if (options.version !== undefined && version !== options.version) throw changed(label);
  const known = version === undefined ? {} : { version };
  const address = { kind: 'http', url, label, ...known } as const;
  const size = first.status === 200 ? undefined : sizeOf(first.headers);

  async function* oneStream(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const answer = await withRetries(label, () => get(matching(version), signal), retries, signal);
    if (versionOf(answer.headers) !== version) throw changed(label);
    try {
      for await (const chunk of answer.body ?? []) yield chunk as Uint8Array;
    } catch (error) {
      signal?.throwIfAborted();
      throw tableFault({ file: label }, `broke off while it was read (${(error as Error).message}). Read it again.`);
    }
  }

  if (size === undefined) return { label, ...known, stream: oneStream, address };

  async function range(from: number, to: number, signal = options.signal): Promise<Uint8Array> {
    if (to <= from) return new Uint8Array(0);
    return withRetries(label, () => rangeOnce(from, to, signal), retries, signal);
  }

  async function rangeOnce(from: number, to: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const limit = AbortSignal.timeout(slowestRangeMs);
    const answer = await get(
      { range: `bytes=${from}-${to - 1}`, ...matching(version) },
      signal === undefined ? limit : AbortSignal.any([signal, limit]),
    );
    const isPart = answer.status === 206 && answer.headers.get('content-range') === `bytes ${from}-${to - 1}/${size}`;
    if (!isPart || versionOf(answer.headers) !== version) {
      await answer.body?.cancel();
      throw changed(label);
    }
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (bytes.length !== to - from) throw new Error(`${bytes.length} bytes came instead of ${to - from}`);
    return bytes;
  }

  return {
    label,
    size,
    ...known,
    range: (from, to) => range(from, to),
    stream: (signal) =>
      inOrder(
        (from, to) => range(from, to, signal),
        { from: 0, to: size, bytes: streamedBytes, atOnce: streamsAtOnce },
        signal,
      ),
    address,
  };
}

/** The answer, when it is one that has content. Throws a `UserError` for one that no second try would better, and an `Error` for others. */
async function answerOf(
  url: string,
  label: string,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const answer = await fetch(url, { headers, signal: signal ?? null });
  const { status } = answer;
  if (status === 200 || status === 206 || status === 416) return answer;
  await answer.body?.cancel();
  if (status >= 500 || status === 408 || status === 429) throw new Error(`the server answered ${status}`);
  throw statusFault(label, status);
}

function statusFault(label: string, status: number): UserError {
  if (status === 412) return changed(label);
  if (status === 404 || status === 410) return tableFault({ file: label }, 'does not exist. Check the address.');
  if (status === 401 || status === 403) {
    return tableFault(
      { file: label },
      `may not be read (the server answered ${status}). Check the address and its key.`,
    );
  }
  return tableFault({ file: label }, `cannot be read: the server answered ${status}. Check the address.`);
}

function changed(label: string): UserError {
  return tableFault({ file: label }, 'changed while it was read. Wait until it is written and read it again.');
}

/** The header that makes the server refuse other content. It cannot be asked with a weak ETag or a date; those are compared only. */
function matching(version: string | undefined): Record<string, string> {
  return version?.startsWith('"') === true ? { 'if-match': version } : {};
}

function versionOf(headers: Headers): string | undefined {
  return headers.get('etag') ?? headers.get('last-modified') ?? undefined;
}

/** Bytes in all by the `Content-Range` of an answer about the first byte; undefined when it does not say. */
function sizeOf(headers: Headers): number | undefined {
  const size = /^bytes (?:0-0|\*)\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1];
  return size === undefined ? undefined : Number(size);
}

function labelOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

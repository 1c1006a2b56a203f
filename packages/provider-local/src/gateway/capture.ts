import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname, join } from 'node:path';
import type { Store } from '../store/store.ts';
import { type BufferedAppender, bufferedAppender } from './buffered-appender.ts';
import { captureLine } from './capture-event.ts';
import type { ExchangeObserver } from './proxy.ts';

/** Keeps samples of one endpoint's requests and answers below `capture/<endpoint>/`, in the background and within bounds. */
export interface Capture {
  /** Follows one exchange with `deployment`; undefined when the sample leaves it out. */
  observe(deployment: string, headers: IncomingHttpHeaders): ExchangeObserver | undefined;
  flush(): Promise<void>;
  /** When a sample was stored last, by this process or one before it, in milliseconds since 1970; undefined when there is none. */
  readonly newestAt: number | undefined;
}

export interface CaptureSettings {
  readonly percent: number;
  readonly limitBytes: number;
}

/** A body larger than this is left out of the capture. */
const maxBody = 1024 * 1024;
const maxFile = 8 * 1024 * 1024;
const flushMs = 1_000;
const maxWaiting = 16 * 1024 * 1024;
/** After an error of the disk. */
const pauseMs = 60_000;

export function createCapture(
  store: Store,
  endpoint: string,
  settings: () => CaptureSettings,
  log: (line: string) => void,
): Capture {
  const appenders = new Map<string, BufferedAppender>();
  const folder = store.path('capture', endpoint);
  const files = captureFiles(folder);
  let newestAt = newestIn(folder);
  let pausedUntil = 0;

  const appenderOf = (deployment: string): BufferedAppender => {
    const known = appenders.get(deployment);
    if (known !== undefined) return known;
    const made = bufferedAppender({
      write: async (text) => {
        await files.append(deployment, text, settings().limitBytes);
        newestAt = Date.now();
      },
      onError: (error) => {
        pausedUntil = Date.now() + pauseMs;
        log(`Capture of endpoint "${endpoint}" pauses for ${pauseMs / 1000} s: ${(error as Error).message}`);
      },
      delayMs: flushMs,
      maxWaitingCharacters: maxWaiting,
    });
    appenders.set(deployment, made);
    return made;
  };

  return {
    get newestAt() {
      return newestAt;
    },
    observe: (deployment, headers) => {
      if (Date.now() < pausedUntil || Math.random() * 100 >= settings().percent) return undefined;
      return exchangeObserver(headers, (line) => appenderOf(deployment).add(line));
    },
    flush: async () => {
      await Promise.all([...appenders.values()].map((appender) => appender.flush()));
    },
  };
}

/** Collects both bodies; an answer of 2xx that was sent whole becomes a line. */
function exchangeObserver(request: IncomingHttpHeaders, keep: (line: string) => void): ExchangeObserver {
  const input = bodyCollector();
  const output = bodyCollector();
  const time = new Date();
  let status = 0;
  let response: IncomingHttpHeaders = {};
  return {
    input: input.add,
    output: output.add,
    answer: (code, headers) => {
      status = code;
      response = headers;
    },
    complete: () => {
      if (status < 200 || status > 299) return;
      const inferenceId = textOf(request['x-amzn-sagemaker-inference-id']);
      const customAttributes = textOf(request['x-amzn-sagemaker-custom-attributes']);
      const line = captureLine({
        eventId: randomUUID(),
        ...(inferenceId === undefined ? {} : { inferenceId }),
        ...(customAttributes === undefined ? {} : { customAttributes }),
        time,
        input: { ...contentOf(request), bytes: input.bytes() },
        output: { ...contentOf(response), bytes: output.bytes() },
      });
      if (line !== undefined) keep(line);
    },
  };
}

function bodyCollector() {
  let chunks: Uint8Array[] | undefined = [];
  let size = 0;
  return {
    add: (chunk: Uint8Array): void => {
      size += chunk.length;
      if (size > maxBody) chunks = undefined;
      chunks?.push(chunk);
    },
    bytes: (): Uint8Array | undefined => (chunks === undefined ? undefined : Buffer.concat(chunks)),
  };
}

function contentOf(headers: IncomingHttpHeaders): { contentType: string; contentEncoding?: string } {
  const contentEncoding = headers['content-encoding'];
  const contentType = headers['content-type'] ?? 'application/octet-stream';
  return contentEncoding === undefined ? { contentType } : { contentType, contentEncoding };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

interface CaptureFile {
  readonly path: string;
  bytes: number;
}

/** The files below `folder`, `<deployment>/yyyy/mm/dd/hh/<minutes-seconds-milliseconds>-<id>.jsonl`, the oldest deleted past a limit. */
function captureFiles(folder: string) {
  const current = new Map<string, { readonly hour: string; readonly file: CaptureFile }>();
  let known: Promise<CaptureFile[]> | undefined;

  const fileFor = (deployment: string, all: CaptureFile[], limitBytes: number): CaptureFile => {
    const [hour, name] = nameNow();
    const open = current.get(deployment);
    const fullAt = Math.min(maxFile, limitBytes / 10);
    if (open !== undefined && open.hour === hour && open.file.bytes < fullAt && all.includes(open.file))
      return open.file;
    const file = { path: join(folder, deployment, hour, name), bytes: 0 };
    all.push(file);
    current.set(deployment, { hour, file });
    return file;
  };

  return {
    append: async (deployment: string, text: string, limitBytes: number): Promise<void> => {
      known ??= existingFiles(folder);
      const all = await known;
      const file = fileFor(deployment, all, limitBytes);
      await mkdir(dirname(file.path), { recursive: true });
      await appendFile(file.path, text);
      file.bytes += Buffer.byteLength(text);
      let total = all.reduce((sum, { bytes }) => sum + bytes, 0);
      while (total > limitBytes) {
        const oldest = all.shift();
        if (oldest === undefined) return;
        await rm(oldest.path, { force: true });
        total -= oldest.bytes;
      }
    },
  };
}

/** Oldest first. */
async function existingFiles(folder: string): Promise<CaptureFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.jsonl')).sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  return Promise.all(
    paths.map(async (name) => ({ path: join(folder, name), bytes: (await stat(join(folder, name))).size })),
  );
}

/** When the deployments' newest files were written to last. */
function newestIn(folder: string): number | undefined {
  const times = namesIn(folder).flatMap((deployment) => {
    const newest = newestFile(join(folder, deployment));
    return newest === undefined ? [] : [statSync(newest).mtime.getTime()];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Names sort by time. The oldest files are deleted and their folders stay: the last folder may be empty. */
function newestFile(path: string): string | undefined {
  if (path.endsWith('.jsonl')) return path;
  for (const name of namesIn(path).sort().reverse()) {
    const newest = newestFile(join(path, name));
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** None in what is no folder, or cannot be read. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The part of a relative path after the deployment, which sorts by time. */
function timeOf(path: string): string {
  return path.slice(path.search(/[/\\]/));
}

function nameNow(): [hour: string, name: string] {
  const [date = '', time = ''] = new Date().toISOString().split('T');
  const [hours = '', minutes = '', seconds = ''] = time.replace('Z', '').split(':');
  return [join(...date.split('-'), hours), `${minutes}-${seconds.replace('.', '-')}-${randomUUID()}.jsonl`];
}

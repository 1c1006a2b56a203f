import { type Json, UserError } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import { isObject } from '../rows/flat.ts';
import type { ByteSource } from '../source.ts';
import { type Body, bodyOf, readBody } from './body.ts';
import { type Call, newIds, type Tally } from './call.ts';
import { type CaptureFile, type CaptureLine, captureLines } from './lines.ts';

/** Opens the address at which a body is kept that was too large for its line. */
export type BlobResolver = (url: string) => Promise<ByteSource>;

/** Text of outputs that wait for their inputs, so much at most. */
const mostWaiting = 512 << 20;
const mostBlobBytes = 64 << 20;

/** One event of the collector: a side of one call, or of several calls that came close together. */
interface CollectedEvent extends CaptureLine {
  readonly body: Body | undefined;
  readonly correlation: string | undefined;
  readonly time: string | undefined;
}

/**
 * The calls in files of Azure ML's data collector (CloudEvents; Azure ML documentation, "Collect production data from models deployed for real-time
 * inferencing"). Inputs and outputs are joined by their `correlationid`, row by row. Outputs are read first and held in memory.
 */
export async function* azuremlCalls(
  inputs: readonly CaptureFile[],
  outputs: readonly CaptureFile[],
  resolve: BlobResolver,
  tally: Tally,
  signal: AbortSignal | undefined,
): AsyncGenerator<Call> {
  const waiting = new Map<string, { readonly event: CollectedEvent; readonly body: Body }>();
  let length = 0;
  for await (const event of events(outputs, resolve, tally, signal)) {
    if (event.body === undefined) continue;
    length += event.length;
    if (length > mostWaiting) {
      throw new UserError(`${event.file}: over 512 MiB of outputs cannot be joined in memory. Read a shorter time.`);
    }
    for (const [key, body] of partsOf(event, event.body)) waiting.set(key, { event, body });
  }
  const isJoined = inputs.length > 0 && outputs.length > 0;
  for await (const event of events(inputs, resolve, tally, signal)) {
    if (event.body === undefined) continue;
    for (const [key, input] of partsOf(event, event.body)) {
      const output = waiting.get(key);
      waiting.delete(key);
      if (isJoined && output === undefined) tally.add('unanswered', event.file, event.line);
      yield callOf(event, key, { input, ...(output && { output: output.body }) });
    }
  }
  for (const [key, { event, body }] of waiting) {
    if (isJoined) tally.add('orphaned', event.file, event.line);
    else yield callOf(event, key, { output: body });
  }
}

function callOf(event: CollectedEvent, key: string, sides: { readonly input?: Body; readonly output?: Body }): Call {
  const { file, line, time, correlation } = event;
  const facts = new Map<string, Json>();
  if (correlation !== undefined) facts.set('correlationid', correlation);
  if (time !== undefined) facts.set('time', time);
  return { file, line, facts, keys: [key], ...sides };
}

/** The parts of an event that belong to one call each: its rows where they carry a correlation id of their own, else the whole. */
function partsOf(event: CollectedEvent, body: Body): (readonly [string, Body])[] {
  const key = event.correlation ?? `${event.file}:${event.line}`;
  if (body.kind !== 'records' || !body.rows.every((row) => typeof row.get('correlationid') === 'string')) {
    return [[key, body]];
  }
  return body.rows.map((row) => {
    const own = new Map(row);
    own.delete('correlationid');
    return [String(row.get('correlationid')), { kind: 'records', rows: [own] }];
  });
}

async function* events(
  files: readonly CaptureFile[],
  resolve: BlobResolver,
  tally: Tally,
  signal: AbortSignal | undefined,
): AsyncGenerator<CollectedEvent> {
  const isNew = newIds();
  for await (const line of captureLines(files, tally, signal)) {
    const { file, value } = line;
    if (!isObject(value) || value.data === undefined) {
      const sentence = 'is no collected event: it has no `data`. Name files that the Azure ML data collector wrote.';
      throw tableFault({ file, line: line.line }, sentence);
    }
    const id = textOf(value.id);
    if (id !== undefined && !isNew(id, file)) {
      tally.add('duplicate', file, line.line);
      continue;
    }
    const body = await bodyOfEvent(value, line, resolve, tally);
    const correlation = textOf(value.correlationid) ?? textOf(value.xrequestid);
    yield { ...line, body, correlation, time: textOf(value.time) };
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function bodyOfEvent(
  event: { readonly [key: string]: Json },
  { file, line }: CaptureLine,
  resolve: BlobResolver,
  tally: Tally,
): Promise<Body | undefined> {
  const isElsewhere = event.datainblob === true || event.datainblob === 'true';
  const data = isElsewhere ? await blobText(String(event.data), resolve) : event.data;
  if (data === undefined) tally.add('blob', file, line);
  if (data === undefined) return undefined;
  const body = bodyOfValue(data);
  if (body === undefined) tally.add('unreadable', file, line);
  return body;
}

function bodyOfValue(data: Json): Body | undefined {
  if (typeof data === 'string') return readBody({ data, encoding: /^\s*[[{]/.test(data) ? 'JSON' : 'CSV' });
  try {
    return bodyOf(data);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The text at an address; undefined when it cannot be read or is over 64 MiB. */
async function blobText(url: string, resolve: BlobResolver): Promise<string | undefined> {
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of (await resolve(url)).stream()) {
      length += chunk.length;
      if (length > mostBlobBytes) return undefined;
      chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks).toString();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

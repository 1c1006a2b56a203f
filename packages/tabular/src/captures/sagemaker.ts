import type { Json } from '@mlops-actions/core';
import { tableFault } from '../fault.ts';
import { isObject } from '../rows/flat.ts';
import { type Body, readBody } from './body.ts';
import type { Call, Tally } from './call.ts';
import type { CaptureLine } from './lines.ts';

/**
 * The call that a line of SageMaker's data capture describes (SageMaker developer guide, "Capture data from real-time endpoint"). Each side may have an encoding of
 * its own. Throws a located `UserError` for a line of something else.
 */
export function sagemakerCall({ file, line, value }: CaptureLine, tally: Tally): Call {
  const capture = isObject(value) ? value.captureData : undefined;
  if (!isObject(value) || !isObject(capture)) {
    const sentence = 'is no captured call: it has no `captureData`. Name files that SageMaker data capture wrote.';
    throw tableFault({ file, line }, sentence);
  }
  const metadata = isObject(value.eventMetadata) ? value.eventMetadata : {};
  const facts = new Map<string, Json>();
  for (const name of ['eventId', 'inferenceId', 'inferenceTime']) {
    const fact = metadata[name];
    if (typeof fact === 'string' && fact !== '') facts.set(name, fact);
  }
  const input = bodyOfSide(capture.endpointInput, file, line, tally);
  const output = bodyOfSide(capture.endpointOutput, file, line, tally);
  const keys = ['inferenceId', 'eventId'].flatMap((name) => (facts.has(name) ? [String(facts.get(name))] : []));
  return { file, line, facts, keys, ...(input && { input }), ...(output && { output }) };
}

function bodyOfSide(side: Json | undefined, file: string, line: number, tally: Tally): Body | undefined {
  if (!isObject(side)) return undefined;
  const body = bodyOfData(side);
  if (body === undefined) tally.add('unreadable', file, line);
  return body;
}

/** The body in a `{data, encoding}` of SageMaker's. */
export function bodyOfData({ data, encoding }: { readonly [key: string]: Json }): Body | undefined {
  if (typeof data !== 'string') return undefined;
  return readBody({ data, encoding: encoding === 'CSV' || encoding === 'JSON' ? encoding : 'BASE64' });
}

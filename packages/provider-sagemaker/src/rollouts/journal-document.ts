import { decodeJournal, encodeJournal, type RolloutJournal } from '@mlops-actions/core';
import { isObject, type JournalConflict, unknownEndpoint } from '@mlops-actions/provider';
import { endpointPath, isEndpointRecord, journalPath } from '../endpoints/endpoint-record.ts';
import type { S3Store } from '../store/s3-store.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * The journal of an endpoint's rollout, in the store and not among the endpoint's tags: S3 writes only where the object is still the one
 * that was read, which tags cannot, and it is there before the endpoint is (docs/adr/0008).
 */
export async function readJournal(store: S3Store, endpoint: string): Promise<RolloutJournal | undefined> {
  return decodeJournal((await store.read(journalPath(endpoint), isTexts)) ?? {});
}

/** Puts the journal in the place of the revision `replaces`, while the object is the one that was read. */
export async function writeJournal(
  store: S3Store,
  endpoint: string,
  journal: RolloutJournal,
  replaces: number,
): Promise<JournalConflict | undefined> {
  if ((await store.read(endpointPath(endpoint), isEndpointRecord)) === undefined) {
    throw unknownEndpoint(endpoint);
  }
  const path = journalPath(endpoint);
  const before = await store.readTagged(path, isTexts);
  const found = decodeJournal(before?.document ?? {});
  if ((found?.revision ?? 0) !== replaces) return conflictOf(found);
  const document = encodeJournal(journal);
  const isWritten =
    before === undefined ? await store.create(path, document) : await store.replace(path, document, before.tag);
  return isWritten ? undefined : conflictOf(await readJournal(store, endpoint));
}

function conflictOf(found: RolloutJournal | undefined): JournalConflict {
  return found === undefined ? {} : { found };
}

function isTexts(value: unknown): value is Texts {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

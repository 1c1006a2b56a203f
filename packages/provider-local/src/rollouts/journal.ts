import { decodeJournal, encodeJournal, journalKey, type RolloutJournal } from '@mlops-actions/core';
import type { JournalConflict } from '@mlops-actions/provider';
import type { EndpointAdmin } from './endpoint-admin.ts';

/** The journal among the endpoint's tags; undefined when there is none, or no endpoint. */
export async function readJournal(admin: EndpointAdmin, signal?: AbortSignal): Promise<RolloutJournal | undefined> {
  return decodeJournal((await admin.find(signal))?.tags ?? {});
}

/** Puts the journal in the place of the revision `replaces`, while the tags are to the letter what was read. */
export async function writeJournal(
  admin: EndpointAdmin,
  journal: RolloutJournal,
  replaces: number,
  signal?: AbortSignal,
): Promise<JournalConflict | undefined> {
  const { tags } = await admin.state(signal);
  const found = decodeJournal(tags);
  if ((found?.revision ?? 0) !== replaces) return conflictOf(found);
  const old = Object.keys(tags).filter(isOfJournal);
  const next = { ...Object.fromEntries(old.map((key) => [key, null])), ...encodeJournal(journal) };
  const expected = Object.fromEntries(Object.keys(next).map((key) => [key, tags[key] ?? null]));
  const answer = await admin.setTags({ tags: next, expected }, signal);
  return answer.isSet ? undefined : conflictOf(decodeJournal(answer.tags));
}

function conflictOf(found: RolloutJournal | undefined): JournalConflict {
  return found === undefined ? {} : { found };
}

/** Its first tag, or one of those that follow it. */
function isOfJournal(key: string): boolean {
  return key.startsWith(journalKey) && /^(?:-\d+)?$/.test(key.slice(journalKey.length));
}

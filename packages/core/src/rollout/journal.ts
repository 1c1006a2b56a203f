import { UserError } from '../errors.ts';

/**
 * Where a rollout is. The open phases have work left that `reconcile` finishes; the closed ones say how it ended.
 * `draining` is the one open phase that is decided for the candidate.
 */
export const openPhases = [
  'locked',
  'provisioning',
  'smoke',
  'shifting',
  'baking',
  'guarded',
  'paused',
  'rolling-back',
  'draining',
] as const;
export const closedPhases = ['promoted', 'rolled-back', 'superseded'] as const;
export type OpenPhase = (typeof openPhases)[number];
export type ClosedPhase = (typeof closedPhases)[number];
export type RolloutPhase = OpenPhase | ClosedPhase;

/**
 * What a rollout writes into its target before each side effect and after it: its state, not its history. Every writer replaces the
 * revision that it read, so two never write the same one.
 */
export interface RolloutJournal {
  readonly revision: number;
  readonly rollout: string;
  readonly phase: RolloutPhase;
  /** Index of the step in the plan; −1 before the first. */
  readonly step: number;
  /** Empty: there was none. */
  readonly stable: string;
  readonly candidate: string;
  /** The percents of the traffic that the candidate may have now: one when its share is confirmed; the last is what it is to have. */
  readonly shares: readonly number[];
  /** Percent of copies that the candidate is to get. */
  readonly mirror: number;
  /** Who drives, such as the address of the workflow run. */
  readonly owner: string;
  /** Until when it is theirs alone, in seconds since 1970; for a paused rollout, until when the pause stands. */
  readonly leaseUntil: number;
  /** When the phase began, in seconds since 1970. */
  readonly since: number;
  /** Why it is rolled back or paused; cut to fit. */
  readonly cause: string;
  /** Who moves the traffic: `guarded` is the cloud; absent: we do, share by share. */
  readonly engine?: 'guarded';
}

export function isOpen({ phase }: RolloutJournal): boolean {
  return (openPhases as readonly string[]).includes(phase);
}

/** Whether the journal belongs to another driver, which is alive or was until a moment ago. */
export function leasedToOther(journal: RolloutJournal, owner: string, atMs: number): boolean {
  return isOpen(journal) && journal.owner !== owner && journal.leaseUntil * 1000 > atMs;
}

/** A journal in a target that is not as it was written. */
export class JournalDamaged extends UserError {
  override readonly name = 'JournalDamaged';
}

/** The name of the first tag or annotation; further ones end in `-2`, `-3` …. Valid in SageMaker, Azure and Kubernetes. */
export const journalKey = 'mlops-rollout';

/** SageMaker's and Azure's longest value of a tag. */
const longestValue = 256;
/** So many tags at most, of the 50 that an endpoint may have. */
const mostTags = 8;
const version = '1';
/** Characters: of the longest kind they are a thousand letters of a tag. */
const longestCause = 100;

/**
 * The journal as tags: `1:<parts>:<checksum>:<fields>`, cut into values of 256 characters. Only characters that all targets take
 * (letters, digits and `_.:/=+-@`) are used; others are written `=XX` by their bytes.
 *
 * @throws RangeError when it would take more than 8 tags: names of kilobytes.
 */
export function encodeJournal(journal: RolloutJournal): Record<string, string> {
  const fields = [
    String(journal.revision),
    journal.rollout,
    journal.phase,
    String(journal.step),
    journal.stable,
    journal.candidate,
    journal.shares.map(String).join('/'),
    String(journal.mirror),
    journal.owner,
    String(journal.leaseUntil),
    String(journal.since),
    [...journal.cause].slice(0, longestCause).join(''),
    // Absent as in the journals of earlier releases, which have no such field.
    ...(journal.engine === undefined ? [] : [journal.engine]),
  ];
  const body = fields.map(escaped).join(':');
  const head = (parts: number): string => `${version}:${parts}:${checksum(body)}:`;
  const parts = Math.ceil((head(1).length + body.length) / longestValue);
  if (parts > mostTags) throw new RangeError(`The rollout's journal takes ${parts} tags; ${mostTags} are the most.`);
  const text = head(parts) + body;
  return Object.fromEntries(
    Array.from({ length: parts }, (_, index) => [
      keyOf(index),
      text.slice(index * longestValue, (index + 1) * longestValue),
    ]),
  );
}

/**
 * Reads the journal among a target's tags; undefined when there is none. Tags left over from a longer journal are ignored.
 *
 * @throws JournalDamaged when a part is missing or altered, or a newer version wrote it.
 */
export function decodeJournal(tags: Readonly<Record<string, string>>): RolloutJournal | undefined {
  const first = Object.hasOwn(tags, journalKey) ? tags[journalKey] : undefined;
  if (first === undefined) return undefined;
  const head = /^(\d+):([1-9]\d?):([0-9a-f]{8}):/.exec(first);
  if (head === null) throw damaged('does not begin as one');
  if (head[1] !== version) throw damaged(`is of version ${head[1]}, and this release reads version ${version}`);
  const parts = Array.from({ length: Number(head[2]) }, (_, index) => tags[keyOf(index)] ?? '');
  const body = parts.join('').slice(head[0].length);
  if (checksum(body) !== head[3]) throw damaged('does not match its checksum');
  return parsed(body.split(':').map(unescaped));
}

function parsed(fields: readonly string[]): RolloutJournal {
  const [revision, rollout, phase, step, stable, candidate, shares, mirror, owner, leaseUntil, since, cause, engine] =
    fields;
  const known = [...openPhases, ...closedPhases].find((each) => each === phase);
  const numbers = [revision, step, mirror, leaseUntil, since].map(Number);
  const percents = (shares ?? '').split('/').map(Number);
  const isWhole = fields.length === 12 || (fields.length === 13 && engine === 'guarded');
  if (!isWhole || known === undefined || ![...numbers, ...percents].every(Number.isFinite)) {
    throw damaged('has fields that cannot be read');
  }
  return {
    revision: numbers[0] as number,
    rollout: rollout as string,
    phase: known,
    step: numbers[1] as number,
    stable: stable as string,
    candidate: candidate as string,
    shares: percents,
    mirror: numbers[2] as number,
    owner: owner as string,
    leaseUntil: numbers[3] as number,
    since: numbers[4] as number,
    cause: cause as string,
    ...(engine === 'guarded' ? { engine } : {}),
  };
}

function keyOf(index: number): string {
  return index === 0 ? journalKey : `${journalKey}-${index + 1}`;
}

function escaped(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9_./+@-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

function unescaped(text: string): string {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '=') {
      bytes.push(Number.parseInt(text.slice(index + 1, index + 3), 16));
      index += 2;
    } else bytes.push(text.charCodeAt(index));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

/** FNV-1a (Fowler, Noll, Vo), 32 bits: finds damage, does not keep secrets. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

function damaged(how: string): JournalDamaged {
  return new JournalDamaged(
    `The rollout's journal in the endpoint's tags (${journalKey}) ${how}. Set the endpoint's traffic by hand, delete the tags that begin with ${journalKey}, and run the step again.`,
  );
}

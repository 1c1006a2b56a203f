// The text kernel: gives each different text of a category column a small number, its code, in the order of first appearance. It exists because a
// category column repeats few texts often: hashing and comparing the bytes where they lie costs less than making a string, and whoever counts
// then counts codes. Its memory is bounded: a column that outgrows its limits keeps the codes it has given, and from then on a text without
// one gets its hash as its code.
import { allocate } from './memory';

/** Codes from here on are hashes of texts that were not kept. */
export const firstHashCode: u32 = 0x80000000;

/** One kept text. Its bytes are padded with zeros to a multiple of 8. */
@unmanaged
class Text {
  hash: u32;
  bytes: usize;
  length: u32;
}

/** The texts of one column: `slots` is an open hash table of codes (0 = free), `texts` an array of `Text` by code - 1. */
@unmanaged
export class Texts {
  slots: usize;
  slotCount: u32;
  texts: usize;
  capacity: u32;
  count: u32;
  /** Most texts, and most bytes for texts and tables together. */
  mostTexts: u32;
  mostBytes: u32;
  bytes: u32;
  /** 1 when a text has had to go without a code. */
  hashing: u32;
}

const firstSlots: u32 = 64;
/** So many steps past other texts are no accident: the texts were made to collide. */
const longestProbe: u32 = 512;

/** An empty set of texts, as a pointer to its `Texts`. */
export function newTexts(mostTexts: u32, mostBytes: u32): usize {
  const pointer = allocate(offsetof<Texts>());
  const set = changetype<Texts>(pointer);
  set.mostTexts = mostTexts;
  set.mostBytes = mostBytes;
  set.slotCount = firstSlots;
  set.slots = allocate(firstSlots * 4);
  set.capacity = firstSlots / 2;
  set.texts = allocate(set.capacity * offsetof<Text>());
  set.bytes = firstSlots * 4 + set.capacity * offsetof<Text>();
  return pointer;
}

export function textCount(set: usize): u32 {
  return changetype<Texts>(set).count;
}

export function textsHashing(set: usize): u32 {
  return changetype<Texts>(set).hashing;
}

/** Where the text of a code lies, how long it is, and the code it would have as a hash. */
export function textBytes(set: usize, code: u32): usize {
  return textAt(changetype<Texts>(set), code).bytes;
}

export function textLength(set: usize, code: u32): u32 {
  return textAt(changetype<Texts>(set), code).length;
}

export function textHashCode(set: usize, code: u32): u32 {
  return textAt(changetype<Texts>(set), code).hash | firstHashCode;
}

/** The code as a hash that a text of `length` bytes would have, with 8 readable bytes behind it. */
export function hashText(text: usize, length: u32): u32 {
  const whole = length & ~7;
  return hashOf(text, whole, lastBytes(text + whole, length & 7), length) | firstHashCode;
}

function textAt(set: Texts, code: u32): Text {
  return changetype<Text>(set.texts + (code - 1) * offsetof<Text>());
}

/** The code of the text of `length` bytes, above 0, with 8 readable bytes behind it. */
export function codeOf(set: Texts, text: usize, length: u32): u32 {
  const whole = length & ~7;
  const rest = lastBytes(text + whole, length & 7);
  const hash = hashOf(text, whole, rest, length);
  const mask = set.slotCount - 1;
  let slot = hash & mask;
  let steps: u32 = 0;
  for (;;) {
    const code = load<u32>(set.slots + (slot << 2));
    if (code === 0) break;
    const known = textAt(set, code);
    if (known.hash === hash && known.length === length && sameBytes(known.bytes, text, whole, rest)) return code;
    if (++steps > longestProbe) {
      set.hashing = 1;
      break;
    }
    slot = (slot + 1) & mask;
  }
  return set.hashing === 0 && makeRoom(set, length) ? keep(set, hash, text, length) : hash | firstHashCode;
}

/** The last 0 to 7 bytes of a text as a word, padded with zeros. */
function lastBytes(at: usize, count: u32): u64 {
  if (count === 0) return 0;
  const unused = 64 - 8 * <u64>count;
  return (load<u64>(at) << unused) >> unused;
}

/** A hash that no platform or version may change: profiles of several runs are merged by it. Its upper bits are as good as its lower ones. */
function hashOf(text: usize, whole: u32, rest: u64, length: u32): u32 {
  let hash: u64 = <u64>length * 0x9e3779b97f4a7c15;
  for (let offset: u32 = 0; offset < whole; offset += 8) {
    hash = (hash ^ load<u64>(text + offset)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 29;
  }
  hash = (hash ^ rest ^ (rest >> 32)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 32)) * 0xc4ceb9fe1a85ec53;
  return <u32>(hash ^ (hash >> 32));
}

function sameBytes(known: usize, text: usize, whole: u32, rest: u64): bool {
  for (let offset: u32 = 0; offset < whole; offset += 8) {
    if (load<u64>(known + offset) !== load<u64>(text + offset)) return false;
  }
  // A text without a last part has nothing of its own there; a last part of zeros only is no text, as NUL bytes are refused.
  return rest === 0 || load<u64>(known + whole) === rest;
}

/** Whether one more text of `length` bytes may be kept; grows the tables for it. Once it may not, no other text may either. */
function makeRoom(set: Texts, length: u32): bool {
  const growing = set.count === set.capacity;
  const wanted = paddedLength(length) + (growing ? set.slotCount * 8 + set.capacity * 2 * offsetof<Text>() : 0);
  if (set.count >= set.mostTexts || <u64>set.bytes + wanted > set.mostBytes) {
    set.hashing = 1;
    return false;
  }
  set.bytes += wanted;
  if (growing) grow(set);
  return true;
}

function grow(set: Texts): void {
  const texts = allocate(set.capacity * 2 * offsetof<Text>());
  memory.copy(texts, set.texts, set.count * offsetof<Text>());
  set.texts = texts;
  set.capacity *= 2;
  set.slotCount *= 2;
  set.slots = allocate(set.slotCount * 4);
  for (let code: u32 = 1; code <= set.count; code++) place(set, code);
}

function keep(set: Texts, hash: u32, bytes: usize, length: u32): u32 {
  const code = ++set.count;
  const text = textAt(set, code);
  text.hash = hash;
  text.bytes = copied(bytes, length);
  text.length = length;
  place(set, code);
  return code;
}

/** Puts a code into the first free slot of its hash. */
function place(set: Texts, code: u32): void {
  const mask = set.slotCount - 1;
  let slot = textAt(set, code).hash & mask;
  while (load<u32>(set.slots + (slot << 2)) !== 0) slot = (slot + 1) & mask;
  store<u32>(set.slots + (slot << 2), code);
}

const blockBytes: u32 = 1 << 16;
let block: usize = 0;
let blockLeft: u32 = 0;

function paddedLength(length: u32): u32 {
  return (length + 7) & ~7;
}

/** A copy of a text that stays, padded with zeros. Texts of all columns share blocks. */
function copied(bytes: usize, length: u32): usize {
  const needed = paddedLength(length);
  if (needed > blockLeft) {
    blockLeft = max<u32>(needed, blockBytes);
    block = allocate(blockLeft);
  }
  const copy = block;
  memory.copy(copy, bytes, length);
  block += needed;
  blockLeft -= needed;
  return copy;
}

// Texts as Parquet keeps them (a length of 32 bits, then the bytes) to codes, without a string for each: most cells of a text column repeat what
// was seen before. A dictionary's text gets its code when the first cell names it, so that codes come in the order of appearance.
import { codeOf, Texts } from './text';

/** Where a text begins and ends. */
@unmanaged
class Bounds {
  from: u32;
  to: u32;
}

/** Writes the `Bounds` of the `count` texts between `position` and `end`. False when they reach beyond. */
export function boundsOfTexts(position: u32, end: u32, count: u32, bounds: usize): bool {
  for (let index: u32 = 0; index < count; index++) {
    if (!holdsText(position, end)) return false;
    const each = boundsAt(bounds, index);
    each.from = position + 4;
    each.to = position + 4 + load<u32>(position);
    position = each.to;
  }
  return true;
}

/** Writes the codes of the next `count` texts between `position` and `end`. Returns where the text after them begins; 0 when they reach beyond. */
export function codesOfTexts(texts: usize, position: u32, end: u32, count: u32, target: usize): u32 {
  for (let index: u32 = 0; index < count; index++) {
    if (!holdsText(position, end)) return 0;
    const length = load<u32>(position);
    store<u32>(target + (index << 2), codeOf(changetype<Texts>(texts), position + 4, length));
    position += 4 + length;
  }
  return position;
}

/**
 * Writes the codes of `count` indices into a dictionary whose texts lie at `bounds`. `codes` keeps what is known of it: 0 for a text that has no code
 * yet. False when an index is `distinct` or more.
 */
export function codesOfIndices(
  texts: usize,
  indices: usize,
  count: u32,
  bounds: usize,
  codes: usize,
  distinct: u32,
  target: usize,
): bool {
  for (let at: u32 = 0; at < count; at++) {
    const index = load<u32>(indices + (at << 2));
    if (index >= distinct) return false;
    const known = codes + (index << 2);
    if (load<u32>(known) === 0) {
      const each = boundsAt(bounds, index);
      store<u32>(known, codeOf(changetype<Texts>(texts), each.from, each.to - each.from));
    }
    store<u32>(target + (at << 2), load<u32>(known));
  }
  return true;
}

function boundsAt(bounds: usize, index: u32): Bounds {
  return changetype<Bounds>(bounds + index * offsetof<Bounds>());
}

function holdsText(position: u32, end: u32): bool {
  return end - position >= 4 && load<u32>(position) <= end - position - 4;
}

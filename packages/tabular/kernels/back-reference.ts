/**
 * Copies `length` bytes from `offset` bytes before `target` to `target`, as the LZ family means it: the two may overlap, and then what was just
 * written is read again. Writes up to 15 bytes more than asked.
 */
export function copyBack(target: usize, offset: usize, length: usize): void {
  let source = target - offset;
  const end = target + length;
  // Near copies repeat a pattern: each step doubles the distance until whole words can be copied without reading what is not yet written.
  while (offset < 8 && target < end) {
    store<u64>(target, load<u64>(source));
    target += offset;
    offset <<= 1;
  }
  if (offset < 16) {
    for (; target < end; target += 8, source += 8) store<u64>(target, load<u64>(source));
    return;
  }
  for (; target < end; target += 16, source += 16) v128.store(target, v128.load(source));
}

/** Copies `length` bytes forward. Reads and writes up to 31 bytes more than asked: most literals are short, and two vectors beat a call. */
export function copyLiteral(source: usize, target: usize, length: usize): void {
  if (length > 32) {
    memory.copy(target, source, length);
    return;
  }
  v128.store(target, v128.load(source));
  if (length > 16) v128.store(target + 16, v128.load(source + 16));
}

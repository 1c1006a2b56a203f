// Rows by category. A scanner numbers the texts of a column in the order in which they come, so counting them is adding into an array.
// It is a kernel because the codes lie in this memory and there is one for every cell.

/** Adds 1 to `counts[code]` for each of `count` codes. */
export function countCodes(codes: usize, count: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + (load<u32>(codes + (i << 2)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

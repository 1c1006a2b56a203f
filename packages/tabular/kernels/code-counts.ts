// Rows by category. A scanner numbers the texts of a column in the order in which they come, so counting them is adding into an array.
// It is a kernel because the codes lie in this memory and there is one for every cell. Texts that a scanner had no room for come as hashes;
// of those only how many different ones there are is kept, in HyperLogLog's registers (see packages/tabular/src/profile/distinct-estimate.ts).
import { firstHashCode } from './text';

/** Bits of a hash below the highest: first those that choose a register, then those whose leading zeros it keeps the record of. */
const rankBits: u32 = 19;

/** Adds 1 to `counts[code]` for each of `count` codes. Hashes go into the `registers`, a byte each; returns how many cells were hashes. */
export function countCodes(codes: usize, count: u32, counts: usize, registers: usize): u32 {
  let hashes: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const code = load<u32>(codes + (i << 2));
    if (code >= firstHashCode) {
      hashes++;
      addHash(registers, code);
      continue;
    }
    const at = counts + (code << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  return hashes;
}

/** Takes a hash of 31 bits, whatever its highest bit, into the registers. */
function addHash(registers: usize, hash: u32): void {
  const at = registers + ((hash & (firstHashCode - 1)) >> rankBits);
  const rest = (hash << (32 - rankBits)) | (1 << (31 - rankBits));
  const rank = <u8>(clz(rest) + 1);
  if (rank > load<u8>(at)) store<u8>(at, rank);
}

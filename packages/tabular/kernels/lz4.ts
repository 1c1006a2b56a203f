// LZ4 blocks (`LZ4_RAW` of Parquet), which Node does not unpack either. Format: `lz4_Block_format.md` of lz4/lz4.
import { copyBack, copyLiteral } from './back-reference';

/**
 * Unpacks the LZ4 block of `length` bytes at `source` to `target`, which is `capacity` bytes long. Both need 32 bytes behind them that may be
 * read, and written. Returns how many bytes came out; -1 for a block that is damaged or larger than `capacity`.
 */
export function unpackLz4(source: usize, length: u32, target: usize, capacity: u32): i32 {
  const sourceEnd = source + length;
  const targetStart = target;
  const targetEnd = target + capacity;
  while (source < sourceEnd) {
    const token: u32 = load<u8>(source++);
    let literals: usize = token >> 4;
    if (literals === 15) {
      let byte: u32 = 255;
      while (byte === 255) {
        if (source >= sourceEnd) return -1;
        byte = load<u8>(source++);
        literals += byte;
      }
    }
    if (literals > sourceEnd - source || literals > targetEnd - target) return -1;
    copyLiteral(source, target, literals);
    source += literals;
    target += literals;
    if (source === sourceEnd) return <i32>(target - targetStart);
    if (source + 2 > sourceEnd) return -1;
    const offset: usize = load<u16>(source);
    source += 2;
    let count: usize = (token & 15) + 4;
    if ((token & 15) === 15) {
      let byte: u32 = 255;
      while (byte === 255) {
        if (source >= sourceEnd) return -1;
        byte = load<u8>(source++);
        count += byte;
      }
    }
    if (offset - 1 >= target - targetStart || count > targetEnd - target) return -1;
    copyBack(target, offset, count);
    target += count;
  }
  return -1;
}

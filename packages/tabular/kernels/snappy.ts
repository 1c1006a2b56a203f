// Snappy, because most Parquet files are packed with it and nothing in Node unpacks it. In WebAssembly the page lands where the next kernel
// reads it. Format: `format_description.txt` of google/snappy (2011).
import { copyBack, copyLiteral } from './back-reference';

/**
 * Unpacks the Snappy block of `length` bytes at `source` to `target`, which is `capacity` bytes long. Both need 32 bytes behind them that may be
 * read, and written. Returns how many bytes came out; -1 for a block that is damaged or larger than `capacity`.
 */
export function unpackSnappy(source: usize, length: u32, target: usize, capacity: u32): i32 {
  const sourceEnd = source + length;
  let size: u64 = 0;
  let shift: u64 = 0;
  let byte: u32 = 0;
  do {
    if (source >= sourceEnd || shift > 28) return -1;
    byte = load<u8>(source++);
    size |= (<u64>(byte & 127)) << shift;
    shift += 7;
  } while (byte & 128);
  if (size > <u64>capacity) return -1;
  const targetStart = target;
  const targetEnd = target + <u32>size;
  while (source < sourceEnd) {
    const tag: u32 = load<u8>(source++);
    let count: usize = (tag >> 2) + 1;
    if ((tag & 3) === 0) {
      if (count > 60) {
        const lengthBytes: usize = count - 60;
        if (lengthBytes > sourceEnd - source) return -1;
        // 2^32 wraps to 0, which is refused below like every other length that does not fit.
        count = <usize>(load<u32>(source) & (0xffffffff >> ((4 - <u32>lengthBytes) << 3))) + 1;
        source += lengthBytes;
      }
      if (count - 1 >= sourceEnd - source || count > targetEnd - target) return -1;
      copyLiteral(source, target, count);
      source += count;
    } else {
      let offset: usize = 0;
      if ((tag & 3) === 1) {
        if (source + 1 > sourceEnd) return -1;
        count = ((tag >> 2) & 7) + 4;
        offset = ((tag >> 5) << 8) | load<u8>(source);
        source += 1;
      } else if ((tag & 3) === 2) {
        if (source + 2 > sourceEnd) return -1;
        offset = load<u16>(source);
        source += 2;
      } else {
        if (source + 4 > sourceEnd) return -1;
        offset = load<u32>(source);
        source += 4;
      }
      if (offset - 1 >= target - targetStart || count > targetEnd - target) return -1;
      copyBack(target, offset, count);
    }
    target += count;
  }
  return target === targetEnd ? <i32>(<u32>size) : -1;
}

// Memory that is handed out once and never given back: a kernel lives as long as one table is read, and its instance goes as a whole.

let next: usize = 0;

/** `bytes` bytes of zeroed memory, aligned to 16, with 16 readable bytes behind it so that vector loads may run over the end. */
export function allocate(bytes: u32): usize {
  if (next === 0) next = (__heap_base + 15) & ~15;
  const start = next;
  next = (start + bytes + 16 + 15) & ~15;
  const missing = <i32>((next + 65535) >> 16) - memory.size();
  // 64 pages (4 MiB) more than needed, because growing moves the buffer under every view of it.
  if (missing > 0 && memory.grow(missing + 64) < 0 && memory.grow(missing) < 0) unreachable();
  return start;
}

/** Gives everything back at once. Whoever holds a pointer must forget it. */
export function reset(): void {
  memory.fill(__heap_base, 0, next === 0 ? 0 : next - __heap_base);
  next = 0;
}

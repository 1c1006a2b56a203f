import type { RangeSource } from './scan.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The bytes of `ranges`, in order. While one is worked on, the next is on its way. */
export async function* readAhead(source: RangeSource, ranges: readonly Range[]): AsyncGenerator<Uint8Array, void> {
  let next = start(0);
  for (let index = 0; index < ranges.length; index++) {
    const bytes = await next;
    next = start(index + 1);
    yield bytes as Uint8Array;
  }

  function start(index: number): Promise<Uint8Array> | undefined {
    const range = ranges[index];
    const reading = range && source.range(range.from, range.to);
    // Whoever stops early never looks at this one; when it fails then, that is nobody's concern.
    reading?.catch(() => undefined);
    return reading;
  }
}

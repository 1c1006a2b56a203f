import { expect, test } from '@jest/globals';
import { byteReader } from './byte-reader.ts';
import { byteWriter } from './byte-writer.ts';

test('bytes come back as they were written, also those that make the writer take more room', () => {
  const writer = byteWriter();
  const written = Array.from({ length: 100_000 }, (_, index) => 1 + (index % 251));
  for (const value of written) writer.byte(value);
  const reader = byteReader(writer.done());
  expect(written.filter((value) => reader.byte() !== value)).toEqual([]);
});

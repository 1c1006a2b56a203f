import { expect, test } from '@jest/globals';
import { decompress } from 'fzstd';
import { filledBy } from './unpack.ts';

// Frames of pyarrow 21: of nothing, and of "abcd".
const nothing = Buffer.from('28b52ffd2000010000', 'hex');
const abcd = Buffer.from('28b52ffd200421000061626364', 'hex');

test('zstd in JavaScript fills the room exactly, or says that it does not', () => {
  const fill = filledBy(decompress);
  const room = new Uint8Array(4);
  expect(fill(abcd, room)).toBe(true);
  expect(Buffer.from(room).toString()).toBe('abcd');
  expect(fill(nothing, new Uint8Array(0))).toBe(true);
  expect([fill(abcd, new Uint8Array(0)), fill(abcd, new Uint8Array(3)), fill(abcd, new Uint8Array(9))]).toEqual([
    false,
    false,
    false,
  ]);
  expect([fill(nothing, new Uint8Array(1)), fill(Buffer.from('no frame'), new Uint8Array(4))]).toEqual([false, false]);
});

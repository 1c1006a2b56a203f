/** `bytes` with up to three faults: bits turned over, stretches gone or doubled, an end cut off, a text of `nasty` put in. */
export function damaged(bytes, random, nasty) {
  let result = Buffer.from(bytes);
  for (let left = random(4); left > 0; left--) result = damagedOnce(result, random, nasty);
  return result;
}

function damagedOnce(bytes, random, nasty) {
  const at = random(bytes.length + 1);
  const upTo = at + 1 + random(8);
  switch (random(5)) {
    case 0:
      if (at < bytes.length) bytes[at] ^= 1 << random(8);
      return bytes;
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(upTo)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, upTo), bytes.subarray(at)]);
    case 3:
      return random(4) === 0 ? bytes.subarray(0, at) : bytes;
    default: {
      const inserted = Buffer.from(nasty[random(nasty.length)], 'latin1');
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    }
  }
}

/** What hurts readers of JSON. */
export const nastyJson = [
  ...['"', '\\', '\\"', '{', '}', '[', ']', ',', ':', '\n', '\r\n', '\0', '\xff', '\xef\xbb\xbf', '\xc3', ' ', '\t'],
  ...['null', 'true', 'NaN', '-Infinity', '-', '1e999', '01', '1.', '.5', '\\ud83d', '\\u0000', '"__proto__":1,'],
  ...['9'.repeat(400), 'x'.repeat(5000), '['.repeat(200), '{"a":'.repeat(200)],
];

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { seededUniform } from '../../random.ts';

const headerBytes = 19;

/** A profile in which some fields are others', with the checksum that goes with them: what `seed` says. */
export function damagedProfile(profile: Uint8Array, seed: number): Uint8Array {
  const uniform = seededUniform(`damage ${seed}`);
  const below = (end: number) => Math.floor(uniform() * end);
  let fields = Uint8Array.from(inflateRawSync(profile.subarray(headerBytes)));
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(fields.length);
    const kind = below(5);
    if (kind === 0) fields[at] = below(256);
    else if (kind === 1) fields[at] = (fields[at] as number) ^ (1 << below(8));
    else if (kind === 2) fields = fields.slice(0, at + 1);
    else if (kind === 3) fields.copyWithin(at, below(fields.length), at + below(16));
    else
      fields = Uint8Array.from([...fields.subarray(0, at), 255, 255, 255, 255, 255, 255, 15, ...fields.subarray(at)]);
  }
  const packed = deflateRawSync(fields);
  const bytes = new Uint8Array(headerBytes + packed.length);
  bytes.set(profile.subarray(0, headerBytes));
  new DataView(bytes.buffer).setUint32(headerBytes - 4, crc32(fields), true);
  bytes.set(packed, headerBytes);
  return bytes;
}

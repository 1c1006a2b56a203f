import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { UserError } from '@mlops-actions/core';
import { byteReader, DamagedBytes } from './byte-reader.ts';
import { byteWriter } from './byte-writer.ts';
import { readTable } from './read-table.ts';
import type { TableSketch } from './sketch.ts';
import { writeTable } from './write-table.ts';

// A profile as a file: a line of text that says what it is, a byte with the format's number, four bytes of checksum (CRC-32), and the fields,
// deflated. The same profile gives the same bytes on every machine: there is no time in it, and what wrote it is the format's number alone.

const firstLine = new TextEncoder().encode('mlops-profile\n');
const format = 1;
const headerBytes = firstLine.length + 1 + 4;

/** What any profile may unpack to, whatever its size, and how many times its size a larger one may. */
const freeBytes = 32 << 20;
const highestRatio = 128;

/** A profile as bytes. Values that are kept one by one go into bins. */
export function encodeProfile(sketch: TableSketch): Uint8Array {
  const writer = byteWriter();
  writeTable(sketch, writer);
  const fields = writer.done();
  const deflated = deflateRawSync(fields);
  const packed = fields.length > mostUnpacked(deflated.length) ? deflateRawSync(fields, { level: 0 }) : deflated;
  const bytes = new Uint8Array(headerBytes + packed.length);
  bytes.set(firstLine);
  bytes[firstLine.length] = format;
  new DataView(bytes.buffer).setUint32(firstLine.length + 1, crc32(fields), true);
  bytes.set(packed, headerBytes);
  return bytes;
}

/**
 * The profile that `encodeProfile` gave these bytes for. Throws a `UserError`, which calls them `label`, for all other bytes; memory is
 * bounded by their number.
 */
export function decodeProfile(bytes: Uint8Array, label: string): TableSketch {
  if (!isProfile(bytes))
    throw new UserError(`${label}: is not a profile. Give a file that \`profile-out\` has written.`);
  const written = bytes[firstLine.length] as number;
  if (written > format) {
    throw new UserError(
      `${label}: is a profile of format ${written}, and this version reads up to format ${format}. Make it again with this version, or update this step.`,
    );
  }
  try {
    const reader = byteReader(unpacked(bytes));
    const table = readTable(reader);
    reader.end();
    return table;
  } catch (thrown) {
    if (!(thrown instanceof DamagedBytes)) throw thrown;
    throw new UserError(`${label}: the profile is damaged (${thrown.message}). Make it again with \`profile-out\`.`);
  }
}

/** Whether bytes begin as a profile does. */
export function isProfile(bytes: Uint8Array): boolean {
  return bytes.length >= headerBytes && firstLine.every((byte, index) => bytes[index] === byte);
}

function unpacked(bytes: Uint8Array): Uint8Array {
  const packed = bytes.subarray(headerBytes);
  let fields: Uint8Array;
  try {
    fields = inflateRawSync(packed, { maxOutputLength: mostUnpacked(packed.length) });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new DamagedBytes('it unpacks to far more than a profile');
    if (code?.startsWith('Z_')) throw new DamagedBytes('it cannot be unpacked');
    throw thrown;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(fields) !== view.getUint32(firstLine.length + 1, true)) throw new DamagedBytes('its checksum is wrong');
  return fields;
}

function mostUnpacked(packedBytes: number): number {
  return Math.max(freeBytes, highestRatio * packedBytes);
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A check of `Authorization: Bearer …` against the SHA-256 of the right token, in constant time. */
export function bearerMatches(headers: IncomingHttpHeaders, tokenSha256: string): boolean {
  const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return false;
  const given = createHash('sha256').update(token).digest();
  return timingSafeEqual(given, Buffer.from(tokenSha256, 'hex'));
}

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** Those that belong to one connection and not to the message (RFC 9110, section 7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers to send on: without those of the connection, those that it names, and `without`. */
export function endToEndHeaders(headers: IncomingHttpHeaders, without: ReadonlySet<string>): OutgoingHttpHeaders {
  const named = namedByConnection(headers.connection);
  const kept: OutgoingHttpHeaders = {};
  for (const name in headers) {
    if (hopByHop.has(name) || without.has(name) || named?.has(name)) continue;
    kept[name] = headers[name];
  }
  return kept;
}

function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

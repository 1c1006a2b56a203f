/**
 * Short names for a title: of each path, address or pattern as many of its last parts as it takes to tell the two apart, most often the
 * file's name alone, with digests cut to eight characters.
 */
export function sourceNames(reference: string, current: string): readonly [string, string] {
  const [left, right] = [partsOf(reference), partsOf(current)];
  const most = Math.max(left.length, right.length);
  for (let count = 1; count < most; count++) {
    const names = [lastParts(left, count), lastParts(right, count)] as const;
    if (names[0] !== names[1]) return names;
  }
  return [lastParts(left, most), lastParts(right, most)];
}

function partsOf(source: string): string[] {
  const isAddress = /^https?:\/\//i.test(source);
  // What an address asks for may be a signature.
  const path = isAddress ? source.replace(/^https?:\/\//i, '').replace(/[?#].*$/s, '') : source;
  const parts = path.split(/[/\\]/).filter((part) => part !== '');
  return parts.length === 0 ? [source] : parts;
}

function lastParts(parts: readonly string[], count: number): string {
  return parts.slice(-count).map(withoutDigest).join('/');
}

function withoutDigest(part: string): string {
  return part.replace(/[0-9a-f]{32,}/gi, (digest) => `${digest.slice(0, 8)}…`);
}

/** Knows the secrets of a step and hides them in text. */
export interface Masker {
  /**
   * Hides `value` from now on: whole, each of its lines, and as it looks inside JSON and in a URL. Returns the lines, trimmed and
   * without empty ones, which is what runners must be told.
   */
  add(value: string): readonly string[];
  /** Whether `value` is exactly a secret. */
  has(value: string): boolean;
  /** The text with every occurrence of a secret, also of overlapping ones, replaced by `***`. */
  mask(text: string): string;
}

export function createMasker(): Masker {
  const secrets = new Set<string>();
  const hidden = new Set<string>();

  function add(value: string): readonly string[] {
    const lines = value
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
    if (lines.length === 0) return lines;
    secrets.add(value);
    for (const text of [value, value.trim(), ...lines]) {
      hidden.add(text);
      hidden.add(JSON.stringify(text).slice(1, -1));
      // Lone surrogates, which no URL can hold, become U+FFFD on the way through UTF-8.
      hidden.add(encodeURIComponent(Buffer.from(text).toString()));
    }
    return lines;
  }

  function mask(text: string): string {
    if (hidden.size === 0) return text;
    const spans = [...hidden].flatMap((secret) => occurrences(text, secret)).sort((a, b) => a.start - b.start);
    let masked = '';
    let end = 0;
    for (const span of spans) {
      if (span.start >= end) masked += `${text.slice(end, span.start)}***`;
      end = Math.max(end, span.end);
    }
    return masked + text.slice(end);
  }

  return { add, mask, has: (value) => secrets.has(value) };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function occurrences(text: string, secret: string): Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf(secret); start >= 0; start = text.indexOf(secret, start + 1)) {
    spans.push({ start, end: start + secret.length });
  }
  return spans;
}

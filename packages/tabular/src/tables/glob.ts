import { sep } from 'node:path';
import { UserError } from '@mlops-actions/core';
import { shortened } from '../fault.ts';

/** A glob: the folder that all of its matches lie below, and what their paths from there look like. */
export interface Glob {
  readonly base: string;
  /** Matches paths from `base`, with `/`. */
  readonly pattern: RegExp;
  /** How many folders deep a match can lie. */
  readonly depth: number;
}

const special = /[*?[]/;

/**
 * Reads a path with `*`, `?`, `[a-z]` and `[!a]`, none of which stands for a `/`, and `**` for any number of folders. Undefined for a path that has
 * none of them.
 */
export function parsedGlob(path: string): Glob | undefined {
  if (!special.test(path)) return undefined;
  const segments = path.split(sep === '\\' ? /[\\/]/ : '/');
  const first = segments.findIndex((segment) => special.test(segment));
  const base = segments.slice(0, first).join('/');
  const rest = segments.slice(first);
  const pattern = rest.map((segment, index) => {
    const isLast = index === rest.length - 1;
    if (segment === '**') return isLast ? '.*' : '(?:[^/]+/)*';
    return segmentPattern(segment) + (isLast ? '' : '/');
  });
  return {
    base: base === '' ? (path.startsWith('/') ? '/' : '.') : base,
    pattern: new RegExp(`^${pattern.join('')}$`, 's'),
    depth: rest.includes('**') ? Number.POSITIVE_INFINITY : rest.length,
  };
}

function segmentPattern(segment: string): string {
  return segment.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (found, not: string | undefined, letters: string | undefined) => {
    if (letters !== undefined) return `[${not === '!' ? '^/' : ''}${letters.replace(/[\\^[]/g, '\\$&')}]`;
    if (found === '*') return '[^/]*';
    if (found === '?') return '[^/]';
    return found.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
}

const mostAlternatives = 1000;

/** The paths that a path with `{a,b}` stands for. Throws a `UserError` for over 1,000. */
export function alternatives(path: string): string[] {
  const expanded = [path];
  for (let at = 0; at < expanded.length; ) {
    const [whole, before = '', inner = '', after = ''] =
      /^(.*)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(expanded[at] as string) ?? [];
    if (whole === undefined) at++;
    else expanded.splice(at, 1, ...inner.split(',').map((each) => before + each + after));
    if (expanded.length > mostAlternatives) {
      throw new UserError(`${shortened(path)}: stands for over ${mostAlternatives} patterns. Write fewer braces.`);
    }
  }
  return expanded;
}

/** One thing wrong with one input's value; the sentence goes on after "Input `name`". */
export class InputFault extends Error {}

const longest = 120;

/** A value as an error message shows it: on one line, cut when long, and never when it is secret. */
export function shown(spec: { readonly secret?: boolean }, text: string): string {
  if (spec.secret) return 'not acceptable (its value is secret and not shown)';
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return JSON.stringify(short).replaceAll('\\"', '"').replaceAll('\\\\', '\\');
}

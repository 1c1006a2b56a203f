/** An element of a page, as a strict reader sees it. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** The text directly inside, with entities resolved. */
  text: string;
}

const voids = new Set(['meta', 'link', 'input', 'br']);
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * Reads markup far more strictly than a browser: every element closed in order, every value quoted, every `&` one of the five entities
 * that are written here, no comment. What passes means the same to an HTML and an XML parser. Throws at the first fault.
 */
export function readMarkup(markup: string): Element[] {
  const found: Element[] = [];
  const open: Element[] = [];
  const pattern =
    /<!doctype html>|<\/([a-z0-9]+)>|<script>([\s\S]*?)<\/script>|<([a-z0-9]+)((?: [a-zA-Z-]+(?:="[^"<]*")?)*)(\/?)>|([^<]+)/gy;
  let end = 0;
  for (const match of markup.matchAll(pattern)) {
    const [all, closing, script, opening, attributes = '', selfClosed, text] = match;
    end = match.index + all.length;
    if (closing !== undefined) {
      const last = open.pop();
      if (last?.name !== closing) throw new Error(`</${closing}> closes <${last?.name}> at ${match.index}.`);
    } else if (script !== undefined) {
      found.push({ name: 'script', attributes: new Map(), text: script });
    } else if (opening !== undefined) {
      const element = { name: opening, attributes: readAttributes(attributes), text: '' };
      found.push(element);
      if (selfClosed === '' && !voids.has(opening)) open.push(element);
    } else if (text !== undefined) {
      const parent = open.at(-1);
      if (parent) parent.text += parent.name === 'style' ? text : resolved(text);
    }
  }
  if (end !== markup.length) throw new Error(`No markup at ${end}: ${markup.slice(end, end + 60)}`);
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed.`);
  return found;
}

function readAttributes(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/ ([a-zA-Z-]+)(?:="([^"]*)")?/g)) {
    if (attributes.has(name)) throw new Error(`The attribute ${name} is there twice.`);
    attributes.set(name, resolved(value));
  }
  return attributes;
}

function resolved(text: string): string {
  return text.replace(/&([^;\s&]*);?/g, (whole, name: string) => {
    const character = entities[name];
    if (character === undefined || whole !== `&${name};`) throw new Error(`${whole} is not an entity.`);
    return character;
  });
}

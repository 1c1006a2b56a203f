import { isObject } from '@mlops-actions/provider';

export type Tags = Readonly<Record<string, string>>;

/** Values by tag; null: no such tag. */
type Wanted = Readonly<Record<string, string | null>>;

/** What tags are to be, while they and others are as expected. */
export interface TagChange {
  readonly tags: Wanted;
  readonly expected: Wanted;
}

export function isTagChange(value: unknown): value is TagChange {
  return isObject(value) && isWanted(value.tags) && isWanted(value.expected);
}

/** The tags after the change; undefined when they are not as expected. */
export function changedTags(tags: Tags, { tags: wanted, expected }: TagChange): Tags | undefined {
  const found = new Map(Object.entries(tags));
  if (Object.entries(expected).some(([key, value]) => (found.get(key) ?? null) !== value)) return undefined;
  for (const [key, value] of Object.entries(wanted)) {
    if (value === null) found.delete(key);
    else found.set(key, value);
  }
  return Object.fromEntries(found);
}

function isWanted(value: unknown): value is Wanted {
  return isObject(value) && Object.values(value).every((item) => item === null || typeof item === 'string');
}

import { invalid } from './aws-error.ts';
import type { Part } from './part.ts';

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The tags of everything, by its ARN. */
export interface Tags extends Part {
  set(arn: string, tags: readonly Tag[] | undefined): void;
}

const most = 50;

export function tags(): Tags {
  const all = new Map<string, Map<string, string>>();
  const of = (arn: string): Map<string, string> => {
    const found = all.get(arn);
    if (found === undefined) throw invalid(`Could not find ${arn}.`);
    return found;
  };
  const add = (arn: string, tags: readonly Tag[]): void => {
    const merged = new Map([...of(arn), ...tags.map(({ Key, Value }) => [Key, Value] as const)]);
    if (merged.size > most) throw invalid(`The number of tags exceeds the limit of ${most}.`);
    all.set(arn, merged);
  };
  return {
    set: (arn, tags = []) => {
      all.set(arn, new Map());
      add(arn, tags);
    },
    reset: async () => all.clear(),
    handlers: {
      AddTags: ({ ResourceArn, Tags }) => {
        add(ResourceArn, Tags);
        return { Tags: listed(of(ResourceArn)) };
      },
      ListTags: ({ ResourceArn }) => ({ Tags: listed(of(ResourceArn)) }),
      DeleteTags: ({ ResourceArn, TagKeys }) => {
        for (const key of TagKeys) of(ResourceArn).delete(key);
        return {};
      },
    },
  };
}

function listed(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

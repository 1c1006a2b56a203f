import { expect, test } from '@jest/globals';
import { list, mapping, text, yaml } from './define.ts';
import { description, groupsOf } from './words.ts';

test('the rule is not said twice', () => {
  expect(description(mapping({ help: 'Data.' }))).toBe('Data. One `name: value` a line.');
  expect(description(mapping({ help: 'Data, one `channel: source` a line.' }))).toBe(
    'Data, one `channel: source` a line.',
  );
  expect(description(list({ help: 'Names, one a line.' }))).toBe('Names, one a line.');
  expect(description(yaml({ help: 'Rules, as YAML.' }))).toBe('Rules, as YAML.');
});

test('groups are in the order of their first input, and those without one come first', () => {
  const one = text({ help: 'A.', group: 'One' });
  const two = text({ help: 'A.', group: 'Two' });
  const none = text({ help: 'A.' });
  const groups = [...groupsOf({ b: two, a: one, c: none, d: two })];
  expect(groups.map(([heading, inputs]) => [heading, inputs.map(([name]) => name)])).toEqual([
    [undefined, ['c']],
    ['Two', ['b', 'd']],
    ['One', ['a']],
  ]);
  expect([...groupsOf({ a: one }).keys()]).toEqual(['One']);
});

import { expect, test } from '@jest/globals';
import { choice, defineAction, flag, type Inputs, number, type Outputs, text } from './define.ts';

const spec = defineAction({
  name: 'typed',
  title: 'Typed',
  summary: 'Typed.',
  branding: { icon: 'x', color: 'blue' },
  inputs: {
    'a-b-c': text({ help: 'A.', required: true }),
    mode: choice(['fast', 'safe'], { help: 'B.', default: 'fast' }),
    free: choice(['x', 'y'], { help: 'C.' }),
    'p95-limit': number({ help: 'D.' }),
    on: flag({ help: 'E.' }),
  },
  outputs: { 'model-uri': { help: 'F.' } },
});

test('the types of inputs and outputs follow from the declaration', () => {
  const inputs: Inputs<typeof spec> = { aBC: 'x', mode: 'safe', free: undefined, p95Limit: undefined, on: true };
  // @ts-expect-error no such value
  const wrongChoice: Inputs<typeof spec>['mode'] = 'fats';
  // @ts-expect-error a required input is always there
  const wrongAbsent: Inputs<typeof spec>['aBC'] = undefined;
  const outputs: Outputs<typeof spec> = { 'model-uri': 'a' };
  // @ts-expect-error no such output
  const wrongOutput: Outputs<typeof spec> = { 'model-url': 'a' };
  // @ts-expect-error a default is one of the values
  choice(['a', 'b'], { help: 'A.', default: 'c' });
  expect([inputs, wrongChoice, wrongAbsent, outputs, wrongOutput]).toHaveLength(5);
});

test('a flag is off and an action without post unless it says so', () => {
  expect(spec.post).toBe(false);
  expect(spec.inputs.on.default).toBe(false);
  expect(defineAction({ ...spec, post: true }).post).toBe(true);
});

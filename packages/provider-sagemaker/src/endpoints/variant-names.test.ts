import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { configRecord, deploymentOf, freeName } from './variant-names.ts';

/** As SageMaker takes it for a variant. */
const pattern = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;
const name = fc.stringMatching(/^[a-zA-Z0-9](-?[a-zA-Z0-9]){0,31}$/).filter((text) => text.length <= 63);

test('a variant’s name is free, and one that SageMaker takes; the deployment’s own when it can be', () => {
  fc.assert(
    fc.property(name, fc.array(name), (deployment, others) => {
      const taken = [...others, ...(others.length % 2 === 0 ? [deployment] : [])];
      const found = freeName(deployment, taken);
      expect(taken).not.toContain(found);
      expect(found).toMatch(pattern);
      expect(found === deployment).toBe(!taken.includes(deployment));
    }),
  );
  const long = `a${'-b'.repeat(31)}`;
  expect(freeName(long, [long])).toMatch(pattern);
});

test('whom variants serve is read as it was written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.record({ name, deployment: name }), { selector: (each) => each.name }), (placed) => {
      const record = configRecord(placed);
      for (const each of placed) expect(deploymentOf(record, each.name)).toBe(each.deployment);
    }),
  );
  expect(configRecord([{ name: 'blue', deployment: 'blue' }])).toEqual({});
  expect(deploymentOf(JSON.parse('{"variants":{}}'), 'constructor')).toBe('constructor');
});

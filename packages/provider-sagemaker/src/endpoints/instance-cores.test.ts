import { expect, test } from '@jest/globals';
import { coresOf } from './instance-cores.ts';

// vCPUs as AWS lists them for its instance types.
test.each([
  ['ml.m5.large', 2],
  ['ml.m5.xlarge', 4],
  ['ml.c5.18xlarge', 72],
  ['ml.c4.8xlarge', 36],
  ['ml.g4dn.12xlarge', 48],
  ['ml.p4d.24xlarge', 96],
  ['ml.t2.medium', undefined],
  ['ml.m6g.metal', undefined],
  ['large', undefined],
])('%s has %s cores', (type, cores) => {
  expect(coresOf(type)).toBe(cores);
});

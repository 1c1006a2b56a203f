import { describe, expect, test } from '@jest/globals';
import { sourceNames } from './source-names.ts';

const digest = '0f3c2b6bc59c25cdd6b0c5e1a3d1f00f0f3c2b6bc59c25cdd6b0c5e1a3d1f00f';

describe('the short names of two sources', () => {
  test.each([
    ['data/old.csv', 'data/new.csv', 'old.csv', 'new.csv'],
    [
      `.mlops/artifacts/${digest}/files/train/a.csv`,
      `.mlops/artifacts/${digest}/files/test/a.csv`,
      'train/a.csv',
      'test/a.csv',
    ],
    [`store/${digest}`, 'C:\\data\\new.parquet', '0f3c2b6b…', 'new.parquet'],
    ['https://host/data/a.csv?signature=secret', 'data/2024-*.parquet', 'a.csv', '2024-*.parquet'],
    ['week/a.csv', 'a.csv', 'week/a.csv', 'a.csv'],
    ['a.csv', 'a.csv', 'a.csv', 'a.csv'],
    ['data/', '/', 'data', '/'],
  ])('%s and %s', (reference, current, ...names) => expect(sourceNames(reference, current)).toEqual(names));
});

import { describe, expect, test } from '@jest/globals';
import { askOracle, oracleNumber, oraclePython } from './oracle.ts';

(oraclePython === undefined ? describe.skip : describe)('the oracle', () => {
  test('computes with what it is given, NaN and infinities included', async () => {
    const answer = await askOracle<{ sum: number; odd: (number | string)[] }>(
      'import numpy as np\nanswer = {"sum": np.sum(given["values"]), "odd": [np.nan, -np.inf]}',
      { values: [1, 2, 3.5] },
    );
    expect(answer.sum).toBe(6.5);
    expect(answer.odd.map(oracleNumber)).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });

  test('says what went wrong', async () => {
    await expect(askOracle('answer = given["absent"]', {})).rejects.toThrow(/KeyError: 'absent'/);
  });
});

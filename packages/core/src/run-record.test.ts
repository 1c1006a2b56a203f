import { describe, expect, test } from '@jest/globals';
import { UserError } from './errors.ts';
import { emptyRunRecord, lineageOf, parseRunRecord, type StepRecord, withStep } from './run-record.ts';

const step = (ending: StepRecord['ending'], lineage: StepRecord['lineage']): StepRecord => ({
  action: 'train',
  start: '2026-01-01T00:00:00.000Z',
  end: '2026-01-01T00:01:00.000Z',
  ending,
  lineage,
});

describe('lineageOf', () => {
  const record = [
    step('ok', { dataset: 'a@1' }),
    step('ok', { dataset: 'a@2' }),
    step('failure', { dataset: 'a@3' }),
  ].reduce(withStep, emptyRunRecord({ system: 'shell' }));

  test('finds the newest value of a step that ended well', () => {
    expect(lineageOf(record, 'dataset')).toBe('a@2');
  });

  test('is undefined when no step says it', () => {
    expect(lineageOf(record, 'model')).toBeUndefined();
  });
});

describe('parseRunRecord', () => {
  test('reads what was written', () => {
    const record = withStep(emptyRunRecord({ system: 'github', commit: 'abc' }), step('ok', { job: 'train-1' }));
    expect(parseRunRecord(JSON.stringify(record), 'mlops-run.json')).toEqual(record);
  });

  test.each(['', '{', 'null', '[]', '{"format":2,"run":{},"steps":[]}', '{"format":1,"run":{}}'])(
    'refuses %p and names the file and the fix',
    (text) => {
      expect(() => parseRunRecord(text, 'runs/mlops-run.json')).toThrow(UserError);
      expect(() => parseRunRecord(text, 'runs/mlops-run.json')).toThrow(/runs\/mlops-run\.json is not .*Delete it/);
    },
  );
});

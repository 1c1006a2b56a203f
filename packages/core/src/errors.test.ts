import { describe, expect, test } from '@jest/globals';
import { exitCodeOf } from './ending.ts';
import { Cancelled, endingOf, UserError } from './errors.ts';

describe('endingOf', () => {
  test('a UserError keeps its sentence and shows no stack', () => {
    expect(endingOf(new UserError('Give a name.'))).toEqual({ kind: 'user-error', message: 'Give a name.' });
  });

  test('a full disk is the user’s to mend, and the path is named', () => {
    const full = Object.assign(new Error('write failed'), { code: 'ENOSPC', path: '/data/model.bin' });
    expect(endingOf(full)).toEqual({
      kind: 'user-error',
      message: expect.stringContaining('/data/model.bin: The disk is full.'),
    });
  });

  test('a cancelled step is a failure without a stack', () => {
    expect(endingOf(new Cancelled('Cancelled by SIGINT.'))).toEqual({
      kind: 'failure',
      message: 'Cancelled by SIGINT.',
    });
  });

  test('anything else is a failure with its stack as detail', () => {
    const bug = new TypeError('x is undefined');
    expect(endingOf(bug)).toEqual({ kind: 'failure', message: 'x is undefined', detail: bug.stack });
    expect(endingOf('thrown text')).toEqual({ kind: 'failure', message: 'thrown text' });
  });
});

test('a verdict has an exit code of its own', () => {
  expect(exitCodeOf({ kind: 'ok' })).toBe(0);
  expect(exitCodeOf({ kind: 'user-error', message: '' })).toBe(1);
  expect(exitCodeOf({ kind: 'failure', message: '' })).toBe(1);
  expect(exitCodeOf({ kind: 'verdict', message: '' })).toBe(2);
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  closedPhases,
  decodeJournal,
  encodeJournal,
  type JournalDamaged,
  openPhases,
  type RolloutJournal,
} from './journal.ts';

const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/);
const shifted: fc.Arbitrary<RolloutJournal> = fc.record({
  revision: fc.nat(),
  rollout: name,
  phase: fc.constantFrom(...openPhases, ...closedPhases),
  step: fc.integer({ min: -1, max: 99 }),
  stable: fc.oneof(name, fc.constant('')),
  candidate: name,
  shares: fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(100 / 3)), { minLength: 1, maxLength: 3 }),
  mirror: fc.integer({ min: 0, max: 100 }),
  owner: fc.webUrl({ size: 'small' }).map((url) => url.slice(0, 120)),
  leaseUntil: fc.nat(),
  since: fc.nat(),
  cause: fc.string({ unit: 'grapheme', maxLength: 120 }),
});
const journals = fc.oneof(
  shifted,
  shifted.map((journal): RolloutJournal => ({ ...journal, engine: 'guarded' })),
);

describe('the journal of a rollout', () => {
  test('is read as it was written, in tags that every target takes', () => {
    fc.assert(
      fc.property(journals, (journal) => {
        const tags = encodeJournal(journal);
        expect(decodeJournal({ team: 'ml', ...tags })).toEqual({
          ...journal,
          cause: [...journal.cause].slice(0, 100).join(''),
        });
        expect(Object.keys(tags).length).toBeLessThanOrEqual(8);
        for (const [key, value] of Object.entries(tags)) {
          expect(key).toMatch(/^mlops-rollout(-\d)?$/);
          // SageMaker's pattern is [\p{L}\p{Z}\p{N}_.:/=+\-@]*.
          expect(value).toMatch(/^[A-Za-z0-9_.:/=+\-@]{1,256}$/);
        }
      }),
    );
  });

  test('of an earlier release, which had no engine, is read as one that shifts by shares', () => {
    // Written by the release before the engine came, byte by byte.
    const tags = {
      'mlops-rollout': '1:1:e61649f8:7:rollout-1:baking:1:blue:green:25:0:https=3a//ci/1:1764000000:1763999000:',
    };
    expect(decodeJournal(tags)).toMatchObject({ rollout: 'rollout-1', phase: 'baking', cause: '' });
    expect(decodeJournal(tags)).not.toHaveProperty('engine');
  });

  test('refuses any damage', () => {
    fc.assert(
      fc.property(journals, fc.nat(), fc.constantFrom('x', '0', ':', ''), (journal, position, put) => {
        const tags = encodeJournal(journal);
        const keys = Object.keys(tags);
        const key = keys[position % keys.length] as string;
        const value = tags[key] as string;
        const at = position % value.length;
        fc.pre(value[at] !== put);
        const damaged = { ...tags, [key]: value.slice(0, at) + put + value.slice(at + 1) };
        expect(() => decodeJournal(damaged)).toThrow(/rollout's journal/);
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a missing part, and forgives one left over', () => {
    const long = { ...fc.sample(journals, 1)[0], owner: 'o'.repeat(300) } as RolloutJournal;
    const { 'mlops-rollout-2': second, ...rest } = encodeJournal(long);
    expect(() => decodeJournal(rest)).toThrow('checksum');
    const short = encodeJournal({ ...long, owner: 'o', cause: '', rollout: 'r', stable: 'b', candidate: 'g' });
    expect(decodeJournal({ 'mlops-rollout-2': second as string, ...short })?.owner).toBe('o');
  });

  test('says what to do about a newer version or nonsense', () => {
    expect(() => decodeJournal({ 'mlops-rollout': '2:1:00000000:' })).toThrow('is of version 2');
    expect(() => decodeJournal({ 'mlops-rollout': 'hello' })).toThrow('does not begin as one');
    expect(decodeJournal({})).toBeUndefined();
    expect(decodeJournal(Object.create({ 'mlops-rollout': 'hello' }))).toBeUndefined();
    try {
      decodeJournal({ 'mlops-rollout': '' });
    } catch (error) {
      expect((error as JournalDamaged).name).toBe('JournalDamaged');
    }
    expect.assertions(5);
  });

  test('that would not fit is not written', () => {
    const journal = { ...fc.sample(journals, 1)[0], owner: 'o'.repeat(4000) } as RolloutJournal;
    expect(() => encodeJournal(journal)).toThrow('8 are the most');
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RolloutJournal } from '@mlops-actions/core';
import type { Provider } from '../provider.ts';
import type { RolloutTarget } from '../rollouts.ts';

type Journalled = Pick<Provider, 'endpoints' | 'rollouts'>;

/** Registers the tests that the journals of every provider's rollouts must pass. */
export function journalContract(name: string, open: () => Promise<Journalled>): void {
  describe(`journals of ${name}`, () => {
    let provider: Journalled;
    let target: RolloutTarget;
    beforeEach(async () => {
      provider = await open();
      target = provider.rollouts.target('shop');
      await provider.endpoints.configure('shop', { auth: { kind: 'none' }, capturePercent: 0, captureLimitBytes: 1e6 });
    });
    afterEach(async () => {
      await provider.endpoints.remove('shop');
    });

    test('is read as it was written, by whoever looks', async () => {
      expect(await target.readJournal()).toBeUndefined();
      expect(await target.writeJournal(journalOf(1), 0)).toBeUndefined();
      expect(await target.readJournal()).toEqual(journalOf(1));
      expect(await provider.rollouts.target('shop').readJournal()).toEqual(journalOf(1));
    });

    test('replaces the revision that it names, whatever their lengths, and no other', async () => {
      const long = journalOf(2, { cause: 'ü'.repeat(100), owner: `https://ci.example/${'run/'.repeat(60)}` });
      await target.writeJournal(journalOf(1), 0);
      expect(await target.writeJournal(long, 1)).toBeUndefined();
      expect(await target.readJournal()).toEqual(long);
      for (const stale of [0, 1, 3]) expect(await target.writeJournal(journalOf(9), stale)).toEqual({ found: long });
      expect(await target.writeJournal(journalOf(3), 2)).toBeUndefined();
      expect(await target.readJournal()).toEqual(journalOf(3));
    });

    test('that was removed is a conflict without a journal', async () => {
      expect(await target.writeJournal(journalOf(6), 5)).toEqual({});
      expect(await target.readJournal()).toBeUndefined();
    });

    test('has one winner when several write at once', async () => {
      for (let revision = 1; revision <= 5; revision++) {
        const drivers = ['a', 'b', 'c', 'd'].map((owner) => journalOf(revision, { owner }));
        const conflicts = await Promise.all(
          drivers.map((journal) => provider.rollouts.target('shop').writeJournal(journal, revision - 1)),
        );
        const winners = drivers.filter((_, index) => conflicts[index] === undefined);
        expect(winners).toHaveLength(1);
        expect(await target.readJournal()).toEqual(winners[0]);
        const losers = conflicts.filter((conflict) => conflict !== undefined);
        expect(losers).toEqual(losers.map(() => ({ found: winners[0] })));
      }
    });
  });
}

/** A journal of a rollout under way. */
export function journalOf(revision: number, change: Partial<RolloutJournal> = {}): RolloutJournal {
  return {
    revision,
    rollout: 'r-1',
    phase: 'shifting',
    step: 1,
    stable: 'blue',
    candidate: 'green',
    shares: [10, 25],
    mirror: 0,
    owner: 'https://ci.example/runs/1?attempt=2',
    leaseUntil: 1_800_000_000,
    since: 1_799_999_000,
    cause: 'server errors 4.1 % (41/1000)',
    ...change,
  };
}

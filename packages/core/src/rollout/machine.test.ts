import { describe, expect, test } from '@jest/globals';
import { advance } from './advance.ts';
import { type Begin, beginRollout, observeRollout, promoteRollout, reconcileRollout } from './begin.ts';
import { encodeJournal } from './journal.ts';
import { lastWord } from './rollback.ts';
import type { RolloutCommand, RolloutSettings, RolloutState, Transition } from './state.ts';
import { canaryPlan, rolloutSettings } from './testing/settings.ts';
import { FakeTarget, type Health } from './testing/target.ts';

const short = canaryPlan({ steps: [10, 100], bakeSeconds: 120, finalBakeSeconds: 120, settleSeconds: 0 });

interface Run {
  readonly target: FakeTarget;
  readonly commands: RolloutCommand[];
  state: RolloutState;
}

function found(target: FakeTarget) {
  return { observation: target.observation(), journal: target.journal() };
}

function begun(begin: Begin): Transition {
  if (begin.kind !== 'begun') throw new Error(JSON.stringify(begin));
  return begin;
}

/** Works until the rollout ends or `until` says so. */
function work(
  target: FakeTarget,
  transition: Transition,
  health: Health | ((command: RolloutCommand) => Health) = 'good',
  until: (command: RolloutCommand) => boolean = () => false,
): Run {
  const run: Run = { target, commands: [], state: transition.state };
  let [command] = transition.commands;
  while (command !== undefined && run.commands.length < 500) {
    run.commands.push(command);
    if (run.state.ended !== undefined || until(command)) return run;
    const event = target.perform(command, 'none', typeof health === 'function' ? health(command) : health);
    const next = advance(run.state, event);
    run.state = next.state;
    [command] = next.commands;
  }
  return run;
}

function start(settings: Partial<RolloutSettings> = {}, stable = 'blue'): { target: FakeTarget; first: Transition } {
  const target = new FakeTarget(stable);
  return {
    target,
    first: begun(beginRollout(rolloutSettings({ plan: short, ...settings }), found(target), target.now)),
  };
}

function ended({ commands }: Run): { outcome?: string; reason?: string } {
  const last = commands.at(-1);
  return last?.kind === 'end' ? last : {};
}

const kinds = ({ commands }: Run): string[] => commands.map((command) => command.kind);

describe('a rollout', () => {
  test('announces each change in the journal before it asks for it, and confirms it by looking', () => {
    const { target, first } = start();
    const run = work(target, first);
    expect(kinds(run).slice(0, 9)).toEqual([
      'write-journal',
      'write-journal',
      'provision',
      'write-journal',
      'smoke',
      'write-journal',
      'shift',
      'observe',
      'write-journal',
    ]);
    const shifts = run.commands.flatMap((command, index) => (command.kind === 'shift' ? [index] : []));
    for (const index of shifts) {
      const [before, shift, after] = run.commands.slice(index - 1, index + 2);
      expect(before).toMatchObject({
        journal: { shares: expect.arrayContaining([(shift as { share: number }).share]) },
      });
      expect(after?.kind).toBe('observe');
    }
    expect(ended(run)).toMatchObject({ outcome: 'promoted', reason: 'green has all the traffic' });
    expect(target.shares).toEqual({ blue: 0, green: 100 });
    expect([...target.deployments]).toEqual(['green']);
    expect(target.journal()?.phase).toBe('promoted');
  });

  test('goes back at a breach, and says at which share and why', () => {
    const { target, first } = start();
    const run = work(target, first, 'errors');
    expect(ended(run)).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/^at 10 %: server errors 8 % \(8\/100\), at least .* 1 % is the limit$/),
    });
    expect(target.shares).toEqual({ blue: 100, green: 0 });
    expect([...target.deployments]).toEqual(['blue']);
  });

  test('goes back at a breach at all the traffic, too', () => {
    const { target, first } = start();
    const run = work(target, first, () => (target.shares.green === 100 ? 'down' : 'good'));
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('at 100 %') });
  });

  test('of the first deployment has the last step alone, and on failure nobody has traffic', () => {
    const { target, first } = start({}, '');
    expect(first.state.settings.plan.steps.map(({ share }) => share)).toEqual([100]);
    expect(ended(work(target, first))).toMatchObject({ outcome: 'promoted' });
    const again = start({}, '');
    expect(ended(work(again.target, again.first, 'down'))).toMatchObject({ outcome: 'rolled-back' });
    expect([...again.target.deployments]).toEqual([]);
  });

  test('back to a revision of the rollback window skips the steps', () => {
    const target = new FakeTarget('blue');
    const begin = beginRollout(rolloutSettings(), { ...found(target), promoted: ['green'] }, target.now);
    expect(begun(begin).state.settings.plan.steps).toHaveLength(1);
  });

  test('of what has all the traffic already is none', () => {
    const target = new FakeTarget('green');
    expect(beginRollout(rolloutSettings(), found(target), target.now)).toMatchObject({
      kind: 'ended',
      outcome: 'no-op',
    });
  });

  test.each(['updating', 'failed', 'rollback-failed'] as const)('is refused while the endpoint is %s', (status) => {
    const target = new FakeTarget('blue');
    target.status = status;
    expect(beginRollout(rolloutSettings(), found(target), target.now)).toMatchObject({ outcome: 'refused' });
  });

  test('is refused when the traffic is divided already', () => {
    const target = new FakeTarget('blue');
    target.shares = { blue: 90, red: 10 };
    expect(beginRollout(rolloutSettings(), found(target), target.now)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('blue 90 %, red 10 %'),
    });
  });

  test('is refused while another has the lease, and finds it unfinished afterwards', () => {
    const { target, first } = start();
    work(target, first, 'good', ({ kind }) => kind === 'measure');
    const other = rolloutSettings({ owner: 'run 2' });
    expect(beginRollout(other, found(target), target.now)).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('https://ci.example/runs/1'),
    });
    expect(beginRollout(other, found(target), target.now + 1_000_000).kind).toBe('unfinished');
  });

  test('ends as superseded when someone else sets the traffic, which stays as it is', () => {
    const { target, first } = start();
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    target.shares = { blue: 60, green: 40 };
    const run = work(target, { state: waiting.state, commands: waiting.commands.slice(-1) });
    expect(ended(run)).toMatchObject({ outcome: 'superseded', reason: expect.stringContaining('green 40 %') });
    expect(target.shares).toEqual({ blue: 60, green: 40 });
    expect(target.journal()?.phase).toBe('superseded');
  });

  test('stops without a word when another driver has taken over', () => {
    const { target, first } = start({ times: { ...rolloutSettings().times, leaseSeconds: 10, intervalSeconds: 60 } });
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    const journal = target.journal();
    if (journal === undefined) throw new Error('There is no journal.');
    target.tags = encodeJournal({ ...journal, revision: journal.revision + 1, owner: 'run 2', phase: 'rolling-back' });
    const run = work(target, { state: waiting.state, commands: waiting.commands.slice(-1) });
    expect(ended(run)).toMatchObject({
      outcome: 'superseded',
      reason: expect.stringContaining('run 2 has taken over'),
    });
    expect(target.journal()?.owner).toBe('run 2');
  });

  test('keeps the traffic at a healthy candidate when stable is not healthy, and reconcile finishes it later', () => {
    const { target, first } = start();
    target.stableHealthy = false;
    const run = work(target, first, 'errors');
    expect(ended(run)).toMatchObject({ outcome: 'rollback-failed', reason: expect.stringContaining('Mend blue') });
    expect(target.shares.green).toBe(10);
    target.stableHealthy = true;
    const later = reconcileRollout(rolloutSettings(), found(target), target.now);
    expect(ended(work(target, begun(later)))).toMatchObject({ outcome: 'rolled-back' });
  });

  test('that is cancelled writes the journal and sends everything to stable with the next two commands', () => {
    const { target, first } = start();
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    const run = work(target, advance(waiting.state, { kind: 'cancelled', at: target.now }));
    expect(run.commands.slice(0, 2)).toMatchObject([
      { kind: 'write-journal', journal: { phase: 'rolling-back', shares: [10, 0] } },
      { kind: 'shift', share: 0, mirror: 0 },
    ]);
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back', reason: 'it was cancelled' });
  });

  test.each([
    ['good', 'promoted'],
    ['down', 'rolled-back'],
  ] as const)('of a candidate that is %s ends as %s though every second answer is lost', (health, outcome) => {
    const { target, first } = start();
    let { state } = first;
    let [command] = first.commands;
    const calls: Record<string, number> = {};
    for (let count = 0; state.ended === undefined && command !== undefined && count < 500; count++) {
      calls[command.kind] = (calls[command.kind] ?? 0) + 1;
      // A smoke test is not made twice: what it found is what counts.
      const isLost = (calls[command.kind] ?? 0) % 2 === 1 && !['smoke', 'measure'].includes(command.kind);
      const next = advance(state, target.perform(command, isLost ? 'answer-lost' : 'none', health));
      [state, [command]] = [next.state, next.commands];
    }
    expect(command).toMatchObject({ kind: 'end', outcome });
    expect(target.journal()?.phase).toBe(outcome);
  });

  test('answers to what was given up are ignored', () => {
    const { target, first } = start();
    const shifting = work(target, first, 'good', ({ kind }) => kind === 'shift');
    const shift = shifting.commands.at(-1) as RolloutCommand;
    const { state } = advance(shifting.state, { kind: 'cancelled', at: target.now });
    expect(advance(state, { kind: 'done', of: shift.id, at: target.now })).toEqual({ state, commands: [] });
  });

  test('renews its lease while it bakes', () => {
    const plan = canaryPlan({ steps: [10, 100], bakeSeconds: 3000 });
    const { target, first } = start({ plan });
    work(target, first, 'good', ({ kind }) => {
      const journal = target.journal();
      if (kind === 'measure') expect((journal?.leaseUntil ?? 0) * 1000).toBeGreaterThan(target.now);
      return journal?.step === 1;
    });
    expect.hasAssertions();
  });

  test('that takes too long goes back', () => {
    const times = { ...rolloutSettings().times, timeoutSeconds: 100 };
    const { target, first } = start({ times });
    expect(ended(work(target, first))).toMatchObject({
      outcome: 'rolled-back',
      reason: 'the rollout took longer than 100 s',
    });
  });
});

describe('a rollout of which the journal', () => {
  const times = { ...rolloutSettings().times, progressSeconds: 3000 };

  test('is leased for as long as a phase may take without another entry', () => {
    const { target, first } = start({ times, plan: canaryPlan({ steps: [10, 100] }) });
    const leases: Record<string, number> = {};
    work(target, first, 'good', () => {
      const journal = target.journal();
      if (journal !== undefined) leases[journal.phase] ??= journal.leaseUntil - journal.since;
      return false;
    });
    // A shift takes as long as the target needs, and nothing renews the lease meanwhile.
    for (const phase of ['provisioning', 'smoke', 'shifting', 'draining']) {
      expect([phase, leases[phase]]).toEqual([phase, times.leaseSeconds + times.progressSeconds]);
    }
    expect(leases.baking).toBe(times.leaseSeconds + times.intervalSeconds);
  });

  test('cannot be written, and will not be, goes back without trying again', () => {
    const { target, first } = start();
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    const looked = work(target, { state: waiting.state, commands: waiting.commands.slice(-1) }, 'good', (command) => {
      return command.kind === 'write-journal' && command.journal.phase === 'baking';
    });
    const of = looked.state.expects.id;
    const event = { kind: 'failed', of, at: target.now, reason: 'the tags are damaged', final: true } as const;
    const { state, commands } = advance(looked.state, event);
    expect(commands).toMatchObject([{ kind: 'write-journal', journal: { phase: 'rolling-back' } }]);
    expect(state.journal.cause).toBe('the journal could not be written: the tags are damaged');
  });
});

describe('a candidate that takes its time to be provisioned', () => {
  test('is given up when the time for it is over', () => {
    const { target, first } = start();
    const provisioning = work(target, first, 'good', ({ kind }) => kind === 'provision');
    const of = provisioning.state.expects.id;
    const failed = { kind: 'failed', of, reason: 'no answer' } as const;
    const soon = advance(provisioning.state, { ...failed, at: target.now + 60_000 });
    expect(soon.commands).toMatchObject([{ kind: 'wait' }]);
    const late = advance(provisioning.state, { ...failed, at: target.now + 601_000 });
    expect(late.commands).toMatchObject([{ kind: 'write-journal', journal: { phase: 'rolling-back' } }]);
  });
});

describe('a rollout that is cancelled', () => {
  test('and left pauses though the outstanding entry was written unseen', () => {
    const choices = { ...rolloutSettings().choices, onCancel: 'leave' as const };
    const { target, first } = start({ choices, plan: canaryPlan({ steps: [10, 100], bakeSeconds: 3000 }) });
    const renewing = work(target, first, 'good', (command) => {
      return command.kind === 'write-journal' && target.journal()?.phase === 'baking';
    });
    target.perform(renewing.state.expects, 'none', 'good');
    const run = work(target, advance(renewing.state, { kind: 'cancelled', at: target.now }));
    expect(ended(run)).toMatchObject({ outcome: 'paused' });
    expect(target.journal()).toMatchObject({ phase: 'paused', leaseUntil: expect.any(Number) });
    const { leaseUntil = 0, since = 0 } = target.journal() ?? {};
    expect(leaseUntil - since).toBeGreaterThanOrEqual(renewing.state.settings.times.pauseSeconds);
  });

  test.each([
    ['the journal is written', 'write-journal'],
    ['it looks', 'observe'],
  ] as const)('on its way back, while %s, tells the target at once', (_, kind) => {
    const { target, first } = start();
    const turning = work(target, first, 'down', (command) => {
      return command.kind === kind && target.journal()?.phase === (kind === 'observe' ? 'rolling-back' : 'baking');
    });
    const back = work(target, { state: turning.state, commands: turning.commands.slice(-1) }, 'down', (command) => {
      return turning.state.journal.phase === 'rolling-back' || command.kind === kind;
    });
    expect(back.state.journal.phase).toBe('rolling-back');
    const cancelled = advance(back.state, { kind: 'cancelled', at: target.now });
    const commands = cancelled.commands.length > 0 ? cancelled.commands : back.commands.slice(-1);
    const run = work(target, { state: cancelled.state, commands });
    const shift = run.commands.findIndex((command) => command.kind === 'shift');
    expect(run.commands.slice(0, shift).map((command) => command.kind)).toEqual(
      kind === 'observe' ? [] : ['write-journal'],
    );
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back' });
  });

  test('while it waits on its way back waits no longer', () => {
    const { target, first } = start();
    const turning = work(target, first, 'down', ({ kind }) => kind === 'shift' && target.shares.green === 10);
    target.status = 'updating';
    const done = advance(turning.state, { kind: 'done', of: turning.state.expects.id, at: target.now });
    const waiting = work(target, done, 'down', ({ kind }) => kind === 'wait');
    expect(advance(waiting.state, { kind: 'cancelled', at: target.now }).commands).toMatchObject([{ kind: 'observe' }]);
  });
});

describe('a driver without time left says what is known', () => {
  const leaving = { choices: { ...rolloutSettings().choices, onCancel: 'leave' as const } };

  /** Cancels at the first wait and works until `until`. */
  function cut(until: (command: RolloutCommand) => boolean, settings: Partial<RolloutSettings> = {}) {
    const { target, first } = start(settings);
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    const run = work(target, advance(waiting.state, { kind: 'cancelled', at: target.now }), 'good', until);
    return lastWord(run.state);
  }

  test.each([
    ['write-journal', 'rollback-failed', 'it is not known that the traffic is at blue'],
    ['shift', 'rollback-failed', 'it is not known that the traffic is at blue'],
    ['observe', 'rolled-back', 'the target was told to send everything to blue'],
    ['retire', 'rolled-back', 'the traffic is at blue'],
  ] as const)('in the middle of %s it has ended as %s', (kind, outcome, reason) => {
    const said = cut((command) => command.kind === kind);
    expect(said.outcome).toBe(outcome);
    expect(said.reason).toContain(reason);
    expect(said.reason).toMatch(/^it was cancelled, .*mode: reconcile/);
  });

  test('and leaves what it was to leave', () => {
    expect(cut(({ kind }) => kind === 'write-journal', leaving)).toMatchObject({
      outcome: 'paused',
      reason: expect.stringContaining('mode: reconcile'),
    });
  });

  test('and what is decided stays decided', () => {
    const { target, first } = start();
    const draining = work(target, first, 'good', ({ kind }) => kind === 'retire');
    expect(lastWord(draining.state)).toMatchObject({ outcome: 'promoted' });
  });
});

describe('a clock that is set in the middle of a step', () => {
  const plan = canaryPlan({ steps: [10, 100], bakeSeconds: 600, finalBakeSeconds: 600, settleSeconds: 0 });

  test('back by hours does not make the step last for hours', () => {
    const { target, first } = start({ plan });
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'measure');
    const before = target.now;
    const hours = 3 * 3_600_000;
    target.now -= hours;
    const run = work(target, { state: waiting.state, commands: waiting.commands.slice(-1) });
    expect(ended(run)).toMatchObject({ outcome: 'promoted' });
    expect(target.now + hours - before).toBeLessThan(1300 * 1000);
    expect(target.now + hours - before).toBeGreaterThan(1100 * 1000);
  });

  test('back while it probes does not make it wait for hours', () => {
    const { target, first } = start({ plan, canProbe: true });
    const probing = work(target, first, 'idle', ({ kind }) => kind === 'probe');
    target.now -= 3 * 3_600_000;
    const next = advance(probing.state, { kind: 'done', of: probing.state.expects.id, at: target.now });
    expect(next.commands).toEqual([{ id: expect.any(Number), kind: 'wait', until: expect.any(Number) }]);
    const [wait] = next.commands as [Extract<RolloutCommand, { kind: 'wait' }>];
    expect(wait.until - target.now).toBeLessThanOrEqual(60_000);
  });

  test('forward past the timeout goes back', () => {
    const { target, first } = start({ plan });
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    target.now += 3 * 3_600_000;
    const run = work(target, { state: waiting.state, commands: waiting.commands.slice(-1) });
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('longer than 3600 s') });
  });
});

describe('without enough evidence', () => {
  const choices = rolloutSettings().choices;
  const times = { ...rolloutSettings().times, maxHoldSeconds: 120 };

  test.each([
    ['rollback', 'rolled-back'],
    ['pause', 'paused'],
    ['advance', 'promoted'],
  ] as const)('on-inconclusive: %s ends as %s', (onInconclusive, outcome) => {
    const { target, first } = start({ times, choices: { ...choices, onNoTraffic: 'inconclusive', onInconclusive } });
    expect(ended(work(target, first, 'idle'))).toMatchObject({ outcome });
  });

  test.each([
    ['rollback', 'rolled-back'],
    ['advance', 'promoted'],
    ['inconclusive', 'rolled-back'],
  ] as const)('on-no-traffic: %s ends as %s', (onNoTraffic, outcome) => {
    const { target, first } = start({ times, choices: { ...choices, onNoTraffic } });
    expect(ended(work(target, first, 'idle'))).toMatchObject({ outcome });
  });

  test('on-no-traffic: probe sends what is missing, once', () => {
    const { target, first } = start({ canProbe: true });
    const run = work(target, first, 'idle', () => target.journal()?.step === 1);
    expect(run.commands.filter(({ kind }) => kind === 'probe')).toMatchObject([{ count: 100 }]);
  });

  test('does not probe where there is traffic enough', () => {
    const { target, first } = start({ canProbe: true });
    expect(kinds(work(target, first))).not.toContain('probe');
  });

  test('a metrics service that fails too often ends it', () => {
    const { target, first } = start();
    expect(ended(work(target, first, 'blind'))).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringContaining('no figures: throttled'),
    });
  });

  test('a metrics service that fails now and then does not', () => {
    const plan = canaryPlan({ steps: [10, 100], bakeSeconds: 1200 });
    const { target, first } = start({ plan });
    let looks = 0;
    const run = work(target, first, ({ kind }) => (kind === 'measure' && ++looks % 2 === 1 ? 'blind' : 'good'));
    expect(looks).toBeGreaterThan(20);
    expect(ended(run)).toMatchObject({ outcome: 'promoted' });
  });
});

describe('a paused rollout', () => {
  function paused(): { target: FakeTarget; settings: RolloutSettings } {
    const settings = rolloutSettings({ plan: short, choices: { ...rolloutSettings().choices, onCancel: 'leave' } });
    const target = new FakeTarget('blue');
    const first = begun(beginRollout(settings, found(target), target.now));
    const waiting = work(target, first, 'good', ({ kind }) => kind === 'wait');
    const run = work(target, advance(waiting.state, { kind: 'cancelled', at: target.now }));
    expect(ended(run)).toMatchObject({ outcome: 'paused' });
    return { target, settings };
  }

  test('keeps its traffic and is left alone until the pause is over', () => {
    const { target, settings } = paused();
    expect(target.shares).toEqual({ blue: 90, green: 10 });
    expect(reconcileRollout(settings, found(target), target.now)).toMatchObject({ outcome: 'refused' });
    const late = target.now + settings.times.pauseSeconds * 1000 + 1000;
    expect(ended(work(target, begun(reconcileRollout(settings, found(target), late))))).toMatchObject({
      outcome: 'rolled-back',
    });
  });

  test('goes back at once by mode: abort', () => {
    const { target, settings } = paused();
    const run = work(target, begun(reconcileRollout(settings, found(target), target.now, true)));
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back' });
  });

  test('gets everything by mode: promote, and is judged there all the same', () => {
    const good = paused();
    const promote = ({ target, settings }: ReturnType<typeof paused>) =>
      begun(promoteRollout(settings, found(target), target.now));
    expect(ended(work(good.target, promote(good)))).toMatchObject({ outcome: 'promoted' });
    const bad = paused();
    expect(ended(work(bad.target, promote(bad), 'errors'))).toMatchObject({ outcome: 'rolled-back' });
    expect(promoteRollout(good.settings, found(good.target), 0)).toMatchObject({ outcome: 'refused' });
  });
});

describe('mode: observe', () => {
  test('judges and changes nothing', () => {
    const target = new FakeTarget('blue');
    target.shares = { blue: 90, green: 10 };
    target.deployments.add('green');
    const settings = rolloutSettings({ plan: short });
    const run = work(target, observeRollout(settings, target.observation(), target.now), 'errors');
    expect(new Set(kinds(run))).toEqual(new Set(['wait', 'observe', 'measure', 'end']));
    expect(ended(run)).toMatchObject({ outcome: 'observed', reason: expect.stringMatching(/^fail: server errors/) });
    const good = work(target, observeRollout(settings, target.observation(), target.now));
    expect(ended(good)).toMatchObject({ outcome: 'observed', reason: 'pass: all checks pass' });
    expect(target.tags).toEqual({});
  });
});

describe('a rollout that the cloud drives', () => {
  test('is promoted only when the endpoint serves the candidate', () => {
    const { target, first } = start({ engine: 'guarded' });
    const run = work(target, first);
    expect(ended(run)).toMatchObject({ outcome: 'promoted' });
    expect(kinds(run)).not.toContain('shift');
  });

  test('and rolls back without a word is rolled back', () => {
    const { target, first } = start({ engine: 'guarded' });
    target.cloudRollsBack = true;
    expect(ended(work(target, first))).toMatchObject({
      outcome: 'rolled-back',
      reason: 'the cloud rolled back to blue by itself',
    });
  });

  test('is told to go back at a breach', () => {
    const { target, first } = start({ engine: 'guarded' });
    const run = work(target, first, 'down');
    expect(kinds(run)).toContain('abort-guarded');
    expect(ended(run)).toMatchObject({ outcome: 'rolled-back' });
    expect(target.shares).toEqual({ blue: 100 });
  });

  test('of which the rollback fails says so', () => {
    const { target, first } = start({ engine: 'guarded' });
    const run = work(target, first, 'good', ({ kind }) => kind === 'observe' && target.status === 'updating');
    target.cloud = undefined;
    target.status = 'rollback-failed';
    expect(ended(work(target, { state: run.state, commands: run.commands.slice(-1) }))).toMatchObject({
      outcome: 'rollback-failed',
      reason: expect.stringContaining('a mix of the old and the new'),
    });
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Action, Context } from '@mlops-actions/actions';
import { type RunRecord, systemClock, UserError } from '@mlops-actions/core';
import { type MemoryHost, memoryHost } from '@mlops-actions/hosts';
import type { Provider } from '@mlops-actions/provider';
import { choice, defineAction, flag, mapping, number, text } from '@mlops-actions/spec';
import { type Effects, runAction, runPost } from './run-action.ts';

const spec = defineAction({
  name: 'probe',
  title: 'Probe',
  summary: 'Does what a test tells it.',
  branding: { icon: 'box', color: 'blue' },
  post: true,
  inputs: {
    provider: choice(['local'], { help: 'Where.', default: 'local' }),
    'working-directory': text({ help: 'Folder.' }),
    record: text({ help: 'Record.', default: 'mlops-run.json' }),
    store: text({ help: 'Store.', default: '.mlops' }),
    'dry-run': flag({ help: 'Plan only.' }),
    count: number({ help: 'A number.', default: 1 }),
    token: text({ help: 'A secret.', secret: true }),
    credentials: mapping({ help: 'Secrets.', secret: true }),
  },
  outputs: { answer: { help: 'The answer.' }, key: { help: 'A secret.', secret: true } },
});

type Run = (inputs: Readonly<Record<string, unknown>>, context: Context) => ReturnType<Action['run']>;

function probe(run: Run, post?: Action['post']): Action {
  return { spec, run: run as unknown as Action['run'], ...(post === undefined ? {} : { post }) } as Action;
}

const nothing = { outputs: {}, lineage: {} };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-action-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function host(inputs: Readonly<Record<string, string>> = {}): MemoryHost {
  return memoryHost({ inputs, workspace: folder, tempDir: folder });
}

/** Real time; signals come when the test calls `signal`. */
function effects(overrides: Partial<Effects> = {}): Effects & { signal(name: string): void; listening(): boolean } {
  let cancel: ((signal: string) => void) | undefined;
  return {
    clock: systemClock,
    random: Math.random,
    onSignal: (listener) => {
      cancel = listener;
      return () => {
        cancel = undefined;
      };
    },
    openProvider: () => Promise.reject(new Error('No provider in this test.')),
    signal: (name) => cancel?.(name),
    listening: () => cancel !== undefined,
    ...overrides,
  };
}

async function recordAt(path = 'mlops-run.json'): Promise<RunRecord> {
  return JSON.parse(await readFile(join(folder, path), 'utf8')) as RunRecord;
}

describe('the four endings', () => {
  test('ok: outputs are set, the record has the step, the exit code is 0', async () => {
    const it = host({ count: '3' });
    const action = probe(async (inputs) => ({
      outputs: { answer: (inputs.count as number) * 14 },
      lineage: { job: 'probe-1' },
    }));
    expect(await runAction(action, it, effects())).toBe(0);
    expect(it.outputs).toEqual({ answer: '42' });
    const [step, ...others] = (await recordAt()).steps;
    expect(others).toEqual([]);
    expect(step).toMatchObject({ action: 'probe', ending: 'ok', provider: 'local', lineage: { job: 'probe-1' } });
    expect(Date.parse(step?.start ?? '')).toBeLessThanOrEqual(Date.parse(step?.end ?? ''));
  });

  test('verdict: outputs are set all the same, and the lineage is kept', async () => {
    const it = host();
    const action = probe(async () => ({
      outputs: { answer: false },
      verdict: 'Not good enough.',
      lineage: { gate: 'fail' },
    }));
    expect(await runAction(action, it, effects())).toBe(2);
    expect(it.ending).toEqual({ kind: 'verdict', message: 'Not good enough.' });
    expect(it.outputs).toEqual({ answer: 'false' });
    expect((await recordAt()).steps).toMatchObject([
      { ending: 'verdict', message: 'Not good enough.', lineage: { gate: 'fail' } },
    ]);
  });

  test('user-error: the sentence as it is, no outputs', async () => {
    const it = host();
    const action = probe(async () => {
      throw new UserError('train.py ended with exit code 3. Look at its log above.');
    });
    expect(await runAction(action, it, effects())).toBe(1);
    expect(it.ending).toEqual({
      kind: 'user-error',
      message: 'train.py ended with exit code 3. Look at its log above.',
    });
    expect(it.outputs).toEqual({});
    expect((await recordAt()).steps).toMatchObject([{ ending: 'user-error', lineage: {} }]);
  });

  test('a problem: a user-error, but with outputs and lineage', async () => {
    const it = host();
    const action = probe(async () => ({
      outputs: { answer: 'unknown' },
      problem: 'No metric "auc".',
      lineage: { gate: 'error' },
    }));
    expect(await runAction(action, it, effects())).toBe(1);
    expect(it.ending).toEqual({ kind: 'user-error', message: 'No metric "auc".' });
    expect(it.outputs).toEqual({ answer: 'unknown' });
    expect((await recordAt()).steps).toMatchObject([{ ending: 'user-error', lineage: { gate: 'error' } }]);
  });

  test('failure: the stack is detail, and not in the record', async () => {
    const it = host();
    const action = probe(async () => {
      throw new Error('the service answered 500');
    });
    expect(await runAction(action, it, effects())).toBe(1);
    expect(it.ending).toMatchObject({ kind: 'failure', message: 'the service answered 500' });
    expect(await readFile(join(folder, 'mlops-run.json'), 'utf8')).not.toContain('run-action.test');
  });

  test('an output that cannot be written spoils the step', async () => {
    const it = {
      ...host(),
      output: () => {
        throw Object.assign(new Error('write'), { code: 'ENOSPC', path: '/out' });
      },
    };
    expect(
      await runAction(
        probe(async () => ({ outputs: { answer: 1 }, lineage: {} })),
        it,
        effects(),
      ),
    ).toBe(1);
    expect((await recordAt()).steps).toMatchObject([{ ending: 'user-error' }]);
  });

  test('an undefined output is not set', async () => {
    const it = host();
    await runAction(
      probe(async () => ({ outputs: { answer: undefined, key: '' }, lineage: {} })),
      it,
      effects(),
    );
    expect(it.outputs).toEqual({ key: '' });
  });
});

describe('inputs', () => {
  test('every fault in one error; the action is not run and nothing is recorded', async () => {
    const it = host({ count: 'many', colour: 'red', 'dry-run': 'perhaps' });
    let ran = false;
    const action = probe(async () => {
      ran = true;
      return nothing;
    });
    expect(await runAction(action, it, effects())).toBe(1);
    expect(it.ending).toMatchObject({ kind: 'user-error' });
    const message = (it.ending as { message: string }).message;
    for (const name of ['count', 'colour', 'dry-run']) expect(message).toContain(name);
    expect(ran).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  test('relative paths start at the working directory, the record too', async () => {
    await mkdir(join(folder, 'sub'));
    let seen = '';
    const action = probe(async (_, context) => {
      seen = context.workingDirectory;
      return nothing;
    });
    await runAction(action, host({ 'working-directory': 'sub', record: 'lineage/run.json' }), effects());
    expect(seen).toBe(join(folder, 'sub'));
    expect((await recordAt('sub/lineage/run.json')).steps).toHaveLength(1);
  });
});

test.each(['nowhere', 'a-file'])('a working directory that is none (%s) is named and not made', async (name) => {
  await writeFile(join(folder, 'a-file'), '');
  const it = host({ 'working-directory': name });
  expect(
    await runAction(
      probe(async () => nothing),
      it,
      effects(),
    ),
  ).toBe(1);
  expect(it.ending).toMatchObject({ kind: 'user-error', message: expect.stringContaining(`"${name}"`) });
  expect(await readdir(folder)).toEqual(['a-file']);
});

describe('secrets', () => {
  const token = 'hunter2-hunter2';

  function everythingShown(it: MemoryHost): string {
    return JSON.stringify([it.logs, it.ending, it.summaryText, it.stateValues]);
  }

  test('hidden before inputs are parsed, so that a fault cannot show one', async () => {
    const it = host({ token, [token]: 'x' });
    expect(
      await runAction(
        probe(async () => nothing),
        it,
        effects(),
      ),
    ).toBe(1);
    expect(it.masked).toContain(token);
    expect(everythingShown(it)).not.toContain(token);
  });

  test('never in a log with debug on, in the summary, in state, in an ending or in the record', async () => {
    const it = host({ token, credentials: 'user: u\npassword: correct-horse' });
    expect(it.debug).toBe(true);
    const action = probe(async (inputs, context) => {
      const { password } = inputs.credentials as Record<string, string>;
      for (const level of ['debug', 'info', 'notice', 'warning', 'error'] as const) {
        context.log.log(level, `${inputs.token} ${password}`);
      }
      context.log.foreign(`script says ${password}`);
      context.summary(`| ${inputs.token} |`);
      context.keepForPost('job', `job ${inputs.token}`);
      throw new Error(`401 for ${inputs.token} and ${password}`);
    });
    expect(await runAction(action, it, effects())).toBe(1);
    const record = await readFile(join(folder, 'mlops-run.json'), 'utf8');
    expect(record).toContain('401 for *** and ***');
    for (const secret of [token, 'correct-horse']) {
      expect(everythingShown(it)).not.toContain(secret);
      expect(record).not.toContain(secret);
    }
  });

  test('a secret output is hidden before it is set, and hidden in the record', async () => {
    const it = host();
    const order: string[] = [];
    const watched = {
      ...it,
      secret: (value: string) => {
        order.push(`secret ${value}`);
        it.secret(value);
      },
      output: (name: string, value: string) => {
        order.push(`output ${name}`);
        it.output(name, value);
      },
    };
    await runAction(
      probe(async () => ({ outputs: { key: 'k-123456' }, lineage: { note: 'k-123456' } })),
      watched,
      effects(),
    );
    expect(order).toEqual(['secret k-123456', 'output key']);
    expect((await recordAt()).steps[0]?.lineage).toEqual({ note: '***' });
  });

  test('user code gets an environment without them', async () => {
    const it = memoryHost({
      inputs: { token },
      env: { PATH: '/bin', INPUT_TOKEN: token, COPY: token, GITHUB_TOKEN: 't' },
      workspace: folder,
    });
    let environment: Readonly<Record<string, string>> = {};
    await runAction(
      probe(async (_, context) => {
        environment = context.environment;
        return nothing;
      }),
      it,
      effects(),
    );
    expect(environment).toEqual({ PATH: '/bin' });
  });
});

describe('the run record', () => {
  test('grows by one step on each ending and is seen by the next step', async () => {
    const endings: Run[] = [
      async () => ({ outputs: {}, lineage: { dataset: 'a@1' } }),
      async () => ({ outputs: {}, verdict: 'no', lineage: {} }),
      async () => Promise.reject(new UserError('wrong')),
      async () => Promise.reject(new Error('broken')),
    ];
    const seen: number[] = [];
    for (const run of endings) {
      await runAction(
        probe((inputs, context) => {
          seen.push(context.record.steps.length);
          return run(inputs, context);
        }),
        host(),
        effects(),
      );
    }
    expect(seen).toEqual([0, 1, 2, 3]);
    expect((await recordAt()).steps.map((step) => step.ending)).toEqual(['ok', 'verdict', 'user-error', 'failure']);
  });

  test('a dry run leaves no trace', async () => {
    const it = host({ 'dry-run': 'true' });
    expect(
      await runAction(
        probe(async () => ({ outputs: { answer: 1 }, lineage: {} })),
        it,
        effects(),
      ),
    ).toBe(0);
    expect(await readdir(folder)).toEqual([]);
    expect(it.outputs).toEqual({ answer: '1' });
  });

  test.each([
    ['half a document', '{"format":1,'],
    ['another format', '{"format":2,"steps":[]}'],
    ['another document', '[]'],
    ['nothing', ''],
  ])('%s: the step does not begin and the file stays as it was', async (_, content) => {
    await writeFile(join(folder, 'mlops-run.json'), content);
    const it = host();
    let ran = false;
    const action = probe(async () => {
      ran = true;
      return nothing;
    });
    expect(await runAction(action, it, effects())).toBe(1);
    expect(it.ending).toMatchObject({ kind: 'user-error', message: expect.stringContaining('mlops-run.json') });
    expect(ran).toBe(false);
    expect(await readFile(join(folder, 'mlops-run.json'), 'utf8')).toBe(content);
  });

  test('a folder in its place is named', async () => {
    await mkdir(join(folder, 'mlops-run.json'));
    const it = host();
    expect(
      await runAction(
        probe(async () => nothing),
        it,
        effects(),
      ),
    ).toBe(1);
    expect(it.ending).toMatchObject({ kind: 'user-error', message: expect.stringContaining('is a folder') });
  });

  test('spoilt while the step ran: a good ending turns bad, a bad one stays what it was', async () => {
    const spoil: Run = async () => {
      await writeFile(join(folder, 'mlops-run.json'), 'spoilt');
      return nothing;
    };
    const good = host();
    expect(await runAction(probe(spoil), good, effects())).toBe(1);
    expect(good.ending).toMatchObject({ kind: 'user-error', message: expect.stringContaining('not valid JSON') });

    await rm(join(folder, 'mlops-run.json'));
    const bad = host();
    await runAction(
      probe(async (inputs, context) => {
        await spoil(inputs, context);
        throw new UserError('the reason');
      }),
      bad,
      effects(),
    );
    expect(bad.ending).toEqual({ kind: 'user-error', message: 'the reason' });
    expect(bad.logs).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('was not written') }),
    );
  });

  test('steps that end at once are all in it', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `step-${index}`);
    await Promise.all(
      names.map((job) =>
        runAction(
          probe(async () => ({ outputs: {}, lineage: { job } })),
          host(),
          effects(),
        ),
      ),
    );
    const jobs = (await recordAt()).steps.map((step) => step.lineage.job);
    expect(jobs.sort()).toEqual(names);
  });
});

describe('cancelling', () => {
  test('before the action began: it never does', async () => {
    let ran = false;
    const outside = effects({
      onSignal: (cancel) => {
        cancel('SIGTERM');
        return () => undefined;
      },
    });
    const it = host();
    const action = probe(async () => {
      ran = true;
      return nothing;
    });
    expect(await runAction(action, it, outside)).toBe(1);
    expect(ran).toBe(false);
    expect(it.ending).toEqual({ kind: 'failure', message: 'Cancelled by SIGTERM.' });
  });

  test.each([
    ['waits by the clock', (context: Context) => context.clock.sleep(60_000, context.signal)],
    [
      'waits by a function of Node, which wraps the reason',
      (context: Context) => wait(60_000, undefined, { signal: context.signal }),
    ],
  ])('while the action %s: it is told, and the ending says so', async (_, pause) => {
    const outside = effects();
    const it = host();
    const action = probe(async (_inputs, context) => {
      const pausing = pause(context);
      outside.signal('SIGINT');
      await pausing;
      return nothing;
    });
    expect(await runAction(action, it, outside)).toBe(1);
    expect(it.ending).toEqual({ kind: 'failure', message: 'Cancelled by SIGINT.' });
    expect((await recordAt()).steps).toMatchObject([{ ending: 'failure', message: 'Cancelled by SIGINT.' }]);
    expect(outside.listening()).toBe(false);
  });

  test('an error that has nothing to do with it is not covered up', async () => {
    const outside = effects();
    const it = host();
    const action = probe(async () => {
      outside.signal('SIGINT');
      throw new UserError('The job could not be stopped.');
    });
    await runAction(action, it, outside);
    expect(it.ending).toEqual({ kind: 'user-error', message: 'The job could not be stopped.' });
  });
});

describe('the provider', () => {
  test('is opened once, and with the working directory', async () => {
    await mkdir(join(folder, 'deep'));
    const opened: string[] = [];
    const outside = effects({
      openProvider: async (_, workingDirectory) => {
        opened.push(workingDirectory);
        return { name: 'local' } as Provider;
      },
    });
    const action = probe(async (_, context) => {
      expect(await context.provider()).toBe(await context.provider());
      return nothing;
    });
    expect(await runAction(action, host({ 'working-directory': 'deep' }), outside)).toBe(0);
    expect(opened).toEqual([join(folder, 'deep')]);
  });

  test('is not opened by a step that does not ask', async () => {
    expect(
      await runAction(
        probe(async () => nothing),
        host(),
        effects(),
      ),
    ).toBe(0);
  });
});

describe('the post step', () => {
  test('gets what the step kept, and writes no record', async () => {
    const it = host();
    await runAction(
      probe(async (_, context) => {
        context.keepForPost('job', 'probe-1');
        return nothing;
      }),
      it,
      effects(),
    );
    const before = await readFile(join(folder, 'mlops-run.json'), 'utf8');
    let kept: string | undefined;
    const action = probe(
      async () => nothing,
      async (_, context) => {
        kept = context.kept('job');
      },
    );
    expect(await runPost(action, it, effects())).toBe(0);
    expect(kept).toBe('probe-1');
    expect(await readFile(join(folder, 'mlops-run.json'), 'utf8')).toBe(before);
  });

  test('an action without one has nothing to do', async () => {
    expect(
      await runPost(
        probe(async () => nothing),
        host(),
        effects(),
      ),
    ).toBe(0);
  });

  test('is quiet about inputs that kept the step from beginning', async () => {
    const it = host({ count: 'many' });
    expect(
      await runPost(
        probe(
          async () => nothing,
          () => Promise.reject(new Error('ran')),
        ),
        it,
        effects(),
      ),
    ).toBe(0);
    expect(it.logs).toEqual([]);
  });

  test('a fault of its own fails it, without a secret', async () => {
    const it = host({ token: 'hunter2-hunter2' });
    const action = probe(
      async () => nothing,
      () => Promise.reject(new Error('hunter2-hunter2 was refused')),
    );
    expect(await runPost(action, it, effects())).toBe(1);
    expect(it.ending).toMatchObject({ kind: 'failure', message: '*** was refused' });
  });
});

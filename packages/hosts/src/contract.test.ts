import { EOL } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Ending } from '@mlops-actions/core';
import fc from 'fast-check';
import { hostileText, secretText } from './testing/arbitraries.ts';
import { type Rig, type RigOptions, rigs } from './testing/rigs.ts';

const runs = { numRuns: 150 };

describe.each(rigs)('%s', (_, makeRig) => {
  const made: Rig[] = [];

  function rig(options?: RigOptions): Rig {
    const one = makeRig(options);
    made.push(one);
    return one;
  }

  afterEach(() => {
    for (const one of made.splice(0)) one.remove();
  });

  test('reads inputs by their kebab-case names; empty text is not given', () => {
    const { host } = rig({ inputs: { 'model-uri': ' a b\n', name: '' } });
    expect(host.input('model-uri')).toBe(' a b\n');
    expect(host.input('name')).toBeUndefined();
    expect(host.input('other')).toBeUndefined();
  });

  test('tells the names that were given in its own spelling, but for the case', () => {
    const { host } = rig({ inputs: { 'model-uri': 'a' } });
    expect(host.givenInputs().map((name) => name.toLowerCase())).toEqual([host.spell('model-uri').toLowerCase()]);
  });

  test('any text comes through an output unchanged', () => {
    fc.assert(
      fc.property(hostileText(), (value) => {
        const { host, outputs, remove } = makeRig();
        host.output('model-uri', value);
        host.output('next', 'after');
        const seen = outputs();
        remove();
        expect(Object.values(seen)).toEqual([value, 'after']);
      }),
      runs,
    );
  });

  test('no output is obeyed as anything else', () => {
    fc.assert(
      fc.property(hostileText(), (value) => {
        const { host, obeyed, remove } = makeRig();
        host.output('model-uri', value);
        const commands = obeyed();
        remove();
        expect(commands).toEqual(host.name === 'azure-pipelines' ? ['task.setvariable'] : []);
      }),
      runs,
    );
  });

  test('any text comes through the state to the post step unchanged', () => {
    fc.assert(
      fc.property(hostileText(), (value) => {
        const { host, post, remove } = makeRig();
        host.state?.save('job-name', value);
        const read = post().state?.read('job-name');
        remove();
        expect(read).toBe(host.state === undefined ? undefined : value);
      }),
      runs,
    );
  });

  test('state that was not saved is undefined', () => {
    expect(rig().host.state?.read('job')).toBeUndefined();
  });

  test('any text comes through the summary unchanged, and texts follow one another on new lines', () => {
    fc.assert(
      fc.property(hostileText(), (markdown) => {
        const { host, summary, remove } = makeRig();
        host.summary?.(markdown);
        const seen = summary();
        remove();
        expect(seen.replace(/\n$/, '')).toBe(markdown.replace(/\n$/, ''));
      }),
      runs,
    );
  });

  test('no line of untrusted output is obeyed', () => {
    fc.assert(
      fc.property(hostileText(), (line) => {
        const { host, obeyed, remove } = makeRig();
        host.foreign(line);
        const commands = obeyed();
        remove();
        expect(commands).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('no message of ours becomes more commands than its own', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText(), async (text) => {
        const { host, obeyed, remove } = makeRig();
        host.log('info', text);
        host.log('notice', text, { file: text, line: 1 });
        host.log('warning', text, { file: text, line: 1, column: 2 });
        host.log('error', text);
        host.log('debug', text);
        await host.group(text, async () => undefined);
        const commands = obeyed();
        remove();
        const own = /^(notice|warning|error|debug|group|endgroup|task\.logissue|task\.debug)$/;
        expect(commands.filter((name) => !own.test(name))).toEqual([]);
        expect(new Set(commands.filter((name) => name !== 'task.logissue')).size).toBe(
          commands.filter((name) => name !== 'task.logissue').length,
        );
      }),
      runs,
    );
  });

  test.each([
    '',
    'epoch 1/10 loss: 0.25',
    '    indented: yes',
    'std::vector<int>::iterator',
    'x[::2] # comment',
    '::1 localhost',
    ':: a comment',
    '[#####     ] 50%\r[##########] 100%',
    '## Heading [link]',
    '\u001b[32mgreen\u001b[0m',
    'ünïcödé 🔑',
  ])('an ordinary line is printed byte by byte: %j', (line) => {
    const { host, printed } = rig();
    host.foreign(line);
    expect(printed().replaceAll(EOL, '\n')).toBe(`${line}\n`);
  });

  test('a secret is in nothing readable, with debug on', async () => {
    await fc.assert(
      fc.asyncProperty(secretText(), hostileText(), async (secret, noise) => {
        const { host, readable, remove } = makeRig();
        expect(host.debug).toBe(true);
        const text = `${noise}${secret} and ${JSON.stringify({ secret })} and https://host/?key=${encodeURIComponent(secret)}`;
        host.secret(secret);
        for (const level of ['debug', 'info', 'notice', 'warning', 'error'] as const)
          host.log(level, text, { file: text });
        for (const line of text.split('\n')) host.foreign(line);
        await host.group(text, async () => undefined);
        host.summary?.(text);
        host.state?.save('job', text);
        host.output('token', secret.replaceAll('\n', ''));
        host.finish({ kind: 'failure', message: text, detail: text });
        const seen = readable();
        remove();
        const forms = secret
          .split('\n')
          .flatMap((line) => [line, JSON.stringify(line).slice(1, -1), encodeURIComponent(line)]);
        expect(forms.filter((form) => seen.includes(form))).toEqual([]);
      }),
      runs,
    );
  });

  test('empty secrets are ignored', () => {
    const { host, readable, printed } = rig();
    host.secret('');
    host.secret(' \n');
    host.log('info', 'a b');
    expect(readable()).toContain('a b');
    expect(printed()).not.toContain('***');
  });

  test('a group gives back what its body gives, and lets its errors through', async () => {
    const { host } = rig();
    await expect(host.group('title', async () => 7)).resolves.toBe(7);
    const failing = host.group('title', () => Promise.reject(new Error('inside')));
    await expect(failing).rejects.toThrow('inside');
  });

  test('user code gets no input, no token, no command file and no secret', () => {
    const kept = {
      PATH: '/bin',
      HOME: '/home/u',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AZURE_CLIENT_ID: 'id',
      GITHUB_SHA: 'abc',
      BUILD_BUILDID: '7',
    };
    const taken = [
      ...[
        'INPUT_MODEL-URI',
        'STATE_JOB',
        'MLOPS_TOKEN',
        'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
        'ACTIONS_ID_TOKEN_REQUEST_URL',
      ],
      ...[
        'ACTIONS_RUNTIME_TOKEN',
        'GITHUB_TOKEN',
        'GH_TOKEN',
        'SYSTEM_ACCESSTOKEN',
        'ENDPOINT_AUTH_abc',
        'SECRET_KEY',
        'CI_JOB_TOKEN',
      ],
      ...['VSTS_TASKVARIABLE_JOB', 'SECUREFILE_TICKET_1', 'CI_REPOSITORY_URL', 'GITHUB_ENV', 'GITHUB_PATH', 'My_Copy'],
    ];
    const { host } = rig({
      env: { ...kept, ...Object.fromEntries(taken.map((name) => [name, name === 'My_Copy' ? 'hush' : 'x'])) },
    });
    host.secret('hush');
    const environment = host.childEnvironment();
    expect(environment).toMatchObject(kept);
    expect(taken.filter((name) => name in environment)).toEqual([]);
    expect(['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'].filter((name) => name in environment)).toEqual([]);
  });

  test.each<[Ending, number]>([
    [{ kind: 'ok' }, 0],
    [{ kind: 'verdict', message: 'accuracy 0.8 is below 0.9' }, 2],
    [{ kind: 'user-error', message: 'accuracy 0.8 is below 0.9' }, 1],
    [{ kind: 'failure', message: 'accuracy 0.8 is below 0.9', detail: 'Error: inner\n    at stack' }, 1],
  ])('shows the ending once and gives the exit code: %j', (ending, code) => {
    const { host, printed } = rig();
    expect(host.finish(ending)).toBe(host.name === 'azure-pipelines' ? 0 : code);
    expect(printed().split('accuracy 0.8 is below 0.9').length - 1).toBe(ending.kind === 'ok' ? 0 : 1);
  });
});

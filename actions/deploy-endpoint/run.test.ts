import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { memoryHost } from '@mlops-actions/hosts';
import type { ApprovalStatus, EndpointState, Provider } from '@mlops-actions/provider';
import { servingScript } from '@mlops-actions/provider/contract';
import { runPost } from '@mlops-actions/runner';
import { action } from './run.ts';
import { inFlight } from './testing/metrics-page.ts';
import { processesBelow, until } from './testing/processes.ts';
import { localEffects, localProvider, type Step, startStep } from './testing/step.ts';

const env = { PATH: process.env.PATH };

let workspace: string;
let provider: Provider;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'deploy with é-'));
  await mkdir(join(workspace, 'serving'));
  await writeFile(join(workspace, 'serving', 'serve.cjs'), servingScript);
  provider = await localProvider(workspace);
});
afterEach(async () => {
  for (const pid of processesBelow(workspace)) process.kill(pid, 'SIGKILL');
  await until(() => processesBelow(workspace).length === 0);
  await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
});

async function registered(content: string, approvalStatus: ApprovalStatus = 'Approved'): Promise<string> {
  const source = await mkdtemp(join(workspace, 'model-'));
  await writeFile(join(source, 'model.txt'), content);
  const registration = { name: 'churn', source, metrics: {}, approvalStatus, lineage: {} };
  const { model } = await provider.models.register(registration);
  return `churn@${model.version}`;
}

const serving = { endpoint: 'shop', 'entry-point': 'serve.cjs', 'source-dir': 'serving' };

function start(inputs: Readonly<Record<string, string>>): Step {
  const host = memoryHost({ inputs: { ...serving, ...inputs }, env, workspace, tempDir: join(workspace, 'temp') });
  return startStep(action, host);
}

const deploy = (inputs: Readonly<Record<string, string>>): Promise<Step> => start(inputs).ended;

async function post({ host }: Step): Promise<void> {
  const again = memoryHost({ inputs: serving, env, workspace });
  for (const [name, value] of Object.entries(host.stateValues)) again.state.save(name, value);
  await runPost(action as never, again, localEffects());
  expect(again.ending).toEqual({ kind: 'ok' });
}

const state = (): Promise<EndpointState | undefined> => provider.endpoints.describe('shop');
const traffic = async (): Promise<Record<string, number>> =>
  Object.fromEntries(((await state())?.deployments ?? []).map(({ name, traffic: share }) => [name, share]));
const tag = async (): Promise<string> => {
  const answer = await provider.endpoints.invoke('shop', { body: '{}', contentType: 'application/json' });
  return answer.status === 200 ? JSON.parse(answer.body).model : String(answer.status);
};

describe('a deployment', () => {
  test('serves, and the step says where, in outputs, record and summary', async () => {
    const model = await registered('one');
    const { host } = await deploy({
      model,
      'smoke-request': '{"x":1}',
      'smoke-expect': '{"model":"one","echo":"{\\"x\\":1}"}',
    });
    expect(host.ending).toEqual({ kind: 'ok' });
    const deployment = host.outputs.deployment ?? '';
    expect(deployment).toMatch(/^churn-v1-[0-9a-f]{12}$/);
    expect(host.outputs).toEqual({
      endpoint: 'shop',
      url: (await state())?.url,
      deployment,
      'smoke-status': '200',
      'smoke-ms': expect.stringMatching(/^\d+$/),
    });
    const answer = await fetch(host.outputs.url ?? '', { method: 'POST', body: 'hello' });
    expect(await answer.json()).toMatchObject({ model: 'one', echo: 'hello' });
    const record = JSON.parse(await readFile(join(workspace, 'mlops-run.json'), 'utf8'));
    expect(record.steps[0].lineage.deployment).toEqual({ endpoint: 'shop', deployment, model, traffic: 100 });
    expect(host.summaryText).toContain(`| ${deployment} | churn@1 | 100 % | InService | 1 |`);
    expect(host.stateValues.pending).toBe('');
  });

  test('again is found: same name, same process, nothing removed', async () => {
    await registered('one');
    const first = await deploy({ model: 'churn' });
    const before = processesBelow(workspace);
    const second = await deploy({ model: 'churn@1', 'smoke-request': '{}' });
    expect(second.message).toBe('');
    expect(second.host.outputs.deployment).toBe(first.host.outputs.deployment);
    expect(processesBelow(workspace)).toEqual(before);
  });

  test.each([
    ['environment', { environment: 'TAG: other' }],
    ['scaling', { 'max-replicas': '2' }],
    ['time limit', { 'request-timeout': '61s' }],
  ])('with another %s is another one, and takes over from the first', async (_what, change) => {
    await registered('one');
    const first = await deploy({ model: 'churn' });
    const second = await deploy({ model: 'churn', ...change });
    expect(second.host.outputs['previous-deployment']).toBe(first.host.outputs.deployment);
    expect(await traffic()).toEqual({ [second.host.outputs.deployment ?? '']: 100 });
    await until(() => processesBelow(workspace).length === 2);
  });

  test('takes the model that this run has registered', async () => {
    const model = await registered('one');
    const step = { action: 'register-model', start: '', end: '', ending: 'ok', lineage: { model } };
    const record = { format: 1, run: { system: 'memory' }, steps: [step] };
    await writeFile(join(workspace, 'mlops-run.json'), JSON.stringify(record));
    expect((await deploy({})).message).toBe('');
    expect(await tag()).toBe('one');
  });

  test('is served by Python, with the code that came with the model', async () => {
    const source = await mkdtemp(join(workspace, 'model-'));
    await mkdir(join(source, 'code'));
    await writeFile(
      join(source, 'code', 'serve.py'),
      `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'from python')
http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
`,
    );
    const registration = { name: 'snake', source, metrics: {}, approvalStatus: 'Approved', lineage: {} } as const;
    await provider.models.register(registration);
    const step = await deploy({
      model: 'snake',
      'entry-point': 'serve.py',
      'source-dir': '',
      'smoke-request': '1',
      'smoke-expect': '/^from py/',
    });
    expect(step.message).toBe('');
  });

  test('with a share of the traffic leaves the rest to the others; a later one keeps the proportions', async () => {
    await registered('one');
    await deploy({ model: 'churn', deployment: 'blue' });
    await deploy({ model: 'churn', deployment: 'green', traffic: '40' });
    expect(await traffic()).toEqual({ blue: 60, green: 40 });
    await deploy({ model: 'churn', deployment: 'red', traffic: '50' });
    expect(await traffic()).toEqual({ blue: 30, green: 20, red: 50 });
    const last = await deploy({ model: 'churn', deployment: 'white', 'keep-old': 'true' });
    expect(last.host.outputs['previous-deployment']).toBe('red');
    expect(await traffic()).toEqual({ blue: 0, green: 0, red: 0, white: 100 });
  });

  test('with none of the traffic waits', async () => {
    await registered('one');
    await deploy({ model: 'churn', deployment: 'blue' });
    expect((await deploy({ model: 'churn', deployment: 'dark', traffic: '0' })).message).toBe('');
    expect(await traffic()).toEqual({ blue: 100, dark: 0 });
  });

  test('that replaces another under load costs no request', async () => {
    await registered('one');
    await deploy({ model: 'churn' });
    const url = (await state())?.url ?? '';
    let isOver = false;
    const statuses: number[] = [];
    const caller = async (): Promise<void> => {
      while (!isOver) statuses.push((await fetch(url, { method: 'POST', body: '{}' })).status);
    };
    const callers = Array.from({ length: 8 }, caller);
    await registered('two');
    await deploy({ model: 'churn' });
    const soFar = statuses.length;
    await until(() => statuses.length > soFar + 200);
    isOver = true;
    await Promise.all(callers);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(await tag()).toBe('two');
  });
});

describe('what goes wrong leaves the old deployment serving and no other process:', () => {
  let before: readonly number[];
  beforeEach(async () => {
    await registered('one');
    await deploy({ model: 'churn', deployment: 'blue' });
    await registered('two');
    before = processesBelow(workspace);
  });
  const expectUntouched = async (): Promise<void> => {
    expect(await traffic()).toEqual({ blue: 100 });
    expect(await tag()).toBe('one');
    expect(processesBelow(workspace)).toEqual(before);
    expect(await readdir(join(workspace, '.mlops', 'gateway', 'deployments', 'shop'))).toEqual(['blue']);
  };

  test.each([
    ['it ends at once', { environment: 'MODE: exit' }, 'exit code 3', 'the model does not load'],
    ['it never gets healthy', { environment: 'MODE: never-ready', 'startup-timeout': '1s' }, 'within 1 s', 'listening'],
    ['it starts too slowly', { environment: 'START_MS: 60000', 'startup-timeout': '1s' }, 'within 1 s', undefined],
    ['it answers 500', { environment: 'MODE: broken', 'smoke-request': '{}' }, 'has status 500', 'listening'],
    [
      'its answer is wrong',
      { 'smoke-request': '{}', 'smoke-expect': '{"model":"9"}' },
      'has "two" at $.model',
      'listening',
    ],
    [
      'its answer is too late',
      { environment: 'ANSWER_MS: 9000', 'request-timeout': '1s', 'smoke-request': '{}' },
      'status 504',
      'listening',
    ],
    [
      'it ignores SIGTERM',
      { environment: 'MODE: stubborn', 'smoke-request': '{}', 'smoke-expect': 'no' },
      'is not "no"',
      'listening',
    ],
  ])('%s', async (_case, inputs, message, printed) => {
    const step = await deploy({ model: 'churn', ...inputs });
    expect(step.host.ending?.kind).toBe('user-error');
    expect(step.message).toContain(message);
    const foreign = step.host.logs.filter(({ level }) => level === 'foreign').map((entry) => entry.message);
    if (printed !== undefined) expect(foreign).toContain(printed);
    await expectUntouched();
  });

  test('a cancel while it starts', async () => {
    const step = start({ model: 'churn', deployment: 'green', environment: 'START_MS: 60000' });
    await until(async () => (await traffic()).green === 0);
    step.cancel();
    expect((await step.ended).message).toBe('Cancelled by SIGTERM.');
    await expectUntouched();
  });

  test('a cancel during the smoke request', async () => {
    const step = start({ model: 'churn', deployment: 'green', environment: 'ANSWER_MS: 5000', 'smoke-request': '{}' });
    await until(async () => (await inFlight(await state(), 'green')) === 1);
    step.cancel();
    expect((await step.ended).message).toBe('Cancelled by SIGTERM.');
    await expectUntouched();
  });

  test('a step that was killed while it started is tidied up by its post step', async () => {
    const step = start({ model: 'churn', deployment: 'green', environment: 'START_MS: 400' });
    await until(async () => (await traffic()).green === 0);
    await post(step);
    expect((await step.ended).host.ending?.kind).toBe('user-error');
    await expectUntouched();
    await post(step);
    await expectUntouched();
  });

  test('what was asked for cannot be', async () => {
    const pending = await registered('three', 'PendingManualApproval');
    const rejected = await registered('four', 'Rejected');
    for (const [inputs, message] of [
      [{ model: 'churn@9' }, 'There is no model churn@9'],
      [{ model: 'other' }, 'There is no model other'],
      [{ model: '../x' }, 'is not a model reference'],
      [{ model: rejected }, 'was rejected'],
      [{ model: pending, 'require-approved': 'true' }, 'is not approved'],
      [{ model: 'churn@2', endpoint: '../up' }, 'endpoint'],
      [{ model: 'churn@2', deployment: 'a b' }, 'deployment'],
      [{ model: 'churn@2', 'entry-point': '../serve.py' }, 'must be a file inside'],
      [{ model: 'churn@2', 'entry-point': 'none.py' }, 'is not a file in'],
      [{ model: 'churn@2', 'min-replicas': '3', 'max-replicas': '2' }, '`max-replicas` is 2'],
      [{ model: 'churn@2', 'smoke-expect': '1' }, 'without `smoke-request`'],
      [{ model: 'churn@2', 'smoke-request': '@none.json' }, 'none.json cannot be read'],
      [{ model: 'churn@2', 'smoke-request': '1', 'smoke-expect': '/(/' }, 'smoke-expect'],
      [{ model: 'churn@2', auth: 'token' }, '`token` is missing'],
      [{ model: 'churn@2', auth: 'token', token: 'short' }, 'at least 16'],
      [{ model: 'churn@2', token: 'x'.repeat(20) }, '`auth` is none'],
      [{ model: 'churn@2', deployment: 'blue', traffic: '50' }, 'no other deployment'],
      [{ model: 'churn@2', deployment: 'blue' }, 'another configuration'],
    ] as const) {
      const step = await deploy(inputs);
      expect(step.host.ending?.kind).toBe('user-error');
      expect(step.message).toContain(message);
    }
    await expectUntouched();
  });
});

test('a first deployment that fails leaves no endpoint and no process', async () => {
  await registered('one');
  const step = await deploy({ model: 'churn', environment: 'MODE: exit' });
  expect(step.message).toContain('exit code 3');
  expect(await state()).toBeUndefined();
  await until(() => processesBelow(workspace).length === 0);
});

test('a cancel after the switch leaves the new one serving; the old one ends by itself', async () => {
  await registered('one');
  await deploy({ model: 'churn', deployment: 'blue' });
  const slow = fetch((await state())?.url ?? '', {
    method: 'POST',
    body: '{}',
    headers: { 'x-test-do': 'sleep:1500' },
  });
  await until(async () => (await inFlight(await state(), 'blue')) === 1);
  const step = start({ model: 'churn', deployment: 'green' });
  await until(async () => (await state())?.deployments.some(({ status }) => status === 'Draining') ?? false);
  step.cancel();
  expect((await step.ended).host.ending).toEqual({ kind: 'ok' });
  expect((await slow).status).toBe(200);
  await until(async () => JSON.stringify(await traffic()) === '{"green":100}');
});

test('a step that was killed between switch and clean-up is finished by its post step', async () => {
  await registered('one');
  await deploy({ model: 'churn', deployment: 'blue' });
  const kept = await deploy({ model: 'churn', deployment: 'green', 'keep-old': 'true' });
  const pending = {
    endpoint: 'shop',
    deployment: 'green',
    createsEndpoint: false,
    createsDeployment: true,
    old: ['blue'],
  };
  kept.host.state.save('pending', JSON.stringify(pending));
  await post(kept);
  expect(await traffic()).toEqual({ green: 100 });
});

test('two steps that deploy to the same endpoint at once: one of them serves, and nothing else is left', async () => {
  await registered('one');
  await deploy({ model: 'churn', deployment: 'blue' });
  const names = ['left', 'middle', 'right'];
  const steps = await Promise.all(names.map((deployment) => deploy({ model: 'churn', deployment })));
  expect(steps.map(({ message }) => message)).toEqual(['', '', '']);
  await until(() => processesBelow(workspace).length === 2);
  const [[winner = '', share] = [], ...others] = Object.entries(await traffic());
  expect([names.includes(winner), share, others]).toEqual([true, 100, []]);
});

test('a token is asked for, and shown nowhere', async () => {
  const token = 'correct-horse-battery-staple';
  await registered('one');
  const { host } = await deploy({ model: 'churn', auth: 'token', token, 'smoke-request': '{}' });
  expect(host.ending).toEqual({ kind: 'ok' });
  const url = host.outputs.url ?? '';
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(url, { method: 'POST', body: '{}', headers })).status).toBe(200);
  const { logs, outputs, summaryText, stateValues } = host;
  expect(JSON.stringify({ logs, outputs, summaryText, stateValues })).not.toContain(token);
  for (const name of await readdir(workspace, { recursive: true })) {
    const text = await readFile(join(workspace, name), 'utf8').catch(() => '');
    expect(text).not.toContain(token);
  }
});

test('delete removes the endpoint and its gateway; once more is fine', async () => {
  await registered('one');
  await deploy({ model: 'churn' });
  for (const _time of ['first', 'second']) {
    expect((await deploy({ delete: 'true' })).host.ending).toEqual({ kind: 'ok' });
    expect(await state()).toBeUndefined();
    await until(() => processesBelow(workspace).length === 0);
  }
});

test('a dry run says what it would do and does nothing', async () => {
  await registered('one');
  const { host } = await deploy({ model: 'churn', 'dry-run': 'true', traffic: '100' });
  expect(host.logs.map(({ message }) => message).join('\n')).toMatch(/Would deploy churn@1 as churn-v1-/);
  expect(await state()).toBeUndefined();
  expect(processesBelow(workspace)).toEqual([]);
});

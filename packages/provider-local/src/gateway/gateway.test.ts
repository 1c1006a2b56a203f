import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalRig, localRig, until } from '../endpoints/testing/local-rig.ts';

let rig: LocalRig;
beforeEach(async () => {
  rig = await localRig();
});
afterEach(() => rig.end());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function post(
  url: string,
  body: string | Buffer = '{}',
  headers: OutgoingHttpHeaders = {},
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      agent: false,
      headers: { 'content-type': 'application/json', ...headers },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.end(body);
  });
}

const pidOf = ({ text }: Answer): number => JSON.parse(text).pid;
const two = { autoscaling: { minReplicas: 2, maxReplicas: 2, targetConcurrency: 1 } };
const fast = { restartDelayMs: 10, pingIntervalMs: 20, pingTimeoutMs: 100, stopGraceMs: 100, idleMs: 600_000 };
const inFlight = (deployment: string): Promise<number> => rig.shown('mlops_requests_in_flight', deployment);
const requests = (deployment: string): Promise<number> => rig.shown('mlops_request_duration_seconds_count', deployment);
const errorsOf = (origin: 'model' | 'gateway', deployment: string): Promise<number> =>
  rig.shown('mlops_requests_total', deployment, `,code="5xx",origin="${origin}"`);
const isRunning = (pid: number): boolean => rig.processes().includes(pid);

describe('a request', () => {
  test('arrives whole, but for what belongs to the connection, and the answer says who gave it', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue');
    const answer = await post(`${url}?a=b%20c`, '{"x":1}', {
      connection: 'x-private',
      'x-private': '1',
      te: 'trailers',
      'x-mine': '2',
      authorization: 'Basic abc',
    });
    const seen = JSON.parse(answer.text);
    expect(answer.headers['x-mlops-deployment']).toBe('blue');
    expect(seen).toMatchObject({ tag: 'blue', echo: '{"x":1}', url: '/invocations?a=b%20c' });
    expect(seen.headers).toMatchObject({
      'x-mine': '2',
      authorization: 'Basic abc',
      'content-type': 'application/json',
    });
    expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining(['x-private']));
    expect(Object.keys(seen.headers)).not.toEqual(expect.arrayContaining(['te']));
  });

  test('may be huge', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100 });
    const answer = await post(url, Buffer.alloc(40e6, 120));
    expect(JSON.parse(answer.text).echo).toBe(40e6);
  });

  test('that its client gives up is ended at the replica and not counted', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue');
    const outgoing = request(url, { method: 'POST', headers: { 'x-test-do': 'sleep:60000' } });
    outgoing.on('error', () => {});
    outgoing.end('{}');
    await until(async () => (await inFlight('blue')) === 1);
    outgoing.destroy();
    await until(async () => (await inFlight('blue')) === 0);
    expect(await requests('blue')).toBe(0);
    expect((await post(url)).status).toBe(200);
  });

  test('that takes too long is answered with 504 and counted as an error', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', { requestTimeoutSeconds: 0.2 });
    const answer = await post(url, '{}', { 'x-test-do': 'sleep:60000' });
    expect(answer).toMatchObject({
      status: 504,
      text: '{"error":"Deployment \\"blue\\" did not answer within 0.2 s."}',
    });
    expect([await requests('blue'), await errorsOf('model', 'blue')]).toEqual([1, 1]);
  });

  test.each([
    ['GET', '/endpoints/shop/invocations', 405],
    ['GET', '/endpoints/shop/metrics', 200],
    ['POST', '/endpoints/shop/metrics', 405],
    ['GET', '/endpoints/other/metrics', 404],
    ['POST', '/endpoints/shop/ping', 405],
    ['GET', '/endpoints/shop/ping', 200],
    ['GET', '/endpoints/other/ping', 404],
    ['POST', '/endpoints/../shop/invocations', 404],
    ['POST', '/', 404],
    ['GET', '/admin/endpoints/shop', 401],
  ])('%s %s gets %d', async (method, path, status) => {
    const { port } = await rig.serveHere(fast);
    await rig.serving('blue');
    expect((await post(`http://127.0.0.1:${port}${path}`, '', {}, method)).status).toBe(status);
  });

  test('is answered by a Python server that closes every connection', async () => {
    await rig.serveHere(fast);
    const program = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        self.send_response(200); self.end_headers(); self.wfile.write(body[::-1])
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
`;
    const url = await rig.serving('snake', { command: ['python3', '-c', program] });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => post(url, `${index}!`)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers[7]?.text).toBe('!7');
  });
});

describe('a replica that', () => {
  test('dies costs the request that it had, and no other', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', two);
    expect((await post(url, '{}', { 'x-test-do': 'die' })).status).toBe(502);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(url)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await until(async () => (await rig.endpoints.describe('shop'))?.deployments[0]?.readyReplicas === 2);
    expect([await errorsOf('gateway', 'blue'), await errorsOf('model', 'blue')]).toEqual([0, 1]);
  });

  test('dies and was the only one is missed with 503 until it is back', async () => {
    await rig.serveHere({ ...fast, restartDelayMs: 300 });
    const url = await rig.serving('blue');
    const pid = pidOf(await post(url));
    process.kill(pid, 'SIGKILL');
    await until(async () => (await rig.endpoints.describe('shop'))?.deployments[0]?.readyReplicas === 0);
    const answer = await post(url);
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'x-mlops-deployment': 'blue' } });
    expect(answer.text).toContain('blue');
    expect((await rig.endpoints.describe('shop'))?.status).toBe('Failed');
    await until(async () => (await post(url)).status === 200);
    expect(pidOf(await post(url))).not.toBe(pid);
    expect((await rig.endpoints.describe('shop'))?.deployments[0]?.reason).toContain('SIGKILL');
  });

  test('stops answering pings is restarted', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue');
    const pid = pidOf(await post(url, '{}', { 'x-test-do': 'deaf' }));
    await until(() => !isRunning(pid));
    await until(async () => (await post(url)).status === 200);
  });

  test('lets every request time out is restarted, though it answers pings', async () => {
    await rig.serveHere({ ...fast, pingIntervalMs: 300 });
    const url = await rig.serving('blue', { requestTimeoutSeconds: 0.1 });
    const pid = pidOf(await post(url));
    const stuck = { 'x-test-do': 'sleep:60000' };
    await Promise.all(Array.from({ length: 3 }, () => post(url, '{}', stuck)));
    let isOver = false;
    const busy = (async () => {
      while (!isOver) await post(url, '{}', stuck).catch(() => {});
    })();
    await until(() => !isRunning(pid));
    isOver = true;
    await busy;
  });

  test('breaks off in the middle of an answer breaks the connection to the client', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue');
    await expect(post(url, '{}', { 'x-test-do': 'break' })).rejects.toThrow();
    expect([await requests('blue'), await errorsOf('model', 'blue')]).toEqual([1, 1]);
  });

  test('ignores SIGTERM is killed', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', { environment: { MODE: 'stubborn' } });
    const pid = pidOf(await post(url));
    await rig.endpoints.remove('shop');
    expect(isRunning(pid)).toBe(false);
  });

  test('prints without end fills no disk', async () => {
    await rig.serveHere(fast);
    await rig.serving('blue', { environment: { MODE: 'loud' } });
    const lines = await rig.endpoints.logs('shop', 'blue', 1000);
    expect(lines.length).toBeLessThanOrEqual(200);
    const folder = rig.store.path('gateway', 'deployments', 'shop', 'blue');
    const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
    expect(Math.max(...(await Promise.all(sizes)))).toBeLessThan(8e6);
  });
});

describe('a deployment', () => {
  test('that is removed answers what it has begun, and then ends', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue');
    const slow = post(url, '{}', { 'x-test-do': 'sleep:400' });
    await until(async () => (await inFlight('blue')) === 1);
    await rig.endpoints.deploy(await rig.request('green'));
    await rig.endpoints.setTraffic('shop', { green: 100 });
    const removal = rig.endpoints.removeDeployment('shop', 'blue');
    expect(await slow).toMatchObject({ status: 200, headers: { 'x-mlops-deployment': 'blue' } });
    await removal;
    expect(isRunning(pidOf(await slow))).toBe(false);
    expect(JSON.parse((await post(url)).text).tag).toBe('green');
  });

  test('grows with its load and shrinks after it', async () => {
    await rig.serveHere({ ...fast, scaleTickMs: 10, scaleSustainMs: 30, scaleCooldownMs: 100 });
    const url = await rig.serving('blue', { autoscaling: { minReplicas: 1, maxReplicas: 3, targetConcurrency: 1 } });
    const load = Promise.all(Array.from({ length: 8 }, () => post(url, '{}', { 'x-test-do': 'sleep:1500' })));
    const ready = async () => (await rig.endpoints.describe('shop'))?.deployments[0]?.readyReplicas;
    await until(async () => (await ready()) === 3);
    expect((await load).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    await until(async () => (await ready()) === 1);
    await until(() => rig.processes().length === 1);
  });
});

describe('a token', () => {
  const token = 'correct-horse-battery-staple';

  test('is asked for, checked, kept from the replica and written nowhere', async () => {
    await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { auth: { kind: 'token', token }, capturePercent: 100 });
    for (const authorization of [undefined, 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`, 'Bearer', token]) {
      const answer = await post(url, '{}', authorization === undefined ? {} : { authorization });
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(answer.text).not.toContain('blue');
    }
    const answer = await post(url, '{}', { authorization: `Bearer ${token}` });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(token);
    const names = await readdir(rig.store.root, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files) expect(await readFile(file, 'utf8')).not.toContain(token);
    expect(rig.lines.join('\n')).not.toContain(token);
    expect((await stat(rig.store.path('gateway', 'gateway.json'))).mode & 0o777).toBe(0o600);
  });
});

describe('captured data', () => {
  const captured = async (): Promise<string[]> => {
    const folder = rig.store.path('capture', 'shop');
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const files = names.filter((name) => name.endsWith('.jsonl'));
    return Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  };

  test('is what was asked and answered, one line each, by deployment and hour', async () => {
    const gateway = await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100 });
    const csv = { 'content-type': 'text/csv', 'x-amzn-sagemaker-inference-id': 'order-7' };
    const { text } = await post(url, '1,2\n', csv);
    await post(url, '3,4\n', { ...csv, 'x-test-do': 'status:500' });
    await rig.endpoints.invoke('shop', { body: 'smoke', contentType: 'text/csv' });
    await gateway.close();
    const [only, ...others] = await captured();
    expect(others).toEqual([]);
    expect(JSON.parse(only ?? '')).toMatchObject({
      captureData: {
        endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1,2\n', encoding: 'CSV' },
        endpointOutput: { observedContentType: 'application/json', mode: 'OUTPUT', data: text, encoding: 'JSON' },
      },
      eventMetadata: { inferenceId: 'order-7' },
      eventVersion: '0',
    });
    const [name] = await readdir(rig.store.path('capture', 'shop'), { recursive: true }).then((names) =>
      names.filter((file) => file.endsWith('.jsonl')),
    );
    expect(name).toMatch(/^blue\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/);
  });

  test('stays within its limit: the oldest goes', async () => {
    const old = rig.store.path('capture', 'shop', 'blue', '2020', '01', '01', '00', '00-00-000-old.jsonl');
    await mkdir(join(old, '..'), { recursive: true });
    await writeFile(old, 'x'.repeat(1500));
    const gateway = await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100, captureLimitBytes: 2000 });
    await post(url, 'last', { 'content-type': 'text/csv' });
    await gateway.close();
    const texts = await captured();
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('"last"');
  });

  test('that the disk refuses is given up with one line, and requests are answered', async () => {
    await mkdir(rig.store.path('capture'));
    await writeFile(rig.store.path('capture', 'shop'), 'in the way');
    const gateway = await rig.serveHere(fast);
    const url = await rig.serving('blue', {}, { capturePercent: 100 });
    for (let index = 0; index < 5; index++) expect((await post(url)).status).toBe(200);
    await gateway.close();
    expect(rig.lines.filter((line) => line.includes('Capture of endpoint "shop" pauses'))).toHaveLength(1);
  });

  test('is nothing at zero percent', async () => {
    const gateway = await rig.serveHere(fast);
    await post(await rig.serving('blue'));
    await gateway.close();
    expect(await captured()).toEqual([]);
  });
});

test('a damaged endpoint document is named, harms no other endpoint, and goes with its endpoint', async () => {
  await mkdir(rig.store.path('endpoints'));
  await writeFile(rig.store.path('endpoints', 'broken.json'), '{"format":1,"name":');
  await rig.serveHere(fast);
  const url = await rig.serving('blue');
  expect((await post(url)).status).toBe(200);
  expect((await post(url.replace('shop', 'broken'))).status).toBe(503);
  await expect(rig.endpoints.describe('broken')).rejects.toThrow(/broken\.json.*delete: true/);
  await rig.endpoints.remove('broken');
  expect(await rig.endpoints.describe('broken')).toBeUndefined();
});

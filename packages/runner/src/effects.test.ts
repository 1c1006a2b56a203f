import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';

// Signals and endings are a process's own, so each test starts one on the compiled file (`npm run compile`).
const compiled = new URL('../lib/effects.js', import.meta.url).href;

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(body: string): ChildProcess {
  const program = `import { endProcess, onEscape, onSignal } from ${JSON.stringify(compiled)};\n${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'pipe',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  started.push(child);
  return child;
}

async function finished(child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> {
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output, errors };
}

/** Sends `signal` again and again until the process is gone. */
async function insist(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const timer = setInterval(() => child.kill(signal), 50);
  await once(child, 'close');
  clearInterval(timer);
}

describe('onSignal', () => {
  const waiting = `
    onSignal((signal) => console.log('cancelled by ' + signal));
    setInterval(() => undefined, 1000);
    console.log('ready');`;

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s cancels and the process goes on', async (signal) => {
    const child = start(waiting);
    const result = finished(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill(signal);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    expect((await result).output).toBe(`ready\ncancelled by ${signal}\n`);
  });

  test('a later signal ends the process at once, and only the first cancels', async () => {
    const child = start(waiting);
    const result = finished(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    await insist(child, 'SIGTERM');
    expect(await result).toMatchObject({ code: 128 + 15, output: 'ready\ncancelled by SIGTERM\n' });
  });

  test('nothing listens any more after stopping', async () => {
    const child = start(
      `onSignal(() => console.log('cancelled'))(); setInterval(() => undefined, 1000); console.log('ready');`,
    );
    const result = finished(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.kill('SIGTERM');
    expect(await result).toMatchObject({ code: null, output: 'ready\n' });
    expect(child.signalCode).toBe('SIGTERM');
  });
});

describe('endProcess', () => {
  test('a full pipe is emptied first, whatever handle is open', async () => {
    const megabytes = 4;
    const child = start(`
      setInterval(() => undefined, 1000);
      process.stdout.write('x'.repeat(${megabytes << 20}));
      process.stderr.write('y'.repeat(${megabytes << 20}));
      await endProcess(2);`);
    const { code, output, errors } = await finished(child);
    expect(code).toBe(2);
    expect([output.length, errors.length]).toEqual([megabytes << 20, megabytes << 20]);
  });

  test('a reader that went away does not keep the process', async () => {
    const child = start(`
      process.stdout.on('error', () => undefined);
      await new Promise((resolve) => process.stdin.once('data', resolve));
      process.stdout.write('x'.repeat(1 << 20));
      await endProcess(3);`);
    child.stdout?.destroy();
    child.stdin?.write('go');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(3);
  });
});

describe('onEscape', () => {
  test.each([
    [
      'an error in a callback',
      `setTimeout(() => { throw new Error('from a callback'); }, 0); await new Promise(() => {});`,
      'from a callback',
    ],
    [
      'a rejection that nobody awaits',
      `Promise.reject(new Error('unawaited')); await new Promise(() => {});`,
      'unawaited',
    ],
    ['a standstill', `await new Promise(() => {});`, 'stood still'],
  ])('%s is reported and ends the process', async (_, body, message) => {
    const child = start(`
      onEscape((thrown) => { console.log(thrown.message); void endProcess(1); });
      ${body}`);
    const { code, output } = await finished(child);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });
});

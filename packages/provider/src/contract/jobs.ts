import { writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { isFinal, type JobRequest, type JobService, type JobState } from '../jobs.ts';
import type { Provider } from '../provider.ts';
import { badNames, type Content, temporaryFolders } from './fixtures.ts';
import { jobRequest } from './job-request.ts';

/** A provider that holds nothing yet; scripts run under `sh`. The caller cleans up. */
export type OpenJobs = () => Promise<Pick<Provider, 'jobs' | 'datasets'>>;

/** Prints every argument and chosen variables, a line each, with a mark at the end of each value. */
const showing = `
for argument in "$@"; do printf 'argument <%s>\\n' "$argument"; done
printf 'lr <%s>\\n' "$SM_HP_LR"
printf 'hps <%s>\\n' "$SM_HPS"
printf 'args <%s>\\n' "$SM_USER_ARGS"
printf 'channels <%s>\\n' "$SM_CHANNELS"
printf 'gpus <%s>\\n' "$SM_NUM_GPUS"
printf 'module <%s>\\n' "$SM_MODULE_NAME"
printf 'extra <%s>\\n' "$EXTRA"
`;

const saving = 'echo w > "$SM_MODEL_DIR/weights.txt"';

/** Registers the tests that every provider's jobs must pass. */
export function jobContract(name: string, open: OpenJobs): void {
  describe(`jobs of ${name}`, () => {
    const folders = temporaryFolders();
    let jobs: JobService;
    let datasets: Provider['datasets'];
    beforeEach(async () => {
      ({ jobs, datasets } = await open());
    });

    const request = (script: string, change?: Partial<JobRequest>, more?: Content): Promise<JobRequest> =>
      jobRequest(folders, script, change, more);

    const linesOf = async (job: string): Promise<string[]> => {
      const lines: string[] = [];
      for await (const line of jobs.follow(job)) lines.push(line);
      return lines;
    };

    const run = async (wanted: JobRequest): Promise<{ state: JobState; lines: string[] }> => {
      await jobs.submit(wanted);
      const lines = await linesOf(wanted.name);
      const state = await jobs.describe(wanted.name);
      if (state === undefined) throw new Error('the job is gone');
      return { state, lines };
    };

    test('a script that ends well leaves a completed job with its log, model, output and metrics', async () => {
      const script = `echo hello; echo oops >&2; ${saving}; echo '{"auc": 0.5}' > "$SM_OUTPUT_DATA_DIR/metrics.json"`;
      const { state, lines } = await run(await request(script, { tags: { commit: 'abc' } }));
      expect(state).toMatchObject({
        name: 'train-1',
        status: 'Completed',
        exitCode: 0,
        metrics: { auc: 0.5 },
        model: { files: 1, bytes: 2, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
        output: { files: 1 },
        tags: { commit: 'abc' },
      });
      expect([...lines].sort()).toEqual(['hello', 'oops']);
      for (const time of [state.created, state.started, state.ended]) {
        expect(new Date(time ?? '').toISOString()).toBe(time);
      }
    });

    test('hyperparameters reach the script unharmed, as arguments and variables', async () => {
      const values = [
        '0.1',
        'a b',
        `"double" and 'single'`,
        'two\nlines',
        'größe 模型 🚂',
        '-3',
        '--lr',
        '$HOME `id` \\n *',
        '',
      ];
      const hyperparameters = Object.fromEntries(values.map((value, index) => [`p${index}`, value]));
      const { lines } = await run(await request(showing, { hyperparameters: { ...hyperparameters, lr: '1e-3' } }));
      const printed = lines.join('\n');
      for (const [index, value] of values.entries()) {
        expect(printed).toContain(`argument <--p${index}>\nargument <${value}>`);
      }
      expect(printed).toContain('lr <1e-3>');
      expect(JSON.parse(/hps <(.*)>/.exec(printed)?.[1] ?? '')).toEqual({
        ...hyperparameters,
        p0: 0.1,
        p5: -3,
        lr: 0.001,
      });
      expect(JSON.parse(/args <(.*)>/.exec(printed)?.[1] ?? '')).toEqual(
        Object.entries({ lr: '1e-3', ...hyperparameters }).flatMap(([key, value]) => [`--${key}`, value]),
      );
    });

    test('channels hold the files of a dataset, of one split, of a folder and of a file', async () => {
      const data = await folders.with({ 'train/a.csv': 'a\n1\n', 'test/b.csv': 'a\n2\n' });
      const splits = [
        { name: 'train', rows: 1 },
        { name: 'test', rows: 1 },
      ];
      await datasets.put({ name: 'churn', rows: 2, columns: [], splits, tags: {} }, data);
      const channels = {
        all: 'churn@1',
        train: 'churn@1/train',
        folder: data,
        'one-file': `${data}/test/b.csv`,
      };
      const script = `
cat "$SM_CHANNEL_ALL/test/b.csv" "$SM_CHANNEL_TRAIN/a.csv" "$SM_CHANNEL_FOLDER/train/a.csv" "$SM_CHANNEL_ONE_FILE/b.csv"
printf 'channels <%s>\\n' "$SM_CHANNELS"`;
      const { lines, state } = await run(await request(script, { channels }));
      expect(state.status).toBe('Completed');
      expect(lines).toEqual(['a', '2', 'a', '1', 'a', '1', 'a', '2', 'channels <["all","folder","one-file","train"]>']);
    });

    test('the job has its own copy of the code, and its own environment', async () => {
      const wanted = await request(
        `cat data/x.txt; cat "$0" > /dev/null; ${showing}`,
        { environment: { EXTRA: 'a "b"\n$c' } },
        { 'data/x.txt': 'x\n' },
      );
      const { lines } = await run(wanted);
      expect(lines[0]).toBe('x');
      expect(lines.join('\n')).toContain('extra <a "b"\n$c>');
      expect(lines).toContain('module <train.sh>');
    });

    test('metrics come from the log too; the last match counts and the file wins', async () => {
      const metricDefinitions = [
        { name: 'loss', pattern: 'loss[=:] *([-+.eE\\d]+)' },
        { name: 'auc', pattern: 'auc=([\\d.]+)' },
        { name: 'gone', pattern: 'gone=(\\S+)' },
        { name: 'never', pattern: 'never=(\\d+)' },
      ];
      const script = `echo 'loss=3 loss=2'; echo 'auc=0.1'; echo 'loss: -1.5e-3'; echo gone=1; echo gone=nan
echo '{"auc": 0.9, "slices": {"new": {"recall": 1}}, "note": "text", "flag": true, "none": null, "list": [1]}' > "$SM_OUTPUT_DATA_DIR/metrics.json"`;
      const { state } = await run(await request(script, { metricDefinitions }));
      expect(state.metrics).toEqual({ loss: -0.0015, auc: 0.9, 'slices.new.recall': 1 });
    });

    test.each([
      ['not JSON', '{"auc": 0.9', /not valid JSON/],
      ['NaN', '{"auc": NaN}', /JSON has no NaN/],
      ['no object', '[0.9]', /must hold an object/],
      ['a number without end', '{"auc": 1e999}', /"auc"/],
    ])('a metrics file with %s fails the job with a reason', async (_, text, reason) => {
      const { state } = await run(
        await request(`${saving}; printf '%s' '${text}' > "$SM_OUTPUT_DATA_DIR/metrics.json"`),
      );
      expect(state).toMatchObject({ status: 'Failed', reason: expect.stringMatching(reason) });
      expect(state.model).toBeUndefined();
    });

    test('a script that writes nothing completes without a model', async () => {
      const { state, lines } = await run(await request(':'));
      expect(state).toMatchObject({ status: 'Completed', metrics: {} });
      expect(state.model).toBeUndefined();
      expect(state.output).toBeUndefined();
      expect(lines).toEqual([]);
    });

    test('a script that ends with a code fails with it', async () => {
      const { state, lines } = await run(await request(`${saving}; echo before; exit 3`));
      expect(state).toMatchObject({ status: 'Failed', exitCode: 3, reason: expect.stringContaining('exit code 3') });
      expect(state.model).toBeUndefined();
      expect(lines).toEqual(['before']);
    });

    test('a script that is killed fails with the signal', async () => {
      const { state } = await run(await request('kill -KILL $$'));
      expect(state).toMatchObject({ status: 'Failed', exitCode: 137, reason: expect.stringContaining('SIGKILL') });
    });

    test('a script that runs too long is ended', async () => {
      const { state } = await run(await request('echo on; sleep 1000', { maxRuntimeSeconds: 1 }));
      expect(state).toMatchObject({ status: 'Failed', reason: expect.stringContaining('max-runtime (1 s)') });
    });

    test('a program that does not exist fails the job', async () => {
      const { state } = await run(await request('', { command: ['no-such-program-here'] }));
      expect(state).toMatchObject({ status: 'Failed', reason: expect.stringContaining('no-such-program-here') });
    });

    test('equal work is done once: while it runs and after it completed a second submit finds it', async () => {
      const wanted = await request(`while [ ! -e "${await folders.with({})}/go" ]; do sleep 0.05; done; ${saving}`);
      const both = await Promise.all([jobs.submit(wanted), jobs.submit(wanted)]);
      expect(both.map(({ attached }) => attached).sort()).toEqual([false, true]);
      await jobs.stop('train-1', 'enough');
      const { state } = await run(await request(saving));
      expect(state.status).toBe('Completed');
      expect(await jobs.submit(await request(saving))).toMatchObject({ attached: true, job: state });
    });

    test('a failed or stopped job is started anew', async () => {
      expect((await run(await request('exit 1'))).state.status).toBe('Failed');
      const again = await request(`echo anew; ${saving}`);
      expect((await jobs.submit(again)).attached).toBe(false);
      expect(await linesOf('train-1')).toEqual(['anew']);
      const state = await jobs.describe('train-1');
      expect(state?.status).toBe('Completed');
      expect(state?.reason).toBeUndefined();
      expect(state?.exitCode).toBe(0);
    });

    test('a log is followed while it is written', async () => {
      const signs = await folders.with({});
      const script = `echo first; while [ ! -e "${signs}/go" ]; do sleep 0.02; done; printf last`;
      await jobs.submit(await request(script));
      const lines: string[] = [];
      for await (const line of jobs.follow('train-1')) {
        lines.push(line);
        if (line === 'first') {
          expect((await jobs.describe('train-1'))?.status).toBe('InProgress');
          await writeFile(`${signs}/go`, '');
        }
      }
      expect(lines).toEqual(['first', 'last']);
    });

    test('stop ends a running job, once and for all, and is idempotent', async () => {
      await jobs.submit(await request('echo on; sleep 1000'));
      for await (const line of jobs.follow('train-1')) {
        expect(line).toBe('on');
        await Promise.all([jobs.stop('train-1', 'no longer needed'), jobs.stop('train-1', 'no longer needed')]);
      }
      const state = await jobs.describe('train-1');
      expect(state).toMatchObject({ status: 'Stopped', reason: 'no longer needed' });
      await jobs.stop('train-1', 'again');
      expect(await jobs.describe('train-1')).toEqual(state);
    });

    test('stop leaves a completed job as it is, and no job at all is fine', async () => {
      const { state } = await run(await request(saving));
      await jobs.stop('train-1', 'late');
      expect(await jobs.describe('train-1')).toEqual(state);
      await jobs.stop('nobody', 'whatever');
      expect(await jobs.describe('nobody')).toBeUndefined();
      expect(await linesOf('nobody')).toEqual([]);
    });

    test('a following that is aborted rejects with the reason, and the job goes on', async () => {
      await jobs.submit(await request('echo on; sleep 1000'));
      const aborter = new AbortController();
      const following = async (): Promise<void> => {
        for await (const _ of jobs.follow('train-1', { signal: aborter.signal })) aborter.abort(new Error('enough'));
      };
      await expect(following()).rejects.toThrow('enough');
      expect(isFinal((await jobs.describe('train-1'))?.status ?? 'Failed')).toBe(false);
      await jobs.stop('train-1', 'done');
    });

    test('a submit that is aborted starts nothing', async () => {
      await expect(
        jobs.submit(await request('sleep 1000'), { signal: AbortSignal.abort(new Error('no')) }),
      ).rejects.toThrow('no');
      const state = await jobs.describe('train-1');
      expect(state === undefined || isFinal(state.status)).toBe(true);
    });

    test.each(badNames)('the name %j is refused', async (bad) => {
      await expect(jobs.submit(await request(saving, { name: bad }))).rejects.toThrow(/is not a name for a job/);
    });

    test('what can never run is refused, with the place', async () => {
      const data = await folders.with({ 'a.csv': 'a\n' });
      await datasets.put({ name: 'plain', rows: 0, columns: [], splits: [], tags: {} }, data);
      const refused = async (change: Partial<JobRequest>, message: RegExp): Promise<void> => {
        await expect(jobs.submit(await request(saving, change))).rejects.toThrow(message);
        expect(await jobs.describe('train-1')).toBeUndefined();
      };
      await refused({ command: [] }, /no command/);
      await refused({ channels: { train: `${data}/absent` } }, /"train".*does not exist/);
      await refused({ channels: { train: 'nobody@1' } }, /no such dataset/);
      await refused({ channels: { train: 'plain@1/test' } }, /no split "test".*no splits/);
      await refused({ channels: { train: '../up' } }, /must be a dataset/);
      await refused({ channels: { '../up': data } }, /not a name for a channel/);
      await refused({ channels: { [`${'x'.repeat(300)}`]: data } }, /not a name for a channel/);
      await refused({ metricDefinitions: [{ name: 'loss', pattern: '(' }] }, /"loss".*not a regular expression/);
      await refused({ metricDefinitions: [{ name: 'loss', pattern: 'loss=.*' }] }, /"loss" has no group/);
    });
  });
}

import { expect, test } from '@jest/globals';
import type { Clock } from '@mlops-actions/core';
import type { MonitoringService, StandingLimits } from '@mlops-actions/provider';
import { openClients } from '../clients.ts';
import { rolloutAlarms } from '../rollouts/rollout-alarms.ts';
import { awsOf, onEmulator, openEmulated } from '../testing/emulated.ts';

const minute = 60_000;
let now = Date.UTC(2026, 10, 27);
const clock: Clock = {
  now: () => new Date(now),
  sleep: async (milliseconds) => {
    now += milliseconds;
  },
};

const limits: StandingLimits = {
  maxErrorRate: 0.05,
  maxMeanMs: 100,
  minRequestsPerMinute: 2,
  maxRequestsPerMinute: 1000,
};
const prefix = 'mlops-actions-monitor/shop/';

onEmulator((emulation) => {
  async function opened(): Promise<MonitoringService> {
    const { monitoring } = await openEmulated(emulation);
    if (monitoring === undefined) throw new Error('There is no monitoring.');
    return monitoring;
  }

  /** So many requests to a variant in each of so many minutes, of which a share fails. */
  async function asked(
    variant: string,
    { minutes, each = 20, failing = 0, milliseconds = 10 }: Readonly<Record<string, number>> & { minutes: number },
  ): Promise<void> {
    const { putMetric } = emulation.emulator();
    const dimensions = { EndpointName: 'shop', VariantName: variant };
    for (let at = 0; at < minutes; at += 1) {
      for (let index = 0; index < each; index += 1) {
        putMetric('AWS/SageMaker', 'Invocations', dimensions, 1);
        putMetric('AWS/SageMaker', 'Invocation5XXErrors', dimensions, index < failing * each ? 1 : 0);
        putMetric('AWS/SageMaker', 'ModelLatency', dimensions, milliseconds * 1000);
      }
      await clock.sleep(minute);
    }
  }

  const states = async (monitoring: MonitoringService) =>
    Object.fromEntries(
      (await monitoring.alarms('shop', [])).map(({ name, state }) => [name.slice(prefix.length), state]),
    );

  test('alarms watch every limit, whoever serves, and are quiet while all is well', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'shop', limits, actions: [] });
    expect(await states(monitoring)).toEqual({
      'server-errors': 'unknown',
      latency: 'unknown',
      'too-little-traffic': 'unknown',
      'too-much-traffic': 'unknown',
    });
    const quiet = {
      'server-errors': 'quiet',
      latency: 'quiet',
      'too-little-traffic': 'quiet',
      'too-much-traffic': 'quiet',
    };
    await asked('blue', { minutes: 16 });
    expect(await states(monitoring)).toEqual(quiet);
    // A rollout later another variant serves, and the old one is silent.
    await asked('green', { minutes: 16 });
    expect(await states(monitoring)).toEqual(quiet);
    await asked('green', { minutes: 16, failing: 0.2 });
    expect(await states(monitoring)).toEqual({ ...quiet, 'server-errors': 'ringing' });
    await asked('blue', { minutes: 16, milliseconds: 300 });
    expect(await states(monitoring)).toEqual({ ...quiet, latency: 'ringing' });
    await asked('blue', { minutes: 11, each: 1200 });
    expect(await states(monitoring)).toEqual({ ...quiet, 'too-much-traffic': 'ringing' });
  });

  test('silence rings the alarm of too little traffic, and no other', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'shop', limits, actions: [] });
    await asked('blue', { minutes: 16 });
    await clock.sleep(20 * minute);
    expect(await states(monitoring)).toEqual({
      'server-errors': 'quiet',
      latency: 'quiet',
      'too-little-traffic': 'ringing',
      'too-much-traffic': 'quiet',
    });
  });

  test('another endpoint with a longer name is not watched', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'shop', limits: { maxErrorRate: 0.05 }, actions: [] });
    await monitoring.keepAlarms({ endpoint: 'shop-2', limits: { maxErrorRate: 0.05 }, actions: [] });
    await asked('blue', { minutes: 16, failing: 0.5 });
    expect(await monitoring.alarms('shop-2', [])).toMatchObject([{ state: 'quiet' }]);
    expect(await monitoring.alarms('shop', [])).toMatchObject([{ state: 'ringing' }]);
  });

  test('the same again changes nothing, and what rings goes on to ring; a limit that is gone takes its alarm with it', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'shop', limits, actions: [] });
    await asked('blue', { minutes: 16, failing: 0.5 });
    expect(await states(monitoring)).toMatchObject({ 'server-errors': 'ringing' });
    await monitoring.keepAlarms({ endpoint: 'shop', limits, actions: [] });
    expect(await states(monitoring)).toMatchObject({ 'server-errors': 'ringing', latency: 'quiet' });
    const names = await monitoring.keepAlarms({ endpoint: 'shop', limits: { maxErrorRate: 0.05 }, actions: [] });
    expect(names).toEqual([`${prefix}server-errors`]);
    expect(await states(monitoring)).toEqual({ 'server-errors': 'ringing' });
  });

  test('a rollout that ends takes its own alarms away and leaves these', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'shop', limits: { maxErrorRate: 0.05 }, actions: [] });
    const own = rolloutAlarms(openClients(awsOf(emulation)).cloudwatch);
    const [abort = ''] = await own.make({ endpoint: 'shop', variant: 'blue', config: 'c' }, { maxErrorRate: 0.1 });
    expect(emulation.emulator().alarm(abort)).toBe('OK');
    await own.remove('shop');
    expect(emulation.emulator().alarm(abort)).toBeUndefined();
    expect(emulation.emulator().alarm(`${prefix}server-errors`)).toBe('INSUFFICIENT_DATA');
  });

  test('alarms of the user are looked at by name, and one that is not there is an error', async () => {
    const monitoring = await opened();
    await monitoring.keepAlarms({ endpoint: 'other', limits: { maxErrorRate: 0.05 }, actions: [] });
    const name = 'mlops-actions-monitor/other/server-errors';
    expect(await monitoring.alarms('shop', [name])).toEqual([
      { name, state: 'unknown', reason: 'Unchecked: Initial alarm creation' },
    ]);
    await expect(monitoring.alarms('shop', [name, 'none'])).rejects.toThrow(
      'Input `alarms` names "none", and CloudWatch has no such alarm in this region. Correct the name.',
    );
  });

  test('what CloudWatch refuses is an error that says what to do', async () => {
    const monitoring = await opened();
    emulation.emulator().faults.push({ operation: 'PutMetricAlarm', kind: 'denied', times: 1 });
    const wanted = { endpoint: 'shop', limits, actions: [] };
    await expect(monitoring.keepAlarms(wanted)).rejects.toThrow(/^Alarm mlops-actions-monitor.*action-templates\/iam/);
    // Killed or refused half-way, the next run makes the rest.
    emulation.emulator().faults.push({ operation: 'DescribeAlarms', kind: 'denied', times: 1 });
    await expect(monitoring.keepAlarms(wanted)).rejects.toThrow(/action-templates\/iam/);
    expect(await monitoring.keepAlarms(wanted)).toHaveLength(4);
    await expect(monitoring.keepDashboard('no good name', limits)).rejects.toThrow(/invalid: the name/);
  });

  test('the dashboard is one that CloudWatch takes, with the alarms that there are', async () => {
    const monitoring = await opened();
    const url = await monitoring.keepDashboard('shop', { maxErrorRate: 0.05 });
    expect(url).toBe(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/mlops-actions-shop',
    );
    const types = () =>
      emulation
        .emulator()
        .dashboard('mlops-actions-shop')
        ?.widgets.map(({ type }: { type: string }) => type);
    expect(types()).toEqual(Array.from({ length: 6 }, () => 'metric'));
    await monitoring.keepAlarms({ endpoint: 'shop', limits, actions: [] });
    await monitoring.keepDashboard('shop', limits);
    expect(types()).toEqual(['alarm', ...Array.from({ length: 6 }, () => 'metric')]);
    const [banner] = emulation.emulator().dashboard('mlops-actions-shop')?.widgets ?? [];
    expect(banner.properties.alarms).toHaveLength(4);
  });
}, clock);

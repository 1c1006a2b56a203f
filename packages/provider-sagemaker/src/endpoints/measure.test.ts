import { expect, test } from '@jest/globals';
import { openClients } from '../clients.ts';
import { awsOf, onEmulator } from '../testing/emulated.ts';
import { measureVariant } from './measure.ts';

const minute = 60_000;

onEmulator((emulation) => {
  /** The saturation of the minute in which the machines of a variant were used so much, in CloudWatch's percents. */
  async function saturationOf(used: Readonly<Record<string, number>>, instanceType?: string) {
    await emulation.settings();
    const from = Math.floor(Date.now() / minute) * minute;
    const dimensions = { EndpointName: 'shop', VariantName: 'blue' };
    for (const [metric, value] of Object.entries(used)) {
      emulation.emulator().putMetric('/aws/sagemaker/Endpoints', metric, dimensions, value);
    }
    const { cloudwatch } = openClients(awsOf(emulation));
    const measured = { endpoint: 'shop', variant: 'blue', since: 0, ...(instanceType && { instanceType }) };
    // Two minutes, should the first end meanwhile.
    const request = { from, to: from + 2 * minute, windowSeconds: 60 };
    const { windows } = await measureVariant(cloudwatch, measured, request, from + 10 * minute);
    return windows.map(({ saturation }) => saturation).filter((value) => value !== undefined);
  }

  test.each<[string, Readonly<Record<string, number>>, string | undefined, readonly number[]]>([
    ['the CPU is a sum over the cores', { CPUUtilization: 150, MemoryUtilization: 60 }, 'ml.m5.large', [0.75]],
    ['the scarcest counts', { CPUUtilization: 20, MemoryUtilization: 60, DiskUtilization: 90 }, 'ml.m5.large', [0.9]],
    ['the CPU of unknown machines does not', { CPUUtilization: 150, MemoryUtilization: 60 }, 'ml.t2.medium', [0.6]],
    ['nor that of older records', { CPUUtilization: 150, DiskUtilization: 10 }, undefined, [0.1]],
    ['without figures there is none', {}, 'ml.m5.large', []],
  ])('saturation: %s', async (_, used, instanceType, expected) => {
    expect(await saturationOf(used, instanceType)).toEqual(expected);
  });
});

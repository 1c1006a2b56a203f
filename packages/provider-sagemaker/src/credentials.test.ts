import { readFile } from 'node:fs/promises';
import { ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import { expect, test } from '@jest/globals';
import type { JournalEntry } from '../../../test/emulators/sagemaker/journal.ts';
import { openClients } from './clients.ts';
import { assumedRole } from './credentials.ts';
import { awsOf, type Emulated, onEmulator } from './testing/emulated.ts';

const role = 'arn:aws:iam::123456789012:role/mlops-ci';

/** The forms that STS got, oldest first. */
async function asked(emulation: Emulated): Promise<URLSearchParams[]> {
  const lines = (await readFile(emulation.emulator().journal.file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as JournalEntry)
    .filter(({ service }) => service === 'sts')
    .map(({ body_b64 }) => new URLSearchParams(Buffer.from(body_b64, 'base64').toString('utf8')));
}

onEmulator((emulation) => {
  test('of a role come by the token of the CI system, without any key', async () => {
    await emulation.settings();
    const { endpoint, region } = awsOf(emulation);
    const given = await assumedRole(
      role,
      { ...(endpoint && { endpoint }), ...(region && { region }) },
      async (audience) => `token for ${audience}`,
    )();
    expect(given).toMatchObject({ accessKeyId: expect.any(String), sessionToken: expect.any(String) });
    expect(given.expiration?.getTime()).toBeGreaterThan(Date.now());
    const form = (await asked(emulation)).at(-1);
    expect(form?.get('Action')).toBe('AssumeRoleWithWebIdentity');
    expect([form?.get('RoleArn'), form?.get('WebIdentityToken')]).toEqual([role, 'token for sts.amazonaws.com']);
  });

  test('of a role come by the runner’s own where the CI system gives no token', async () => {
    await emulation.settings();
    await assumedRole(role, awsOf(emulation), undefined)();
    expect((await asked(emulation)).at(-1)?.get('Action')).toBe('AssumeRole');
  });

  test('that are about to end are asked for again', async () => {
    await emulation.settings();
    let times = 0;
    const credentials = async () => {
      times += 1;
      const given = await assumedRole(role, awsOf(emulation), undefined)();
      return { ...given, expiration: new Date(Date.now() + (times === 1 ? 1000 : 3_600_000)) };
    };
    const { sagemaker } = openClients({ ...awsOf(emulation), credentials });
    const list = () =>
      sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: 'nobody' })).catch(() => {});
    for (let call = 0; call < 4; call++) await list();
    expect(times).toBe(2);
  });
});

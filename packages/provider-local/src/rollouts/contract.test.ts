import { afterEach } from '@jest/globals';
import { rolloutContract } from '@mlops-actions/provider/contract';
import { type LocalRig, localRig } from '../endpoints/testing/local-rig.ts';

const rigs: LocalRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.end();
});

rolloutContract('provider-local', async () => {
  const rig = await localRig();
  rigs.push(rig);
  return rig;
});

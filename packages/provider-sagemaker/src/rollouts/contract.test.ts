import { rolloutContract } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../../test/emulators/sagemaker/scaled-clock.ts';
import { onEmulator, openEmulated } from '../testing/emulated.ts';

onEmulator((emulation) => {
  const traits = { mirrors: false, startupTimeoutSeconds: 60 };
  rolloutContract('provider-sagemaker', () => openEmulated(emulation), traits);
}, scaledClock(30));

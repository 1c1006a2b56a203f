import { endpointContract } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../../test/emulators/sagemaker/scaled-clock.ts';
import { onEmulator, openEmulated } from '../testing/emulated.ts';

// A minute of SageMaker's, which is its shortest window and its least time for a start, in two seconds.
const clock = scaledClock(30);

onEmulator((emulation) => {
  endpointContract('provider-sagemaker', () => openEmulated(emulation), {
    tokens: false,
    startupTimeoutSeconds: 60,
    endsAtOnce: 'the model does not load',
    now: () => clock.now().getTime(),
  });
}, clock);

import { rolloutContract } from '@mlops-actions/provider/contract';
import { scaledClock } from '../../../../test/emulators/sagemaker/scaled-clock.ts';
import { emulated, everyRequestIsValid, openEmulated } from '../testing/emulated.ts';

const emulation = emulated({}, scaledClock(30));

rolloutContract('provider-sagemaker', () => openEmulated(emulation), { mirrors: false, startupTimeoutSeconds: 60 });

everyRequestIsValid(emulation);

import { datasetContract, fileContract, jobContract, modelContract } from '@mlops-actions/provider/contract';
import { emulated, everyRequestIsValid, openEmulated } from './testing/emulated.ts';

const emulation = emulated();
const open = () => openEmulated(emulation);

datasetContract('provider-sagemaker', open);
modelContract('provider-sagemaker', open);
jobContract('provider-sagemaker', open);
fileContract('provider-sagemaker', open);

everyRequestIsValid(emulation);

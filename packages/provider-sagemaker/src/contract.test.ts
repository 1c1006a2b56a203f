import { datasetContract, fileContract, jobContract, modelContract } from '@mlops-actions/provider/contract';
import { onEmulator, openEmulated } from './testing/emulated.ts';

onEmulator((emulation) => {
  const open = () => openEmulated(emulation);
  datasetContract('provider-sagemaker', open);
  modelContract('provider-sagemaker', open);
  jobContract('provider-sagemaker', open);
  fileContract('provider-sagemaker', open);
});

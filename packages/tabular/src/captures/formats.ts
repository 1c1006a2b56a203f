/** Logs of a model's endpoint that are read as tables. */
export const captureFormats = ['sagemaker-capture', 'azureml-collector'] as const;
export type CaptureFormat = (typeof captureFormats)[number];

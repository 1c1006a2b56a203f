import { corrections, defaultDriftRules, driftKeys } from '@mlops-actions/core';
import { choice, defineAction, flag, list, mapping, number, text } from '@mlops-actions/spec';
import { commonInputs } from '../common-inputs.ts';

const share = { min: 0, max: 1 } as const;

export const spec = defineAction({
  name: 'drift-check',
  title: 'Check data for drift',
  summary:
    'Compares current data with a reference, column by column, and says whether it drifted: by how much it changed and by whether that is more than chance. Reads CSV, JSONL and Parquet of any length in bounded memory.',
  branding: { icon: 'activity', color: 'orange' },
  inputs: {
    reference: text({
      help: 'What the data should look like: a file, a folder, a pattern such as `data/2024-*.parquet`, an http(s) address, a stored dataset (`dataset:churn@3/train`), an object or a prefix in S3 (with `provider: sagemaker`), or a profile that `profile-out` wrote.',
      required: true,
      group: 'Data',
    }),
    current: text({
      help: 'The data to check: a file, a folder, a pattern, an http(s) address, a stored dataset, a place in S3, or a profile.',
      required: true,
      group: 'Data',
    }),
    format: choice(['auto', 'csv', 'tsv', 'jsonl', 'parquet', 'sagemaker-capture', 'azureml-collector'], {
      help: 'How the files are read. `auto` tells it from their content. The formats of captures are meant of the current data alone.',
      default: 'auto',
      group: 'Data',
    }),
    'input-columns': list({
      help: 'Names of the values that captured requests do not name, in their order.',
      group: 'Captures',
    }),
    'output-columns': list({ help: 'The same of captured answers.', group: 'Captures' }),
    deployment: text({
      help: 'The variant (SageMaker) or deployment (Azure ML) whose captures are read.',
      group: 'Captures',
    }),
    from: text({ help: 'Current captures from this moment on (ISO 8601).', group: 'Captures' }),
    to: text({ help: 'Current captures before this moment (ISO 8601).', group: 'Captures' }),
    columns: list({ help: 'The columns to check. Default: all that both sides have.', group: 'Columns' }),
    exclude: list({ help: 'Columns to leave out.', group: 'Columns' }),
    types: mapping({
      help: 'What a column is read as, where its look does not tell: `zip: category`. One of number, category, timestamp.',
      group: 'Columns',
    }),
    'id-column': text({
      help: 'Column that names a row. It is not checked; labels are joined on it.',
      group: 'Columns',
    }),
    'timestamp-column': text({
      help: 'Column with the time of a row. It is not checked; it orders rows for the drift over time and for concept drift.',
      group: 'Columns',
    }),
    'label-column': text({ help: 'Column with the right answer, where it is known.', group: 'Columns' }),
    'prediction-column': text({ help: "Column with the model's answer.", group: 'Columns' }),
    'probability-column': text({
      help: "Column with the model's probability or score of the positive class.",
      group: 'Columns',
    }),
    'positive-class': text({ help: 'The label that counts as positive. Default: 1, true or yes.', group: 'Columns' }),
    'critical-columns': list({ help: 'Columns whose drift alone is a drift of the data.', group: 'Columns' }),
    weights: mapping({
      help: 'How much a column counts in the share of drifted columns: `age: 3`. Default: 1; 0 leaves it out of the share.',
      group: 'Columns',
    }),
    'segment-by': text({
      help: 'Column by whose values the errors of the model are listed, for signal concept and performance.',
      group: 'Columns',
    }),
    signals: list({
      help: 'What is checked: data, prediction, quality, performance, estimated-performance, concept. Default: data, quality, and those that the columns named above allow (prediction, performance).',
      group: 'Decision',
    }),
    rule: choice(driftKeys, {
      help: 'When a column drifts. `two-key`: its score reaches the threshold and its corrected p-value is below `alpha`. `score` and `pvalue` ask for one of the two.',
      default: defaultDriftRules.rule,
      group: 'Decision',
    }),
    method: mapping({
      help: 'Score of a column, or of all `number` or `category` columns: wasserstein, ks, psi, js, hellinger, l-infinity, cramers-v. Default: wasserstein for numbers, js for categories and numbers of at most 20 values.',
      group: 'Decision',
    }),
    thresholds: mapping({
      help: 'From which score on a column may drift, by column or by method: `age: 0.2`, `psi: 0.25`. Default: 0.1.',
      group: 'Decision',
    }),
    alpha: number({
      help: 'A corrected p-value below it is not chance.',
      default: defaultDriftRules.alpha,
      ...share,
      group: 'Decision',
    }),
    correction: choice(corrections, {
      help: 'How p-values are corrected for the number of columns: bh (Benjamini-Hochberg), holm, bonferroni or none.',
      default: defaultDriftRules.correction,
      group: 'Decision',
    }),
    'min-samples': number({
      help: 'Values that a column needs on each side. Below it the column is insufficient-data; below 30 always.',
      default: defaultDriftRules.minSamples,
      min: 1,
      integer: true,
      group: 'Decision',
    }),
    'drift-share': number({
      help: 'The data drifts when this weighted share of its columns does.',
      default: defaultDriftRules.driftShare,
      ...share,
      group: 'Decision',
    }),
    'missing-as-category': flag({ help: 'Count a missing value as a category like others.', group: 'Decision' }),
    'max-categories': number({
      help: 'Categories of a column that are compared one by one, those with the most rows; the others are compared as one.',
      default: 10_000,
      min: 2,
      max: 100_000,
      integer: true,
      group: 'Decision',
    }),
    mode: choice(['auto', 'exact', 'sketch'], {
      help: 'How numbers are held. `auto`: exactly while they fit into 64 MiB a table (8 MiB when the files are over 100 MB), else in histograms that bound every figure; a column that the bounds do not decide is read again exactly. `exact`: all in memory. `sketch`: histograms from the start.',
      default: 'auto',
      group: 'Decision',
    }),
    'on-drift': choice(['fail', 'warn', 'none'], {
      help: 'What a drift does to the step: fail it (a verdict, exit code 2), warn, or nothing.',
      default: 'fail',
      group: 'Decision',
    }),
    'on-insufficient': choice(['fail', 'warn', 'none'], {
      help: 'What it does when there is too little data to say.',
      default: 'warn',
      group: 'Decision',
    }),
    labels: text({
      help: 'File with labels that came later, joined on `id-column`; the label stands in `label-column`.',
      group: 'Labels',
    }),
    'min-label-coverage': number({
      help: 'Share of the current rows that need a label before performance is judged.',
      default: 0.3,
      ...share,
      group: 'Labels',
    }),
    'label-watermark': text({
      help: 'Rows later than this moment (ISO 8601) are too young to have labels and are left out of the coverage. Default: none are.',
      group: 'Labels',
    }),
    metrics: list({
      help: 'Metrics of performance, such as accuracy or rmse. Default: those usual for the task.',
      group: 'Labels',
    }),
    'max-performance-drop': number({
      help: 'By how much (share of the reference) a metric may get worse. The performance drifts when the confidence interval of the change lies beyond it.',
      default: 0.05,
      ...share,
      group: 'Labels',
    }),
    confidence: number({ help: 'Of the intervals of metrics.', default: 0.95, min: 0.5, max: 0.9999, group: 'Labels' }),
    bootstrap: number({
      help: 'Resamples for the intervals of metrics.',
      default: 2000,
      min: 100,
      max: 100_000,
      integer: true,
      group: 'Labels',
    }),
    seed: number({ help: 'Decides what is resampled.', default: 0, min: 0, integer: true, group: 'Labels' }),
    compat: list({
      help: 'Also show what these tools would say of each column: evidently, azureml, nannyml, tfdv. Needs columns that were read exactly.',
      group: 'Report',
    }),
    report: text({
      help: 'Folder for report.json, report.md, report.html and constraint_violations.json.',
      default: 'drift-report',
      group: 'Report',
    }),
    'profile-out': text({
      help: 'Where to write the profile of the current data: a small file that can be a `reference` later, so that the data is read once in its life.',
      group: 'Report',
    }),
    'reference-profile-out': text({ help: 'Where to write the profile of the reference.', group: 'Report' }),
    ...commonInputs,
  },
  outputs: {
    verdict: {
      help: 'ok, warn (some columns drifted, not enough for a drift of the data), drift, insufficient-data or error.',
    },
    'drifted-columns': { help: 'The columns that drifted, one a line.' },
    'drifted-share': { help: 'Weighted share of drifted columns, 0 to 1.' },
    'rows-reference': { help: 'Rows of the reference.' },
    'rows-current': { help: 'Rows of the current data.' },
    report: { help: 'Path of report.json.' },
    'report-html': { help: 'Path of report.html.' },
    violations: { help: "Path of constraint_violations.json, in the form of SageMaker's Model Monitor." },
    profile: { help: 'Path of the profile that `profile-out` asked for.' },
  },
});

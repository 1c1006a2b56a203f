import { corrections, gateModes, judgeDefaults, metricFormats } from '@mlops-actions/core';
import { choice, defineAction, list, mapping, number, text } from '@mlops-actions/spec';
import { commonInputs } from '../common-inputs.ts';

export const spec = defineAction({
  name: 'evaluate-gate',
  title: 'Judge a model against rules and champion',
  summary:
    'Compares a candidate model with fixed thresholds and with the champion in production, and says whether it may go on. It fails closed: what cannot be judged does not pass.',
  branding: { icon: 'check-circle', color: 'green' },
  inputs: {
    candidate: text({
      help: 'Metrics of the model to judge: a file, an MLflow run folder, or a model reference such as churn@7. Default: the metrics of the training in the run record.',
      group: 'Gate',
    }),
    champion: text({
      help: 'Metrics of the model in production: a file, an MLflow run folder, or a model reference such as churn:champion.',
      group: 'Gate',
    }),
    rules: text({
      help: 'One rule a line, such as `accuracy >= 0.9`, `auc >= champion - 0.005` or `recall[worst of segment] >= 0.8`. Default: see `mode`.',
      multiline: true,
      group: 'Gate',
    }),
    mode: choice(gateModes, {
      help: 'What is asked when no rules say it. `non-inferior`: no metric may be more than `margin` worse than the champion. `superior`: the first metric must be better, too. `threshold-only`: the champion is not compared with; only rules with a number are judged.',
      default: 'non-inferior',
      group: 'Gate',
    }),
    margin: text({
      help: 'How much worse than the champion a metric may be when no rules say it: a share of it, such as 1%, or an amount, such as 0.005.',
      default: '1%',
      group: 'Gate',
    }),
    directions: mapping({
      help: 'Whether higher or lower is better, for metrics whose name does not tell: `fid: lower`.',
      group: 'Gate',
    }),
    format: choice(['auto', ...metricFormats], {
      help: 'Format of the metrics files. `auto` tells it from the content.',
      default: 'auto',
      group: 'Gate',
    }),
    'on-missing-champion': choice(['fail', 'threshold-only'], {
      help: 'What to do when there is no champion yet: fail, or judge by the rules with a number alone.',
      default: 'fail',
      group: 'Gate',
    }),
    'fail-on': list({
      help: 'The verdicts that fail the step: fail, error, inconclusive; or none. Default: all three. `passed` is true only for pass, whatever stands here.',
      group: 'Gate',
    }),
    predictions: text({
      help: "A table (CSV, TSV, JSONL or Parquet) with a row for each example of the test set: the right answer, the candidate's answer and, under `champion_prediction` or `champion_probability`, the champion's. Rules are then judged with confidence intervals. Like the other tables it may be a path, a URI (file: or s3:), or a file of a registered model: `churn@7/predictions.csv`.",
      group: 'Predictions',
    }),
    'candidate-predictions': text({
      help: "A table with the candidate's answers alone, instead of `predictions`.",
      group: 'Predictions',
    }),
    'champion-predictions': text({
      help: "A table with the champion's answers to the same rows, joined on their ids: a file, or one that was registered with the model, such as `churn:champion/predictions.csv`. Without such a model there is no champion.",
      group: 'Predictions',
    }),
    labels: text({
      help: 'A table with ids and right answers, when the predictions do not have them.',
      group: 'Predictions',
    }),
    task: choice(['auto', 'binary', 'multiclass', 'multilabel', 'regression', 'ranking'], {
      help: 'What the model predicts. `auto` tells it from the labels and the columns.',
      default: 'auto',
      group: 'Predictions',
    }),
    'positive-class': text({
      help: 'The class that a binary model looks for. Default: 1, true or yes, where the labels are such.',
      group: 'Predictions',
    }),
    'id-column': text({
      help: 'Column by which tables are joined. Default: the one named id, row_id, sample_id, inference_id or alike.',
      group: 'Predictions',
    }),
    'label-column': text({
      help: 'Column with the right answers. Default: the one named label, target, y_true, actual or alike.',
      group: 'Predictions',
    }),
    'prediction-column': list({
      help: "Column with the predicted class or value; two names are the candidate's and the champion's. Default: the one named prediction, y_pred or alike.",
      group: 'Predictions',
    }),
    'score-column': list({
      help: "Column with the score or probability of the positive class; two names are the candidate's and the champion's. Default: the one named probability, score, y_score or alike. Probabilities by class are in `probability_<class>`.",
      group: 'Predictions',
    }),
    'weight-column': text({
      help: 'Column with a weight for each row. Default: all rows count alike.',
      group: 'Predictions',
    }),
    'query-column': text({
      help: 'Ranking: column that says which query a row belongs to.',
      group: 'Predictions',
    }),
    slices: list({
      help: 'Columns by whose values the report divides the rows. Columns that rules slice by need not be named.',
      group: 'Predictions',
    }),
    'min-samples': number({
      help: 'With fewer rows, every verdict on predictions is inconclusive.',
      default: judgeDefaults.minSamples,
      min: 2,
      integer: true,
      group: 'Statistics',
    }),
    'min-slice': number({
      help: 'A slice or group of fewer rows is not judged.',
      default: judgeDefaults.minSlice,
      min: 2,
      integer: true,
      group: 'Statistics',
    }),
    confidence: number({
      help: 'Of each one-sided bound that a verdict rests on.',
      default: judgeDefaults.confidence,
      min: 0.5,
      max: 0.9999,
      group: 'Statistics',
    }),
    correction: choice(corrections, {
      help: 'How refusals are corrected for the number of comparisons with the champion.',
      default: judgeDefaults.correction,
      group: 'Statistics',
    }),
    bootstrap: number({
      help: 'Resamples, for metrics that have no formula for their uncertainty.',
      default: 2000,
      min: 100,
      max: 100_000,
      integer: true,
      group: 'Statistics',
    }),
    seed: number({
      help: 'Of the resamples: the same seed and data give the same report.',
      default: 0,
      min: 0,
      integer: true,
      group: 'Statistics',
    }),
    report: text({
      help: 'Folder for report.json, report.md and report.html.',
      default: 'gate-report',
      group: 'Report',
    }),
    ...commonInputs,
  },
  outputs: {
    passed: { help: '`true` when the verdict is pass, otherwise `false`.' },
    verdict: { help: 'pass, fail, error (it could not be judged) or inconclusive.' },
    'failed-rules': { help: 'The rules that did not pass, one a line.' },
    report: { help: 'Path of report.json.' },
    'report-html': { help: 'Path of report.html, one file that can be opened or kept as an artifact.' },
  },
});

import { metricFormats } from '@mlops-actions/core';
import { choice, defineAction, list, mapping, text } from '@mlops-actions/spec';
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
      help: 'One rule a line, such as `accuracy >= 0.9` or `rmse <= champion * 1.01`. Default: every metric of the champion whose direction is known may be at most 1 % worse.',
      multiline: true,
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
    report: text({
      help: 'Folder for report.json and report.md.',
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
  },
});

import { choice, defineAction, duration, flag, list, mapping, text, yaml } from '@mlops-actions/spec';
import { commonInputs, dryRunInput, resourceName } from '../common-inputs.ts';
import { jobInputs } from '../sagemaker-inputs.ts';

export const spec = defineAction({
  name: 'train',
  title: 'Train a model',
  summary:
    'Runs a training script under one script contract on every provider, follows its log, and keeps the model and the metrics. ' +
    'The same work is never done twice: a re-run finds the job.',
  branding: { icon: 'cpu', color: 'purple' },
  post: true,
  inputs: {
    'entry-point': text({
      help: 'The training script, relative to `source-dir`: a .py or .sh file, or an executable.',
      required: true,
      group: 'Script',
    }),
    'source-dir': text({
      help: 'Folder of the code. The job gets its own copy.',
      default: '.',
      group: 'Script',
    }),
    python: text({
      help: 'The Python that runs a .py entry point: a program, or a path such as .venv/bin/python.',
      default: 'python3',
      group: 'Script',
    }),
    environment: mapping({
      help: 'Variables for the script, one `NAME: value` a line.',
      group: 'Script',
    }),
    'secret-environment': mapping({
      help: 'Variables for the script that are secret: masked in what the step prints, and in no file unless the script prints them into its own log.',
      secret: true,
      group: 'Script',
    }),
    dataset: text({
      help: 'Dataset version to train on, `name@version`. Default: the one that prepare-data recorded in this run. Its splits become channels.',
      group: 'Data',
    }),
    channels: mapping({
      help: 'More data, one `channel: source` a line. A source is `name@version`, `name@version/split` or a path.',
      group: 'Data',
    }),
    hyperparameters: mapping({
      help: 'Passed to the script as `--name value` (`-n value` for a name of one letter) and `SM_HP_NAME`.',
      group: 'Training',
    }),
    'metric-definitions': mapping({
      help: 'Metrics to read from the log, one `name: regular expression` a line. The first group is the number, the last match counts.',
      group: 'Training',
    }),
    tune: yaml({
      help: 'Search for the best hyperparameters: strategy (grid, random, halving), objective, parameters, max-trials, parallel, seed, resource.',
      group: 'Training',
    }),
    'job-name': resourceName({
      help: 'Beginning of the name of the job. Default: the name of the entry point.',
      group: 'Job',
    }),
    'max-runtime': duration({
      help: 'How long the script may run. Then it is ended, and the step fails.',
      default: '1h',
      min: '1s',
      max: '24d',
      group: 'Job',
    }),
    gpus: list({ help: 'GPUs for the script, by id: `0,1`.', group: 'Job' }),
    wait: choice(['inline', 'none'], {
      help: '`inline`: follow the job to its end. `none`: start it and go on.',
      default: 'inline',
      group: 'Job',
    }),
    force: flag({ help: 'Train again, even when this work has been done.', group: 'Job' }),
    'metrics-file': text({
      help: 'Where to write the metrics, a flat JSON file.',
      default: 'train-metrics.json',
      group: 'Job',
    }),
    'trials-file': text({
      help: 'Where to write the trials of a search, a JSON file.',
      default: 'train-trials.json',
      group: 'Job',
    }),
    ...commonInputs,
    ...jobInputs,
    ...dryRunInput,
  },
  outputs: {
    job: { help: 'Name of the job; of the best trial when `tune` is given.' },
    status: { help: '`Completed`; with `wait: none` also `Pending` or `InProgress`.' },
    'model-uri': { help: 'Where the model is. Absent when the script wrote none.' },
    'model-digest': { help: 'Digest of the model: `sha256:` and 64 hex digits.' },
    metrics: { help: 'Path of the metrics file.' },
    'best-parameters': { help: 'The hyperparameters of the best trial, as JSON.' },
    trials: { help: 'Path of the file with all trials.' },
    attached: { help: 'True when no new job was started: the work was running already, or done.' },
  },
});

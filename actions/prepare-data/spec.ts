import { choice, defineAction, duration, mapping, number, text } from '@mlops-actions/spec';
import { commonInputs, dryRunInput, resourceName } from '../common-inputs.ts';
import { jobInputs } from '../sagemaker-inputs.ts';

export const spec = defineAction({
  name: 'prepare-data',
  title: 'Prepare and version a dataset',
  summary:
    'Runs your preparation script, checks the result against a schema, splits it with a seed and stores it as a dataset version known by its content. Unchanged content is the same version.',
  branding: { icon: 'database', color: 'blue' },
  post: true,
  inputs: {
    dataset: resourceName({ help: "The dataset's name.", required: true, group: 'Data' }),
    data: text({
      help: 'File or folder of data. With a script: what the script finds in `SM_CHANNEL_INPUT`; without one: what is stored.',
      group: 'Data',
    }),
    format: choice(['auto', 'csv', 'tsv', 'jsonl', 'files'], {
      help: 'How the files are read. `auto` goes by their names (`.csv`, `.tsv`, `.jsonl`, `.ndjson`, each also with `.gz`); `files` stores any files unread.',
      default: 'auto',
      group: 'Data',
    }),
    schema: text({
      help: 'Path of a schema (YAML or JSON) that every row must meet. What breaks it is shown with file, line and column.',
      group: 'Data',
    }),
    profile: text({
      help: 'Where to write the profile of the columns (JSON). Default: `<dataset>-profile.json`.',
      group: 'Data',
    }),
    tags: mapping({ help: 'Names and values kept with the dataset version.', group: 'Data' }),
    'entry-point': text({
      help: 'Your preparation script, relative to `source-dir`: a `.py` or `.sh` file, or a program. It writes its result to `SM_OUTPUT_DATA_DIR`.',
      group: 'Script',
    }),
    'source-dir': text({
      help: 'Folder of the script and what it imports. The job gets its own copy.',
      default: '.',
      group: 'Script',
    }),
    python: text({ help: 'The Python that runs a `.py` script.', default: 'python3', group: 'Script' }),
    arguments: mapping({
      help: 'Arguments of the script: `rows: 100` becomes `--rows 100` and `SM_HP_ROWS`.',
      group: 'Script',
    }),
    'max-runtime': duration({
      help: 'The script is stopped after this time.',
      default: '1h',
      min: '1s',
      max: '24d',
      group: 'Script',
    }),
    split: mapping({
      help: 'Name and share of each split, summing to 1: `train: 0.8` and `test: 0.2`. Default: no split.',
      group: 'Split',
    }),
    seed: number({
      help: 'Decides which row goes where. The same seed and data give the same split on every machine.',
      default: 0,
      min: 0,
      integer: true,
      group: 'Split',
    }),
    stratify: text({
      help: 'Column whose values have the same shares in every split, exact to one row each.',
      group: 'Split',
    }),
    group: text({
      help: 'Column whose equal values stay in one split (a patient, a customer). Shares are then as near as groups allow.',
      group: 'Split',
    }),
    ...commonInputs,
    ...jobInputs,
    ...dryRunInput,
  },
  outputs: {
    dataset: { help: 'The dataset version: `name@version`.' },
    digest: { help: 'Digest of its content: `sha256:` and 64 hex digits.' },
    rows: { help: 'Rows in all splits together; files, for `format: files`.' },
    changed: { help: '`true` when the content is new, `false` when this version was there before.' },
    profile: { help: 'Path of the profile; empty for `format: files`.' },
    splits: { help: 'JSON with the rows of each split: `{"train":800,"test":200}`.' },
  },
});

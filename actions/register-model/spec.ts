import { approvalStatuses } from '@mlops-actions/provider';
import { choice, defineAction, flag, list, mapping, text } from '@mlops-actions/spec';
import { commonInputs, dryRunInput, resourceName } from '../common-inputs.ts';

export const spec = defineAction({
  name: 'register-model',
  title: 'Register a model version',
  summary:
    'Adds a model version to the registry with its metrics, lineage, approval status and model card. The same artifact is registered once: a re-run finds its version.',
  branding: { icon: 'archive', color: 'purple' },
  inputs: {
    model: resourceName({ help: 'Name of the model in the registry.', required: true, group: 'Model' }),
    'model-uri': text({
      help: 'The model: a folder, a file or the URI that the train step gave. Default: what the run record says was trained last.',
      group: 'Model',
    }),
    aliases: list({
      help: 'Aliases to point at this version, taken from the version that has them. Also set when the version was there already.',
      group: 'Model',
    }),
    'approval-status': choice(approvalStatuses, {
      help: 'Approval status of a new version. A version that was there already keeps its own.',
      default: 'PendingManualApproval',
      group: 'Model',
    }),
    'ignore-gate': flag({
      help: 'Register the model although the last evaluate-gate in the run record did not pass it. The version says so.',
      group: 'Model',
    }),
    metrics: text({
      help: 'Path of a metrics file: a JSON object of names and numbers. Default: the metrics of the training in the run record.',
      group: 'Description',
    }),
    description: text({ help: 'What this version is, in a sentence.', group: 'Description' }),
    'model-card': text({
      help: 'Path of a Markdown file. Default: a card made from metrics, dataset version, commit, run, parameters and the gate.',
      group: 'Description',
    }),
    tags: mapping({ help: 'More to keep with the version, as `name: value`.', group: 'Description' }),
    ...commonInputs,
    ...dryRunInput,
  },
  outputs: {
    model: { help: 'The model version: `name@version`.' },
    version: { help: 'Its number.' },
    created: { help: '`true` when this step made the version, `false` when it was there already.' },
    digest: { help: 'Digest of the artifact: `sha256:` and 64 hex digits.' },
    'model-uri': { help: 'Where the registry keeps the artifact.' },
  },
});

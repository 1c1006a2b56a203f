import { resourceNamePattern, resourceNameRule } from '@mlops-actions/core';
import { providerNames } from '@mlops-actions/provider';
import { choice, flag, text } from '@mlops-actions/spec';
import { sagemakerInputs } from './sagemaker-inputs.ts';

/** Inputs that every step has. */
export const commonInputs = {
  provider: choice(providerNames, { help: 'Where the work runs.', default: 'local', group: 'Common' }),
  'working-directory': text({
    help: 'Folder that relative paths start from. Default: the workspace.',
    group: 'Common',
  }),
  record: text({
    help: 'Path of the run record, the lineage document that every step reads and extends.',
    default: 'mlops-run.json',
    group: 'Common',
  }),
  store: text({ help: "The local provider's folder.", default: '.mlops', group: 'Provider: local' }),
  ...sagemakerInputs,
} as const;

/** For steps that change something. */
export const dryRunInput = {
  'dry-run': flag({ help: 'Print the plan and change nothing.', group: 'Common' }),
} as const;

/** A text input that must be a name every provider accepts. */
export const resourceName = <
  const O extends { readonly help: string; readonly required?: boolean; readonly group?: string },
>(
  options: O,
) => text({ ...options, pattern: resourceNamePattern, rule: resourceNameRule });

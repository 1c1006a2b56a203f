import { stringify } from 'yaml';
import type { ActionSpec, InputSpec } from '../define.ts';
import { defaultText, descriptionForCi } from '../words.ts';
import { author, generatedNote } from './constants.ts';

/** The text of `actions/<name>/action.yml`: how GitHub's runner starts the step. */
export function actionYml(spec: ActionSpec): string {
  const document = {
    name: spec.title,
    description: spec.summary,
    author,
    branding: { icon: spec.branding.icon, color: spec.branding.color },
    inputs: mapValues(spec.inputs, inputEntry),
    outputs: mapValues(spec.outputs, (output) => ({ description: output.help })),
    runs: {
      using: 'node24',
      main: `../../dist/${spec.name}.js`,
      ...(spec.post ? { post: `../../dist/${spec.name}.post.js`, 'post-if': 'always()' } : {}),
    },
  };
  // No line is folded: a changed word then changes one line.
  return `# ${generatedNote(spec.name)}\n${stringify(document, { lineWidth: 0 })}`;
}

function inputEntry(input: InputSpec) {
  const initial = defaultText(input);
  return {
    description: descriptionForCi(input),
    required: input.required ?? false,
    ...(initial === undefined ? {} : { default: initial }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

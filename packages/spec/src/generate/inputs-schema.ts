import type { ActionSpec, InputSpec } from '../define.ts';
import { durationPattern } from '../duration.ts';
import { defaultText, description } from '../words.ts';

/**
 * The text of `actions/<name>/inputs.schema.json`: what may stand under `with:` for this step. Editors and checkers use it; every value
 * may also be an expression of the CI system. It accepts every literal that the step accepts (written without spaces around it), and cannot
 * say all that the step checks.
 */
export function inputsSchema(spec: ActionSpec): string {
  const required = Object.keys(spec.inputs).filter((name) => spec.inputs[name]?.required);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: `Generated from actions/${spec.name}/spec.ts. Do not edit.`,
    title: `Inputs of ${spec.name}`,
    description: spec.summary,
    type: 'object',
    additionalProperties: false,
    required,
    properties: Object.fromEntries(Object.entries(spec.inputs).map(([name, input]) => [name, property(input)])),
    definitions: { expression: { type: 'string', pattern: '\\$\\{\\{|\\$\\(|^\\s*$' } },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function property(input: InputSpec) {
  const initial = defaultText(input);
  return {
    description: description(input),
    ...(initial === undefined ? {} : { default: initial }),
    anyOf: [...literals(input), { $ref: '#/definitions/expression' }],
  };
}

/** What a literal value may be. GitHub turns numbers and booleans into text, so a text may be written as one. */
function literals(input: InputSpec): object[] {
  const anyScalar = { type: ['string', 'number', 'boolean'] };
  switch (input.type) {
    case 'text':
      // A JSON Schema has no flags for its patterns.
      return [input.pattern?.flags === '' ? { ...anyScalar, pattern: input.pattern.source } : anyScalar];
    case 'number':
      return [
        {
          type: input.integer ? 'integer' : 'number',
          ...(input.min === undefined ? {} : { minimum: input.min }),
          ...(input.max === undefined ? {} : { maximum: input.max }),
        },
        { type: 'string', pattern: '^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?$' },
      ];
    case 'flag':
      return [{ type: 'boolean' }, { type: 'string', pattern: '^(true|True|TRUE|false|False|FALSE)$' }];
    case 'choice':
      return [{ enum: input.values }];
    case 'duration':
      return [{ type: 'string', pattern: durationPattern.source }];
    case 'list':
    case 'mapping':
    case 'yaml':
      return [anyScalar];
  }
}

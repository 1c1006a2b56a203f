import type { ActionSpec, InputSpec } from './define.ts';
import { commandLineVariable } from './names.ts';
import { defaultText, description, groupsOf } from './words.ts';

const width = 100;
/** Where the explanations start; an option that is longer has a line of its own. */
const column = 30;

/** The `--help` of one step: usage, options under their headings, outputs. At most 100 columns wide, but for words longer than that. */
export function helpText(spec: ActionSpec): string {
  const required = Object.entries(spec.inputs).filter(([, input]) => input.required);
  const usage = ['mlops-actions', spec.name, ...required.map(([name, input]) => option(name, input)), '[options]'];
  const sections = [`${spec.title}\n\n${wrap(spec.summary, 0)}`, `Usage:\n${wrap(usage.join(' '), 2)}`];
  for (const [group, inputs] of groupsOf(spec.inputs)) {
    sections.push(
      `${group ?? 'Options'}:\n${inputs.map(([name, input]) => row(option(name, input), explanation(name, input))).join('\n')}`,
    );
  }
  const outputs = Object.entries(spec.outputs).map(([name, output]) => row(name, output.help));
  if (outputs.length > 0) sections.push(`Outputs, as name=value lines:\n${outputs.join('\n')}`);
  return `${sections.join('\n\n')}\n`;
}

/** The `--help` without a step: what there is. */
export function overviewHelp(specs: readonly ActionSpec[]): string {
  const steps = specs.map((spec) => row(spec.name, `${spec.title}.`));
  return [
    'CI/CD steps for machine learning.',
    'Usage:\n  mlops-actions <step> [options]',
    `Steps:\n${steps.join('\n')}`,
    'Run `mlops-actions <step> --help` for the options of a step.\n',
  ].join('\n\n');
}

const placeholders: Readonly<Record<Exclude<InputSpec['type'], 'flag'>, string>> = {
  text: 'text',
  number: 'number',
  choice: 'choice',
  list: 'list',
  duration: 'time',
  mapping: 'yaml',
  yaml: 'yaml',
};

function option(name: string, input: InputSpec): string {
  return input.type === 'flag' ? `--${name}` : `--${name} <${placeholders[input.type]}>`;
}

function explanation(name: string, input: InputSpec): string {
  const sentences = [description(input)];
  const initial = defaultText(input);
  if (input.required) sentences.push('Required.');
  if (initial !== undefined && input.type !== 'flag') sentences.push(`Default: \`${initial}\`.`);
  if (initial === 'true') sentences.push(`On unless --${name}=false.`);
  if (input.secret) sentences.push(`Secret: set ${commandLineVariable(name)} rather than write it here.`);
  return sentences.join(' ');
}

function row(left: string, right: string): string {
  const lines = wrap(right, column);
  const head = `  ${left}`;
  return head.length + 2 > column ? `${head}\n${lines}` : head.padEnd(column) + lines.trimStart();
}

function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => ' '.repeat(indent) + each).join('\n');
}

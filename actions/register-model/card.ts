import type { ModelRegistration, ModelVersion } from '@mlops-actions/provider';
import { type Cell, code, escapeText, link, table } from '@mlops-actions/report';
import type { Gate, Training } from './facts.ts';

type Described = Pick<ModelRegistration, 'name' | 'description' | 'metrics' | 'lineage'>;

/** The model card when the user gives none: what is known about the version, and nothing that is not. Markdown. */
export function modelCard(
  model: Described,
  { hyperparameters }: Pick<Training, 'hyperparameters'>,
  gate: Gate,
): string {
  const parameters = Object.entries(hyperparameters).map(([name, value]): Cell[] => [code(name), code(value)]);
  const sections = [
    `# Model card: ${escapeText(model.name)}`,
    ...(model.description === undefined ? [] : [escapeText(model.description)]),
    ...section('Metrics', metricsTable(model.metrics)),
    ...section('Origin', originTable(model.lineage)),
    ...section('Hyperparameters', parameters.length === 0 ? undefined : table(['Name', 'Value'], parameters)),
    ...section('Gate', gateSentence(gate)),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What the run's summary page says. Markdown. */
export function registrationSummary(model: ModelVersion, created: boolean): string {
  const reference = `${model.name}@${model.version}`;
  const rows: Cell[][] = [
    ['Version', created ? `${reference} (new)` : `${reference} (registered before)`],
    ['Approval', model.approvalStatus],
    ['Aliases', model.aliases.join(', ')],
    ['Artifact', code(model.artifact.digest)],
  ];
  const parts = [
    `### Model ${escapeText(reference)}`,
    table(['', ''], rows),
    metricsTable(model.metrics),
    originTable(model.lineage),
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

function section(title: string, body: string | undefined): string[] {
  return body === undefined ? [] : [`## ${title}`, body];
}

function metricsTable(metrics: Readonly<Record<string, number>>): string | undefined {
  const rows = Object.entries(metrics);
  return rows.length === 0 ? undefined : table(['Metric', 'Value'], rows, ['left', 'right']);
}

function originTable(lineage: Readonly<Record<string, string>>): string | undefined {
  const rows = Object.entries(lineage).map(([name, value]): Cell[] => [
    name,
    /^https?:/.test(value) ? link(value, value) : code(value),
  ]);
  return rows.length === 0 ? undefined : table(['Origin', ''], rows);
}

function gateSentence(gate: Gate): string {
  switch (gate.kind) {
    case 'none':
      return 'No gate judged this version in its run.';
    case 'passed':
      return 'The gate passed this version.';
    case 'refused':
      return `The gate refused this version, and it was registered nonetheless: ${escapeText(gate.message)}`;
    case 'broken':
      return `The gate could not judge this version, and it was registered nonetheless: ${escapeText(gate.message)}`;
  }
}

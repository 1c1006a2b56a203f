import { code, escapeText, table } from '@mlops-actions/report';
import type { Plan } from './plan.ts';
import type { Outcome } from './rollout.ts';

/** The run's summary as Markdown: who serves now, and how the smoke request went. */
export function deploymentSummary({ request }: Plan, { state, smoke }: Outcome): string {
  const rows = state.deployments.map(({ name, model, traffic, status, readyReplicas }) => [
    name,
    model,
    `${traffic} %`,
    status,
    readyReplicas,
  ]);
  const smoked =
    smoke === undefined
      ? 'No smoke request was sent.'
      : `The smoke request was answered with status ${smoke.status} in ${Math.round(smoke.milliseconds)} ms.`;
  return [
    `### Endpoint ${escapeText(request.endpoint)}`,
    `\`POST\` ${code(state.url).markdown}`,
    table(['Deployment', 'Model', 'Traffic', 'Status', 'Ready replicas'], rows, ['left', 'left', 'right']),
    `${smoked}\n`,
  ].join('\n\n');
}

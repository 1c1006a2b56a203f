import { formatDuration, formatNumber, isOpen, plannedSeconds, type RolloutPlan } from '@mlops-actions/core';
import { escapeText, table } from '@mlops-actions/report';
import { findTarget, type Ground } from './ground.ts';
import { prepare } from './roll-out.ts';

/** Mode `plan`: says what a run would do, with the shares that it would achieve, and changes nothing. Resolves with a summary. */
export async function showPlan(ground: Ground): Promise<{ readonly candidate: string; readonly markdown: string }> {
  const { request, settings } = await prepare(ground);
  const { observation, journal } = await findTarget(ground);
  const { log } = ground.context;
  const { plan } = settings;
  const serving = Object.entries(observation.shares).filter(([, share]) => share > 0);
  const now = serving.map(([name, share]) => `${name} ${share} %`).join(', ') || 'nobody';
  const title = `Would roll out ${request.model} as ${request.deployment} to endpoint ${request.endpoint}, where ${now} serves`;
  log.log('info', `${title}:`);
  for (const line of planLines(plan)) log.log('info', `  ${line}`);
  log.log(
    'info',
    `  at least ${formatDuration(plannedSeconds(plan))}, at most ${formatDuration(settings.times.timeoutSeconds)}`,
  );
  if (journal !== undefined && isOpen(journal)) {
    log.log(
      'warning',
      `Rollout ${journal.rollout} of ${journal.owner} is ${journal.phase}: it would be finished first.`,
    );
  }
  return {
    candidate: request.deployment,
    markdown: `### Plan of a rollout\n\n${escapeText(title)}.\n\n${planTable(plan)}\n`,
  };
}

/** Asked next to achieved, step by step. */
function planTable({ steps }: RolloutPlan): string {
  const rows = steps.map(({ share, achieved, mirror, settleSeconds, bakeSeconds }, index) => [
    index + 1,
    mirror === undefined ? `${formatNumber(share)} %` : `copies of ${mirror} %`,
    `${formatNumber(achieved, 3)} %`,
    formatDuration(settleSeconds),
    formatDuration(bakeSeconds),
  ]);
  return table(['Step', 'Asked', 'Achieved', 'Settle', 'Bake'], rows, ['right', 'right', 'right', 'right', 'right']);
}

function planLines({ steps, batch }: RolloutPlan): string[] {
  const lines = steps.map(({ share, achieved, mirror, bakeSeconds }) => {
    const bake = `judged for ${formatDuration(bakeSeconds)}`;
    if (mirror !== undefined) return `copies of ${mirror} % of the requests, ${bake}`;
    const really = achieved === share ? '' : ` (really ${formatNumber(achieved, 3)} %)`;
    return `${formatNumber(share, 3)} %${really}, ${bake}`;
  });
  return batch === undefined ? lines : [`${batch} replica${batch === 1 ? '' : 's'} at a time`, ...lines];
}

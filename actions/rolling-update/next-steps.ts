import type { RolloutOutcome } from '@mlops-actions/core';
import type { RolloutResult } from './rollout-result.ts';

/** What a person is to do now, in one or two sentences with code between backticks; undefined: nothing. */
export function nextSteps({ outcome, mode, settings, endpoint }: RolloutResult): string | undefined {
  if (outcome === 'promoted' && settings.stable !== '' && !settings.deleteOld) {
    return `\`${settings.stable}\` still runs without traffic, as \`keep-old\` asks. Remove it when nobody wants it back.`;
  }
  if (outcome === 'refused' && mode === 'reconcile') {
    return 'It is alive, or paused for a person, and was left alone. To end it, run the step with `mode: abort`.';
  }
  return steps(endpoint)[outcome];
}

function steps(endpoint: string): Readonly<Partial<Record<RolloutOutcome, string>>> {
  return {
    'rolled-back':
      'The old deployment has all the traffic and the new one is gone. Mend the model or its serving code; the next run begins from the start.',
    paused:
      'The traffic stays divided. Run the step with `mode: promote` to go on or with `mode: abort` to go back; after `pause-timeout` the next `mode: reconcile` goes back.',
    superseded: `Somebody else changed the traffic of \`${endpoint}\`, and it was left as they set it. Set it as you want it, and run the step again.`,
    'rollback-failed': `Act now: see what stands in the way, mend it or set the traffic of \`${endpoint}\` by hand, then run the step with \`mode: reconcile\`.`,
    refused: 'Nothing was changed.',
  };
}

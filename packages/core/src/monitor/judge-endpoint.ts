import { serverErrorCheck } from '../rollout/error-check.ts';
import { defaultJudgeRules } from '../rollout/judgement.ts';
import { latencyCheck } from '../rollout/latency-check.ts';
import { burnChecks } from './burn-rate.ts';
import {
  alarmsCheck,
  blamedErrorChecks,
  capacityCheck,
  captureCheck,
  errorRateCheck,
  expectedCheck,
  latencyChecks,
  type MonitorCheck,
  saturationCheck,
  statusCheck,
  trafficCheck,
} from './checks.ts';
import type { DeploymentFigures, MonitorFigures } from './figures.ts';
import type { MonitorRules } from './rules.ts';

/** All checks of an endpoint: those of the whole, then those of each deployment. */
export function judgeEndpoint(figures: MonitorFigures, rules: MonitorRules): MonitorCheck[] {
  const whole = [
    statusCheck(figures),
    expectedCheck(figures, rules),
    alarmsCheck(figures),
    captureCheck(figures, rules),
    ...burnChecks(figures.history, figures.at, rules),
  ];
  return [
    ...whole.filter((check) => check !== undefined).map((check) => ({ ...check, advisory: false })),
    ...figures.deployments.flatMap((deployment) => judgeDeployment(deployment, rules)),
  ];
}

function judgeDeployment(deployment: DeploymentFigures, rules: MonitorRules): MonitorCheck[] {
  const own = [
    trafficCheck(deployment, rules),
    errorRateCheck(deployment, rules),
    ...blamedErrorChecks(deployment, rules),
    ...latencyChecks(deployment, rules),
    saturationCheck(deployment, rules),
    capacityCheck(deployment, rules),
    ...baselineChecks(deployment, rules),
  ];
  const { name } = deployment;
  return own.filter((check) => check !== undefined).map((check) => ({ advisory: false, ...check, deployment: name }));
}

/** Errors and latency against an earlier window, by the rules that judge a rollout: minute against the same minute of then. */
function baselineChecks({ window, baseline }: DeploymentFigures, rules: MonitorRules): MonitorCheck[] {
  if (baseline === undefined) return [];
  if (baseline.windows.length === 0) {
    return [{ name: 'baseline', verdict: 'inconclusive', advisory: false, reason: 'nothing is known of the baseline' }];
  }
  const { minRequests, errorMargin, latencyRatio, significance } = rules;
  const judged = { ...defaultJudgeRules, minRequests, errorMargin, latencyRatio, significance, maxErrorRate: 1 };
  const called = { candidate: 'the deployment', stable: 'the baseline' };
  const evidence = { candidate: window, stable: baseline, settledAt: 0, called };
  return [
    { ...serverErrorCheck(evidence, judged), name: 'errors-against-baseline' },
    { ...latencyCheck(evidence, judged), name: 'latency-against-baseline' },
  ];
}

import type { AnswerOrigin, Gauges } from './metrics-bucket.ts';
import { durationBounds, type MetricsTotals } from './metrics-totals.ts';

/** One deployment as the metrics page shows it. */
export interface ShownDeployment extends Pick<Gauges, 'readyReplicas' | 'desiredReplicas' | 'inFlight'> {
  readonly name: string;
  /** Percent of the endpoint's traffic. */
  readonly traffic: number;
  readonly totals: MetricsTotals;
}

interface Sample {
  /** What follows the family's name: `_sum`. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  samples(deployment: ShownDeployment): readonly Sample[];
}

export const metricsTextType = 'text/plain; version=0.0.4; charset=utf-8';

const families: readonly Family[] = [
  {
    name: 'mlops_requests_total',
    type: 'counter',
    help: "Requests by the class of the answer's status, and whether the model gave it or the gateway in its place.",
    samples: ({ totals }) => [...answersOf(totals, 'model'), ...answersOf(totals, 'gateway')],
  },
  {
    name: 'mlops_request_duration_seconds',
    type: 'histogram',
    help: 'From the arrival of a request to the last byte of its answer.',
    samples: ({ totals }) => durationsOf(totals),
  },
  {
    name: 'mlops_requests_in_flight',
    type: 'gauge',
    help: 'Requests that replicas are working on.',
    samples: ({ inFlight }) => [{ value: inFlight }],
  },
  {
    name: 'mlops_replicas_ready',
    type: 'gauge',
    help: 'Replicas that take requests.',
    samples: ({ readyReplicas }) => [{ value: readyReplicas }],
  },
  {
    name: 'mlops_replicas_desired',
    type: 'gauge',
    help: 'Replicas that there should be.',
    samples: ({ desiredReplicas }) => [{ value: desiredReplicas }],
  },
  {
    name: 'mlops_replica_restarts_total',
    type: 'counter',
    help: 'Replicas that ended without being told to and were started again.',
    samples: ({ totals }) => [{ value: totals.restarts }],
  },
  {
    name: 'mlops_traffic_ratio',
    type: 'gauge',
    help: "The deployment's share of the endpoint's traffic, from 0 to 1.",
    samples: ({ traffic }) => [{ value: traffic / 100 }],
  },
];

/** The statuses that a model and a gateway give as a rule are there from the start, so that the first of them is seen as a growth. */
const usualClasses: Readonly<Record<AnswerOrigin, readonly number[]>> = { model: [2, 4, 5], gateway: [5] };

/**
 * An endpoint's deployments in Prometheus' text format, version 0.0.4: the counters since each deployment (or this gateway) began.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsText(endpoint: string, deployments: readonly ShownDeployment[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...deployments.flatMap((deployment) =>
      samples(deployment).map(({ suffix = '', labels, value }) => {
        const all = { endpoint, deployment: deployment.name, ...labels };
        return `${name}${suffix}{${labelText(all)}} ${numberText(value)}`;
      }),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

function answersOf({ answers }: MetricsTotals, origin: AnswerOrigin): Sample[] {
  return answers[origin].flatMap((value, digit) =>
    value > 0 || usualClasses[origin].includes(digit) ? [{ labels: { code: `${digit}xx`, origin }, value }] : [],
  );
}

/** The format wants every bucket to hold those of the smaller ones too. */
function durationsOf({ durations, durationSumSeconds }: MetricsTotals): Sample[] {
  let count = 0;
  const buckets = durations.map((value, place) => {
    count += value;
    const le = numberText(durationBounds[place] ?? Number.POSITIVE_INFINITY);
    return { suffix: '_bucket', labels: { le }, value: count };
  });
  return [...buckets, { suffix: '_sum', value: durationSumSeconds }, { suffix: '_count', value: count }];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function escaped(value: string): string {
  return value.replaceAll(/[\\"\n]/g, (character) => escapes[character] as string);
}

function numberText(value: number): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}

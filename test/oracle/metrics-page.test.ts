import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalRig, localRig, until } from '../../packages/provider-local/src/endpoints/testing/local-rig.ts';
import { metricsText, type ShownDeployment } from '../../packages/provider-local/src/gateway/metrics-text.ts';
import { addToTotals, emptyTotals } from '../../packages/provider-local/src/gateway/metrics-totals.ts';
import { askOracle, oraclePython } from './oracle.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** What Prometheus' own Python client reads. */
function parsed(pages: readonly string[]): Promise<readonly (readonly Family[])[]> {
  return askOracle(
    `
from prometheus_client.parser import text_string_to_metric_families
answer = [
    [
        {'name': family.name, 'type': family.type, 'help': family.documentation,
         'samples': [{'name': s.name, 'labels': s.labels, 'value': s.value} for s in family.samples]}
        for family in text_string_to_metric_families(page)
    ]
    for page in given
]
`,
    pages,
  );
}

function samplesOf(families: readonly Family[], name: string): readonly Sample[] {
  return families.flatMap(({ samples }) => samples.filter((sample) => sample.name === name));
}

const idle: ShownDeployment = {
  name: 'blue',
  traffic: 0,
  readyReplicas: 0,
  desiredReplicas: 0,
  inFlight: 0,
  totals: emptyTotals(),
};

(oraclePython === undefined ? describe.skip : describe)("the metrics page, read by Prometheus' own parser", () => {
  let rig: LocalRig | undefined;
  afterEach(() => rig?.end());

  test('gives back every name, whatever is in it', async () => {
    const names = ['plain', 'a"b', 'a\\', '\\n', 'a\nb', '\\"', '{le="1"} 2', 'é 🦀', '#', "'", ',', '', '\\\\\n"'];
    const families = await parsed(names.map((name) => metricsText(name, [{ ...idle, name }])));
    const read = families.map((each) => samplesOf(each, 'mlops_replicas_ready').map(({ labels }) => labels));
    expect(read).toEqual(names.map((name) => [{ endpoint: name, deployment: name }]));
  });

  test('gives back every number', async () => {
    const values = [0, 1, 0.1 + 0.2, 1e-9, 1e21, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE];
    const [families = []] = await parsed([
      metricsText(
        'shop',
        values.map((inFlight, index) => ({ ...idle, name: `d${index}`, inFlight })),
      ),
    ]);
    expect(samplesOf(families, 'mlops_requests_in_flight').map(({ value }) => value)).toEqual(values);
  });

  test('has a histogram whose buckets hold the smaller ones, and whose last is the count', async () => {
    const totals = emptyTotals();
    const milliseconds = Array.from({ length: 500 }, (_, index) => 1.05 ** index / 1000);
    for (const each of milliseconds) addToTotals(totals, { milliseconds: each, status: 200, origin: 'model' });
    const [families = []] = await parsed([metricsText('shop', [{ ...idle, totals }])]);
    const buckets = samplesOf(families, 'mlops_request_duration_seconds_bucket');
    for (const { labels, value } of buckets) {
      const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
      expect(value).toBe(milliseconds.filter((each) => each / 1000 <= bound).length);
    }
    expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 500 });
    expect(samplesOf(families, 'mlops_request_duration_seconds_count')[0]?.value).toBe(500);
    const seconds = milliseconds.reduce((sum, each) => sum + each, 0) / 1000;
    expect((samplesOf(families, 'mlops_request_duration_seconds_sum')[0]?.value ?? 0) / seconds).toBeCloseTo(1, 9);
  });

  test('of a gateway that serves says what happened', async () => {
    rig = await localRig();
    await rig.serveHere({ idleMs: 600_000 });
    const url = await rig.serving('blue');
    for (const doing of ['status:200', 'status:404', 'status:500', 'status:500']) {
      await fetch(url, { method: 'POST', body: '{}', headers: { connection: 'close', 'x-test-do': doing } });
    }
    await until(async () => (await rig?.shown('mlops_request_duration_seconds_count', 'blue')) === 4);
    const page = await fetch(url.replace('/invocations', '/metrics'), { headers: { connection: 'close' } });
    const [families = []] = await parsed([await page.text()]);
    expect(families.map(({ name, type }) => [name, type])).toEqual([
      ['mlops_requests', 'counter'],
      ['mlops_request_duration_seconds', 'histogram'],
      ['mlops_requests_in_flight', 'gauge'],
      ['mlops_replicas_ready', 'gauge'],
      ['mlops_replicas_desired', 'gauge'],
      ['mlops_replica_restarts', 'counter'],
      ['mlops_traffic_ratio', 'gauge'],
    ]);
    expect(families.every(({ help }) => help.length > 0)).toBe(true);
    const requests = samplesOf(families, 'mlops_requests_total');
    expect(requests.map(({ labels, value }) => [labels.code, labels.origin, value])).toEqual([
      ['2xx', 'model', 1],
      ['4xx', 'model', 1],
      ['5xx', 'model', 2],
      ['5xx', 'gateway', 0],
    ]);
    expect(requests[0]?.labels).toMatchObject({ endpoint: 'shop', deployment: 'blue' });
    expect(samplesOf(families, 'mlops_traffic_ratio').map(({ value }) => value)).toEqual([1]);
  });
});

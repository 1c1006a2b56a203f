import { AwsError } from './aws-error.ts';
import type { Body, Part } from './part.ts';

export interface Dashboards extends Part {
  body(name: string): Body | undefined;
}

/** Dashboards, whose bodies are held to what AWS's page on their structure says. AWS itself takes some faults with a warning. */
export function dashboards(): Dashboards {
  const all = new Map<string, Body>();
  return {
    body: (name) => all.get(name),
    reset: async () => all.clear(),
    handlers: {
      PutDashboard: ({ DashboardName, DashboardBody }: Body) => {
        const body = parsed(DashboardBody);
        const faults = [
          ...(/^[\w-]{1,255}$/.test(DashboardName) ? [] : [`the name ${DashboardName}`]),
          ...unknown(body, ['start', 'end', 'periodOverride', 'widgets', 'variables']),
          ...(Array.isArray(body.widgets) ? body.widgets.flatMap(widgetFaults) : ['widgets are missing']),
        ];
        if (faults.length > 0) refuse(faults.join('; '));
        all.set(DashboardName, body);
        return { DashboardValidationMessages: [] };
      },
    },
  };
}

function refuse(message: string): never {
  throw new AwsError('InvalidParameterInput', `The dashboard body is invalid: ${message}`, 400);
}

function parsed(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('it is no JSON');
  }
}

function unknown(object: Body, known: readonly string[]): string[] {
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown ${key}`);
}

function widgetFaults(widget: Body): string[] {
  const { type, x, y, width, height, properties } = widget;
  const isPlaced =
    [x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width >= 1 && x + width <= 24 && height >= 1;
  return [
    ...unknown(widget, ['type', 'x', 'y', 'width', 'height', 'properties']),
    ...(isPlaced ? [] : [`a widget at ${x}, ${y} of ${width} × ${height}`]),
    ...(type === 'alarm' ? alarmFaults(properties) : type === 'metric' ? metricFaults(properties) : [`type ${type}`]),
  ];
}

function alarmFaults(properties: Body): string[] {
  const { alarms = [] } = properties;
  const areArns = alarms.every((arn: string) => /^arn:aws[\w-]*:cloudwatch:[\w-]+:\d{12}:alarm:.+$/.test(arn));
  return [
    ...unknown(properties, ['alarms', 'sortBy', 'states', 'title']),
    ...(alarms.length >= 1 && alarms.length <= 100 && areArns ? [] : [`alarms ${alarms}`]),
  ];
}

const known = ['title', 'region', 'view', 'stacked', 'metrics', 'yAxis', 'annotations', 'period', 'stat', 'legend'];
const search =
  /^SEARCH\('\{[\w/]+(,\w+)+\}( \w+="[^"']+")+', '(Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2})', \d+\)(\/\d+)?$/;

function metricFaults(properties: Body): string[] {
  const { region, view, metrics = [], yAxis = {}, annotations = {} } = properties;
  const ids = metrics.map(([{ id }]: [Body]) => id);
  return [
    ...unknown(properties, known),
    ...(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region) ? [] : [`region ${region}`]),
    ...(['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'].includes(view) ? [] : [`view ${view}`]),
    ...(metrics.length >= 1 && metrics.length <= 500 ? [] : [`${metrics.length} metrics`]),
    ...(new Set(ids).size === ids.length && ids.every((id: string) => /^[a-z]\w*$/.test(id)) ? [] : [`ids ${ids}`]),
    ...metrics.flatMap(([expression]: [Body]) => unknown(expression, ['expression', 'id', 'label', 'period', 'color'])),
    ...metrics.flatMap(([{ expression }]: [Body]) => (search.test(expression) ? [] : [`expression ${expression}`])),
    ...unknown(yAxis, ['left', 'right']),
    ...unknown(yAxis.left ?? {}, ['min', 'max', 'label', 'showUnits']),
    ...unknown(annotations, ['horizontal', 'vertical', 'alarms']),
    ...(annotations.horizontal ?? []).flatMap((line: Body) => [
      ...unknown(line, ['label', 'value', 'color', 'fill', 'visible', 'yAxis']),
      ...(Number.isFinite(line.value) ? [] : [`a line at ${line.value}`]),
    ]),
  ];
}

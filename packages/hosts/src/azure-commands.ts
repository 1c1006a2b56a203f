/**
 * One logging command: `##vso[area.event key=value;]data`, without the line end. Properties that are undefined are left out.
 * https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
 */
export function azureCommand(
  name: string,
  data: string,
  properties: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string {
  const given = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))};`);
  return `##vso[${name}${given.length === 0 ? '' : ` ${given.join('')}`}]${escapeData(data)}`;
}

/** The agent reads `%AZP25` as a per cent sign since March 2021 (its `docs/design/percentEncoding.md`). */
function escapeData(text: string): string {
  return text.replace(/%/g, '%AZP25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/\]/g, '%5D').replace(/;/g, '%3B');
}

import type { EndpointState } from '@mlops-actions/provider';

/** Requests that a deployment works on, as the endpoint's metrics page shows them; 0 when there is no such thing. */
export async function inFlight(endpoint: EndpointState | undefined, deployment: string): Promise<number> {
  if (endpoint === undefined) return 0;
  const page = await (await fetch(endpoint.url.replace(/invocations$/, 'metrics'))).text();
  const line = new RegExp(`^mlops_requests_in_flight\\{.*deployment="${deployment}"\\} (\\d+)$`, 'm');
  return Number(line.exec(page)?.[1] ?? 0);
}

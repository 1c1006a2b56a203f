import { requireName, unknownEndpoint } from '@mlops-actions/provider';
import type { S3Store } from '../store/s3-store.ts';
import {
  configPath,
  type DeploymentRecord,
  deploymentPath,
  type EndpointRecord,
  endpointPath,
  isConfigRecord,
  isDeploymentRecord,
  isEndpointRecord,
  journalPath,
} from './endpoint-record.ts';
import type { ConfigRecord } from './variant-names.ts';

/** The documents of endpoints and their deployments in the store. */
export interface EndpointRecords {
  read(endpoint: string): Promise<EndpointRecord | undefined>;
  /** Rejects with a `UserError` when there is no such endpoint. */
  require(endpoint: string): Promise<EndpointRecord>;
  write(endpoint: string, record: EndpointRecord): Promise<void>;
  /** Forgets the endpoint and the journal of its rollout. */
  remove(endpoint: string): Promise<void>;
  deployment(endpoint: string, deployment: string): Promise<DeploymentRecord | undefined>;
  deployments(endpoint: string): Promise<ReadonlyMap<string, DeploymentRecord>>;
  writeDeployment(endpoint: string, deployment: string, record: DeploymentRecord): Promise<void>;
  removeDeployment(endpoint: string, deployment: string): Promise<void>;
  /** The names of the endpoint configurations that may be there. */
  configs(endpoint: string): Promise<readonly string[]>;
  /** Whom the configuration's variants serve. */
  config(endpoint: string, config: string): Promise<ConfigRecord>;
  writeConfig(endpoint: string, config: string, record: ConfigRecord): Promise<void>;
  removeConfig(endpoint: string, config: string): Promise<void>;
}

export function endpointRecords(store: S3Store): EndpointRecords {
  const read = (endpoint: string): Promise<EndpointRecord | undefined> =>
    store.read(endpointPath(endpoint), isEndpointRecord);
  const deployment = (endpoint: string, name: string): Promise<DeploymentRecord | undefined> =>
    store.read(deploymentPath(endpoint, name), isDeploymentRecord);
  return {
    read,
    deployment,
    require: async (endpoint) => {
      requireName('endpoint', endpoint);
      const record = await read(endpoint);
      if (record !== undefined) return record;
      throw unknownEndpoint(endpoint);
    },
    write: (endpoint, record) => store.write(endpointPath(endpoint), record),
    remove: async (endpoint) => {
      await store.remove(journalPath(endpoint));
      await store.remove(endpointPath(endpoint));
    },
    deployments: async (endpoint) => {
      const names = await store.list(`endpoints/${endpoint}/deployments`);
      const pairs = await Promise.all(names.map(async (name) => [name, await deployment(endpoint, name)] as const));
      return new Map(pairs.filter((pair): pair is [string, DeploymentRecord] => pair[1] !== undefined));
    },
    writeDeployment: (endpoint, name, record) => store.write(deploymentPath(endpoint, name), record),
    removeDeployment: (endpoint, name) => store.remove(deploymentPath(endpoint, name)),
    configs: (endpoint) => store.list(`endpoints/${endpoint}/configs`),
    config: async (endpoint, config) => (await store.read(configPath(endpoint, config), isConfigRecord)) ?? {},
    writeConfig: (endpoint, config, record) => store.write(configPath(endpoint, config), record),
    removeConfig: (endpoint, config) => store.remove(configPath(endpoint, config)),
  };
}
